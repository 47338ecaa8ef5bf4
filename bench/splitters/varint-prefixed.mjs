/** A payload behind its length as a varint. */
export function varintPrefixed(payload) {
  const prefix = [];
  let rest = payload.length;
  for (; rest > 127; rest >>>= 7) prefix.push((rest & 127) | 128);
  return Buffer.concat([Uint8Array.from([...prefix, rest]), payload]);
}

// Sequence numbers of TCP count bytes and start again at 0 behind 2^32 - 1 (RFC 9293, section 3.4).

/** The largest window that TCP can have: 65535 bytes, scaled by 2^14. Nothing further ahead belongs to the same connection. */
export const MAX_WINDOW = 2 ** 30;

export function plus(number: number, count: number): number {
  return (number + count) >>> 0;
}

/** How far a number is ahead of another one; below 0 where it is behind. */
export function distance(number: number, from: number): number {
  return (number - from) | 0;
}

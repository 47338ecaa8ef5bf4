// Entries of the storage: parts with their lengths before them, and JSON with bigints in ASCII.

const LENGTH_BYTES = 4;

/** The parts as one array that owns its memory: storages may keep the memory of a view as a whole. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let p = 0;
  for (const part of parts) {
    view.setUint32(p, part.length);
    bytes.set(part, p + LENGTH_BYTES);
    p += LENGTH_BYTES + part.length;
  }
  return bytes;
}

export function splitParts(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let p = 0; p < bytes.length; ) {
    const end = p + LENGTH_BYTES + view.getUint32(p);
    parts.push(bytes.subarray(p + LENGTH_BYTES, end));
    p = end;
  }
  return parts;
}

/** JSON of plain values whose strings are ASCII and never look like `12n`. */
export function jsonBytes(value: unknown): Uint8Array {
  const text = JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}n` : item));
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export function jsonOf(bytes: Uint8Array): unknown {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return JSON.parse(text, (_, item) => (typeof item === 'string' && /^-?\d+n$/.test(item) ? BigInt(item.slice(0, -1)) : item));
}

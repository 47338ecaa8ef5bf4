import { join } from '../frame/hex.js';

/** The same frame with an unknown field (2000) behind its payload, which makes it exactly so many bytes long. */
export function padded(frame: Uint8Array, size: number): Uint8Array {
  const length = size - frame.length - 6;
  if (length < 0) throw new RangeError(`no room to pad ${frame.length} bytes to ${size}`);
  // The length in four bytes, whether it needs them or not.
  const lengthBytes = [0, 7, 14, 21].map((shift) => ((length >> shift) & 0x7f) | (shift < 21 ? 0x80 : 0));
  const whole = join(frame, Uint8Array.of(0x82, 0x7d, ...lengthBytes), new Uint8Array(length));
  new DataView(whole.buffer).setUint32(0, size - 4);
  return whole;
}

import { decode } from 'it-length-prefixed';
import { varintPrefixed } from './varint-prefixed.mjs';

export { varintPrefixed as frame };
export const name = 'it-length-prefixed';
export const packages = ['it-length-prefixed'];
export const framing = 'varint';

/** Its synchronous form, which is the faster one. It gives lists of views; as with all others, the payload is wanted in one piece. */
export function split(chunks) {
  const found = { frames: 0, bytes: 0 };
  for (const payload of decode(chunks, { maxDataLength: 16_777_216 })) {
    found.frames++;
    found.bytes += payload.subarray().length;
  }
  return found;
}

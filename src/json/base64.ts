// Base64 (RFC 4648), without what only Node or only browsers have.
const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CHUNK = 8_190;

/** Value of each character code; 255 = none. The URL-safe alphabet has `-` and `_` for `+` and `/`. */
const VALUES = new Uint8Array(128).fill(255);
for (let i = 0; i < 64; i++) VALUES[STANDARD.charCodeAt(i)] = i;
VALUES['-'.charCodeAt(0)] = 62;
VALUES['_'.charCodeAt(0)] = 63;

/** In the standard alphabet, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  // Pieces of a multiple of 3 bytes, so that none but the last is padded.
  for (let at = 0; at < bytes.length; at += CHUNK) text += chunkToBase64(bytes, at, Math.min(at + CHUNK, bytes.length));
  return text;
}

function chunkToBase64(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i += 3) {
    const group = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += STANDARD[group >>> 18] + STANDARD[(group >>> 12) & 63];
    text += i + 1 < to ? STANDARD[(group >>> 6) & 63] : '=';
    text += i + 2 < to ? STANDARD[group & 63] : '=';
  }
  return text;
}

/**
 * Reads "either standard or URL-safe base64 encoding with/without paddings" (ProtoJSON). Bits behind the last byte are ignored, as the
 * conformance suite wants it. Undefined where the text is no base64: another character, white space, a wrong length or padding.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const end = unpaddedLength(text);
  if (end === undefined || end % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let at = 0;
  let bits = 0;
  for (let i = 0; i < end; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? 255;
    if (value === 255) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    const rest = (i * 6 + 6) % 8;
    if (rest !== 6) bytes[at++] = (bits >>> rest) & 255;
  }
  return bytes;
}

/** Padding, where it is given, fills the last group of four characters. */
function unpaddedLength(text: string): number | undefined {
  if (!text.endsWith('=')) return text.length;
  if (text.length % 4 !== 0) return undefined;
  return text.length - (text.endsWith('==') ? 2 : 1);
}

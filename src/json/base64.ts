// Base64 (RFC 4648), without functions that only Node or only browsers have.
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = Uint8Array.from(ALPHABET, (char) => char.charCodeAt(0));
const PADDING = '='.charCodeAt(0);

/** Value of each character code; 255 = none. The URL-safe alphabet has `-` and `_` for `+` and `/`. */
const VALUES = new Uint8Array(128).fill(255);
for (const [value, code] of CODES.entries()) VALUES[code] = value;
VALUES['-'.charCodeAt(0)] = 62;
VALUES['_'.charCodeAt(0)] = 63;

/** Number of bytes that are converted at a time: a multiple of 3, so that only the last piece is padded. */
const PIECE = 6_144;
const codes = new Uint8Array((PIECE / 3) * 4);

/** In the standard alphabet, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    const length = writeCodes(bytes, at, Math.min(at + PIECE, bytes.length));
    text += String.fromCharCode.apply(null, codes.subarray(0, length) as unknown as number[]);
  }
  return text;
}

/** Writes the characters for bytes[from, to) to `codes`, and returns their number. */
function writeCodes(bytes: Uint8Array, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i += 3) {
    const group = (bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2];
    codes[n++] = CODES[group >>> 18];
    codes[n++] = CODES[(group >>> 12) & 63];
    codes[n++] = CODES[(group >>> 6) & 63];
    codes[n++] = CODES[group & 63];
  }
  // The bits after the end are zeros.
  for (let i = to % 3 === 0 ? 0 : 3 - (to % 3); i > 0; i--) codes[n - i] = PADDING;
  return n;
}

/**
 * Reads "either standard or URL-safe base64 encoding with/without paddings" (ProtoJSON). Bits after the last byte are ignored, as the
 * conformance suite requires. Undefined for malformed base64: another character, white space, a wrong length or padding.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const end = unpaddedLength(text);
  if (end === undefined || end % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let at = 0;
  for (let i = 0; i < end; i += 4) {
    const a = valueAt(text, i);
    const b = valueAt(text, i + 1);
    const c = i + 2 < end ? valueAt(text, i + 2) : 0;
    const d = i + 3 < end ? valueAt(text, i + 3) : 0;
    if ((a | b | c | d) > 63) return undefined;
    // Writing after the end of a Uint8Array has no effect.
    bytes[at++] = (a << 2) | (b >>> 4);
    bytes[at++] = (b << 4) | (c >>> 2);
    bytes[at++] = (c << 6) | d;
  }
  return bytes;
}

function valueAt(text: string, i: number): number {
  const code = text.charCodeAt(i);
  return code < 128 ? VALUES[code] : 255;
}

/** Padding, if present, fills the last group of four characters. */
function unpaddedLength(text: string): number | undefined {
  if (!text.endsWith('=')) return text.length;
  if (text.length % 4 !== 0) return undefined;
  return text.length - (text.endsWith('==') ? 2 : 1);
}

// Strings on the wire: short ones by loops of our own, which beat a native call, long ones by the platform's.
import { Fault } from './fault.js';
import { readUtf8, writeUtf8 } from './platform.js';
import { putVarint32 } from './write-varint.js';

/** Up to so many characters a loop beats the native call: measured, ASCII and wide text. */
const LOOP_CHARS = 32;

/** The text in b[p, e); throws a Fault unless it is valid UTF-8. */
export function textAt(b: Uint8Array, p: number, e: number): string {
  return e - p < 16 ? shortText(b, p, e) : readUtf8(b, p, e);
}

const { fromCharCode } = String;

/** Under 16 bytes: `fromCharCode` with literal arguments, if the text is ASCII. */
function shortText(b: Uint8Array, p: number, e: number): string {
  let all = 0;
  for (let i = p; i < e; i++) all |= b[i];
  if (all > 127) return readUtf8(b, p, e);
  let text = '';
  for (; e - p >= 4; p += 4) text += fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3]);
  switch (e - p) {
    case 3:
      return text + fromCharCode(b[p], b[p + 1], b[p + 2]);
    case 2:
      return text + fromCharCode(b[p], b[p + 1]);
    case 1:
      return text + fromCharCode(b[p]);
    default:
      return text;
  }
}

/** Writes the length of a string and the string; `b` has room for 5 bytes and three a character. */
export function putText(text: string, b: Uint8Array, p: number): number {
  const length = text.length;
  if (length <= LOOP_CHARS) {
    const end = putChars(text, b, p + 1);
    b[p] = end - p - 1;
    return end;
  }
  if (!text.isWellFormed()) throw new Fault('lone surrogate', -1);
  // Room for the length that is likely: three bytes a character if the middle one is wide. Moved if that was wrong.
  const likely = text.charCodeAt(length >>> 1) > 0x7ff ? length * 3 : length;
  const room = lengthBytes(likely);
  // A native call cuts off what has no room, without a word.
  if (p + room + length * 3 > b.length) throw new RangeError('the message changed while it was encoded');
  const written = writeUtf8(text, b, p + room);
  return closeLength(b, p, room, p + room + written);
}

/** Puts the length of b[p + room, end) at p, where `room` bytes were left for it, and returns the new end. */
export function closeLength(b: Uint8Array, p: number, room: number, end: number): number {
  const length = end - p - room;
  if (length < 128 && room === 1) {
    b[p] = length;
    return end;
  }
  const needed = lengthBytes(length);
  if (needed !== room) b.copyWithin(p + needed, p + room, end);
  putVarint32(length, b, p);
  return end + needed - room;
}

/** How many bytes a varint takes. */
export function lengthBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

/** At most 42 characters, so that the length of what is written takes one byte. */
function putChars(text: string, b: Uint8Array, p: number): number {
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char < 0x80) {
      b[p++] = char;
    } else if (char < 0x800) {
      b[p++] = 0xc0 | (char >>> 6);
      b[p++] = 0x80 | (char & 63);
    } else if ((char & 0xf800) !== 0xd800) {
      b[p++] = 0xe0 | (char >>> 12);
      b[p++] = 0x80 | ((char >>> 6) & 63);
      b[p++] = 0x80 | (char & 63);
    } else {
      const low = text.charCodeAt(++i);
      // A high surrogate, then a low one; NaN behind the end fails too.
      if (char > 0xdbff || (low & 0xfc00) !== 0xdc00) throw new Fault('lone surrogate', -1);
      const point = 0x10000 + ((char & 0x3ff) << 10) + (low & 0x3ff);
      b[p++] = 0xf0 | (point >>> 18);
      b[p++] = 0x80 | ((point >>> 12) & 63);
      b[p++] = 0x80 | ((point >>> 6) & 63);
      b[p++] = 0x80 | (point & 63);
    }
  }
  return p;
}

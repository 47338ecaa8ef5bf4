// Texts: what the platform's text codecs do, or our own in their place.
import { isProtocolError, TextContent } from '@im/protocol';
import { type Check, type Part, part } from './report.js';

const PIECES = ['a', '\u00e9', '\u4f60\u597d', '\ud83d\ude00', '\ufeff', '\u0000', '\u07ff\u0800\uffff\u{10ffff}', ' x\u00ff'];
const TIMES = [1, 2, 15, 16, 17, 42, 43, 64, 65, 200, 1500];
/** Bytes that are no UTF-8. */
const INVALID = [
  [0x80],
  [0xc0, 0x80],
  [0xe0, 0x80, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xff],
  [0xe4, 0xbd],
  [0xf0, 0x9f],
];

export function textPart(): Promise<Part> {
  return part('texts', (check) => {
    for (const piece of PIECES)
      for (const times of TIMES) for (const lead of ['', 'x']) checkText(lead + piece.repeat(times), check);
    for (const bytes of INVALID) for (const before of [0, 5, 60, 300]) checkInvalid(bytes, before, check);
    for (const lone of ['\ud800', '\udc00']) for (const before of [0, 5, 60, 300]) checkLone('a'.repeat(before) + lone, check);
  });
}

function checkText(text: string, check: Check): void {
  const bytes = TextContent.encode({ text });
  const utf8 = encoded(text);
  const { length } = bytes;
  check(isEqual(bytes.subarray(length - utf8.length), utf8), `bytes of ${describe(text)}`);
  // Within other bytes: some platforms read the whole buffer.
  const inside = new Uint8Array(length + 7).fill(0xff);
  inside.set(bytes, 3);
  check(TextContent.decode(inside.subarray(3, 3 + length)).text === text, `text of ${describe(text)}`);
}

function checkInvalid(bytes: readonly number[], before: number, check: Check): void {
  const text = [...Array<number>(before).fill(0x61), ...bytes];
  const size = text.length < 128 ? [text.length] : [(text.length & 127) | 128, text.length >> 7];
  check(
    isRefused(() => TextContent.decode(Uint8Array.from([10, ...size, ...text])), 'MALFORMED_PAYLOAD'),
    `invalid ${bytes} after ${before}`,
  );
}

function checkLone(text: string, check: Check): void {
  check(
    isRefused(() => TextContent.encode({ text }), 'INVALID_MESSAGE'),
    `lone surrogate in ${describe(text)}`,
  );
}

function isRefused(run: () => unknown, code: 'MALFORMED_PAYLOAD' | 'INVALID_MESSAGE'): boolean {
  try {
    run();
    return false;
  } catch (error) {
    return isProtocolError(error, code);
  }
}

function describe(text: string): string {
  return `${text.length} characters with U+${text.charCodeAt(text.length - 1).toString(16)}`;
}

function isEqual(a: Uint8Array, b: readonly number[]): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** UTF-8 by the definition (RFC 3629, section 3). */
function encoded(text: string): number[] {
  return [...text].flatMap((char) => {
    const point = char.codePointAt(0)!;
    if (point < 0x80) return [point];
    const tail = (shift: number): number => 0x80 | ((point >> shift) & 0x3f);
    if (point < 0x800) return [0xc0 | (point >> 6), tail(0)];
    if (point < 0x10000) return [0xe0 | (point >> 12), tail(6), tail(0)];
    return [0xf0 | (point >> 18), tail(12), tail(6), tail(0)];
  });
}

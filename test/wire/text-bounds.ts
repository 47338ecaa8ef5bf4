// Texts about the lengths at which textAt and putText change their way.
import { expect } from 'vitest';
import type { CodecError } from '../../src/wire/codec-error.js';

export type Text = Pick<typeof import('../../src/wire/text.js'), 'putText' | 'textAt'>;

export const encoder = new TextEncoder();

/** What a text is made of: bytes of its characters, the characters. */
const FILLERS = ['a', 'é', '你', '\ud7ff', '￮', '😀', 'a你', '你a', '你😀'];

/** Bytes about which a text is read in another way: of any text, of wide text in each version of Node and in the web flavour. */
const READ_BOUNDS = [0, 1, 2, 3, 16, 24, 60, 72, 192, 600, 1500];
/** The same for characters of a text that is written; the last is how much is taken apart at once. */
const WRITE_BOUNDS = [0, 1, 9, 24, 30, 42, 600, 16_384];

const about = (bounds: number[]): number[] =>
  [...new Set(bounds.flatMap((bound) => [bound - 1, bound, bound + 1]))].filter((n) => n >= 0);

/** Text of exactly so many bytes: the filler, then ASCII. */
function ofBytes(filler: string, bytes: number): string {
  const each = encoder.encode(filler).length;
  return filler.repeat(Math.floor(bytes / each)) + 'z'.repeat(bytes % each);
}

/** Text of exactly so many code units. */
function ofUnits(filler: string, units: number): string {
  return filler.repeat(Math.floor(units / filler.length)) + 'z'.repeat(units % filler.length);
}

/** What textAt makes of bytes between others that would go on with them. */
export function read(text: Text, utf8: Uint8Array): string {
  const b = new Uint8Array(utf8.length + 6).fill(0x80);
  b.set(utf8, 3);
  const whole = text.textAt(b, 3, 3 + utf8.length);
  expect(text.textAt(Buffer.from(b.buffer), 3, 3 + utf8.length) === whole).toBe(true);
  return whole;
}

export function faultOf(run: () => unknown): CodecError {
  try {
    run();
  } catch (error) {
    // By its name: a module that is loaded once more has a class of its own.
    expect((error as object).constructor.name).toBe('CodecError');
    return error as CodecError;
  }
  throw new Error('nothing was thrown');
}

/** What putText writes, without the length; the length is compared. */
export function written(text: Text, value: string): Uint8Array {
  const b = new Uint8Array(value.length * 3 + 8);
  const end = text.putText(value, b, 1);
  const size = encoder.encode(value).length;
  const head = size < 128 ? 1 : size < 16_384 ? 2 : 3;
  const length = b.slice(1, 1 + head).reduceRight((sum, byte) => sum * 128 + (byte & 127), 0);
  expect([b[0], length, end]).toEqual([0, size, 1 + head + size]);
  return b.subarray(1 + head, end);
}

export const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export function readsRight(text: Text): void {
  for (const filler of FILLERS) {
    for (const bytes of about(READ_BOUNDS)) {
      const value = ofBytes(filler, bytes);
      const utf8 = encoder.encode(value);
      expect(read(text, utf8) === value, `${filler} ${bytes}`).toBe(true);
      // A byte that stands nowhere, a continuation too many, a surrogate: at the start, in the middle, at the end.
      for (const broken of [[0xff], [0x80], [0xed, 0xa0, 0x80], [0xe4, 0xbd], [0xc3], [0xf0, 0x9f, 0x98]]) {
        for (const at of [0, Math.floor(value.length / 2), value.length]) {
          const whole = [...encoder.encode(value.slice(0, at)), ...broken, ...encoder.encode(value.slice(at))];
          const fault = faultOf(() => text.textAt(Uint8Array.from([0, 0, 0, ...whole, 0x80]), 3, 3 + whole.length));
          expect([fault.text, fault.at], `${filler} ${bytes} ${broken} ${at}`).toEqual(['invalid UTF-8', 3]);
        }
      }
      // U+FFFD that is meant.
      const meant = `\ufffd${value}\ufffd`;
      expect(read(text, encoder.encode(meant)) === meant).toBe(true);
    }
  }
}

export function writesRight(text: Text): void {
  for (const filler of FILLERS) {
    for (const units of about(WRITE_BOUNDS)) {
      const value = ofUnits(filler, units);
      expect(same(written(text, value), encoder.encode(value)), `${filler} ${units}`).toBe(true);
      for (const lone of ['\ud800', '\udbff', '\udc00', '\udfff', '\udc00\ud800']) {
        for (const at of [0, Math.floor(units / 2), units]) {
          // A pair is not cut into two that are alone: so the place is behind a whole filler.
          const cut = at - (at % filler.length);
          const broken = `${value.slice(0, cut)}${lone}z${value.slice(cut)}`;
          const fault = faultOf(() => text.putText(broken, new Uint8Array(broken.length * 3 + 8), 1));
          expect([fault.text, fault.at], `${filler} ${units} ${at}`).toEqual(['lone surrogate', -1]);
        }
      }
      const high = `${value}\ud83d`;
      expect(faultOf(() => text.putText(high, new Uint8Array(high.length * 3 + 8), 1)).text).toBe('lone surrogate');
      // U+FFFD that is meant, which a lone surrogate would have become.
      const meant = `\ufffd${value}\ufffd`;
      expect(same(written(text, meant), encoder.encode(meant))).toBe(true);
    }
  }
}

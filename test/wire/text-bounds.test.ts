// Which way a string goes depends on its length, on what it is made of and on the version of Node: no way may show.
import { afterEach, expect, test, vi } from 'vitest';
import { CodecError } from '../../src/wire/codec-error.js';
import { putText, textAt } from '../../src/wire/text.js';

type Text = Pick<typeof import('../../src/wire/text.js'), 'putText' | 'textAt'>;

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What a text is made of: bytes of its characters, the characters. */
const FILLERS = ['a', 'é', '你', '\ud7ff', '￮', '😀', 'a你', '你a', '你😀'];

/** Bytes about which a text is read in another way: of any text, of wide text in each version of Node and in the web flavour. */
const READ_BOUNDS = [0, 1, 2, 3, 16, 24, 60, 72, 192, 1500];
/** The same for characters of a text that is written; the last is how much is taken apart at once. */
const WRITE_BOUNDS = [0, 1, 9, 20, 24, 42, 600, 16_384];

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
function read(text: Text, utf8: Uint8Array): string {
  const b = new Uint8Array(utf8.length + 6).fill(0x80);
  b.set(utf8, 3);
  const whole = text.textAt(b, 3, 3 + utf8.length);
  expect(text.textAt(Buffer.from(b.buffer), 3, 3 + utf8.length) === whole).toBe(true);
  return whole;
}

function faultOf(run: () => unknown): CodecError {
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
function written(text: Text, value: string): Uint8Array {
  const b = new Uint8Array(value.length * 3 + 8);
  const end = text.putText(value, b, 1);
  const size = encoder.encode(value).length;
  const head = size < 128 ? 1 : size < 16_384 ? 2 : 3;
  const length = b.slice(1, 1 + head).reduceRight((sum, byte) => sum * 128 + (byte & 127), 0);
  expect([b[0], length, end]).toEqual([0, size, 1 + head + size]);
  return b.subarray(1 + head, end);
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

function readsRight(text: Text): void {
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

function writesRight(text: Text): void {
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

test('texts of every length about a bound are read right, and refused if they are not valid', () => {
  readsRight({ textAt, putText });
});

test('texts of every length about a bound are written right, and refused if a surrogate is alone', () => {
  writesRight({ textAt, putText });
});

test.each([
  ['alone', '', ''],
  ['at the start of ASCII', '', 'a'.repeat(60)],
  ['within Chinese', '你'.repeat(20), '好'.repeat(20)],
  ['at the end of Chinese', '你'.repeat(14), ''],
])('each lead with continuations of each class is read as a fatal TextDecoder does: %s', (_, before, after) => {
  const [head, tail] = [encoder.encode(before), encoder.encode(after)];
  const disagree: string[] = [];
  for (let lead = 0x80; lead < 0x100; lead++) {
    for (const second of [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0]) {
      for (const rest of [[], [0x7f], [0x80], [0xbf], [0xc0], [0x80, 0x7f], [0x80, 0x80], [0xbf, 0xbf], [0xbf, 0xc0]]) {
        const utf8 = Uint8Array.from([...head, lead, second, ...rest, ...tail]);
        let expected: string | undefined;
        let found: string | undefined;
        try {
          expected = strict.decode(utf8);
        } catch {}
        try {
          found = textAt(utf8, 0, utf8.length);
        } catch (error) {
          if (!(error instanceof CodecError)) throw error;
        }
        if (found !== expected) disagree.push(`${lead} ${second} ${rest}`);
      }
    }
  }
  expect(disagree).toEqual([]);
});

test('a pair at the border of what is taken apart or put together at once', () => {
  for (const units of [16_382, 16_383, 16_384, 16_385]) {
    const text = `${'你'.repeat(units)}😀${'你'.repeat(10)}`;
    expect(same(written({ textAt, putText }, text), encoder.encode(text))).toBe(true);
    expect(read({ textAt, putText }, encoder.encode(text)) === text).toBe(true);
    const broken = `${'你'.repeat(units)}\ud83d${'你'.repeat(10)}`;
    expect(faultOf(() => putText(broken, new Uint8Array(broken.length * 3 + 8), 1)).text).toBe('lone surrogate');
  }
});

test('room that is too small is refused, not cut off', () => {
  for (const value of ['a'.repeat(50), '你'.repeat(50), '你'.repeat(700)])
    expect(() => putText(value, new Uint8Array(value.length * 3), 0)).toThrow('the message changed while it was encoded');
});

/** A transcode that replaces what is not valid, as where Node is imitated. */
const lenient = (from: Uint8Array, fromEncoding: BufferEncoding, toEncoding: BufferEncoding): Buffer =>
  Buffer.from(Buffer.from(from).toString(fromEncoding), toEncoding);
const absent = (): never => {
  throw new Error('not implemented');
};

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test.each([
  ['20.0.0', undefined],
  ['20.20.2', process.getBuiltinModule],
  ['22.23.3', process.getBuiltinModule],
  ['24.21.0', process.getBuiltinModule],
  ['24.21.0', () => ({ transcode: lenient })],
  ['20.20.2', () => ({ transcode: absent })],
  ['20.20.2', () => ({})],
  [undefined, undefined],
])('every way is right under every version: %s', async (node, getBuiltinModule) => {
  const versions = { ...process.versions, node };
  vi.stubGlobal(
    'process',
    Object.create(process, { versions: { value: versions }, getBuiltinModule: { value: getBuiltinModule } }),
  );
  vi.resetModules();
  const text: Text = await import('../../src/wire/text.js');
  vi.unstubAllGlobals();
  readsRight(text);
  writesRight(text);
});

// Which way a string goes depends on its length, on what it is made of and on the version of Node: no way may show.
import { expect, test } from 'vitest';
import { CodecError } from '../../src/wire/codec-error.js';
import { putText, textAt } from '../../src/wire/text.js';
import { encoder, faultOf, read, readsRight, same, writesRight, written } from './text-bounds.js';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

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
  for (const value of ['a'.repeat(150), '你'.repeat(150), '你'.repeat(700)])
    expect(() => putText(value, new Uint8Array(value.length * 3), 0)).toThrow('the message changed while it was encoded');
});

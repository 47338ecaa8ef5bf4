import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLength, exceedsBytes, isBlank, lacksBytes } from '../../src/wire/rules.js';
import { SEED } from '../seed.js';

describe(`byteLength (seed ${SEED})`, () => {
  it('counts what an encoder writes, lone surrogates as U+FFFD', () => {
    const encoder = new TextEncoder();
    const limit = fc.nat(20);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
        ),
        limit,
        (text, max) => {
          const { length } = encoder.encode(text);
          expect(byteLength(text)).toBe(length);
          expect(exceedsBytes(text, max)).toBe(length > max);
          expect(lacksBytes(text, max)).toBe(length < max);
        },
      ),
      { seed: SEED, numRuns: 1000 },
    );
  });
});

describe('isBlank', () => {
  it('is what trim leaves nothing of, except the empty text', () => {
    for (let unit = 0; unit <= 0xffff; unit++) {
      const character = String.fromCharCode(unit);
      if (isBlank(character) !== (character.trim() === '')) expect.fail(`U+${unit.toString(16)}`);
    }
    expect(isBlank('')).toBe(false);
    expect(isBlank(' a')).toBe(false);
  });
});

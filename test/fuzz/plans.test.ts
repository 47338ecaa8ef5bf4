// Generated code and plans are two implementations of the same strictness: they are compared with each other, message by message, on random
// messages, valid and invalid, and on damaged bytes of them. `npm run fuzz` does that for longer, and on the runtime of the web build too.
import { beforeAll, describe, expect, test } from 'vitest';
import { SEED } from '../seed.js';
import { differenceInBytes, differenceInValue } from './compare-forms.js';
import { type AnyCodec, CODE, type Form } from './form.js';
import { fuzzValues, type ValueFigures } from './fuzz-values.js';
import { PLANS } from './plan-form.js';

const ROUNDS = 5;

describe(`random messages in both forms (seed ${SEED})`, () => {
  const cases = ROUNDS * CODE.codecs.size;
  let figures: ValueFigures;
  beforeAll(() => {
    figures = fuzzValues({ seed: SEED, cases, forms: [CODE, PLANS] });
  }, 120_000);

  test('plans do what generated code does', () => {
    expect(figures.failures).toEqual([]);
  });

  test('are of all types, and many of them are valid', () => {
    expect(CODE.codecs.size).toBeGreaterThan(100);
    expect(figures.types).toEqual(new Set(PLANS.codecs.keys()));
    expect(figures.encoded).toBeGreaterThan(cases / 4);
  });
});

describe('a form that differs is found', () => {
  const typeName = 'im.protocol.v1.TextContent';
  const changed = (change: Partial<AnyCodec>): Form => {
    const codec = PLANS.codecs.get(typeName)!;
    return { ...PLANS, codecs: new Map([[typeName, { ...codec, ...change }]]) };
  };

  test('in its bytes', () => {
    const form = changed({ encode: () => new Uint8Array([10, 1, 98]) });
    expect(differenceInValue(typeName, { text: 'a' }, [CODE, form])).toBe(
      `encoded of plans: { returned: Uint8Array(3) [ 10, 1, 98 ] }, of generated code: { returned: Uint8Array(3) [ 10, 1, 97 ] }`,
    );
  });

  test('in the text of its errors alone', () => {
    const form = changed({
      decode(bytes) {
        try {
          return CODE.codecs.get(typeName)!.decode(bytes);
        } catch (error) {
          throw Object.assign(error as Error, { message: 'other' });
        }
      },
    });
    expect(differenceInBytes(typeName, new Uint8Array([10]), [CODE, form])).toMatch(/^decoded of plans: .* message: 'other',/);
  });
});

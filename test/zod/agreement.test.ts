// The check and the zod schema of a message are made from the same rules: they accept and refuse the same values.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issuesOf } from '../../src/validate.js';
import { SEED } from '../seed.js';
import { messageLike, rubbish } from './edge-values.js';
import { MODELS, type TestModel } from './models.js';
import { copy, mutate, mutation } from './mutate.js';

/** True if both accept the value. What zod accepts comes out as it went in; neither changes it. */
function bothAccept({ table, check, schema }: TestModel, value: unknown): boolean {
  const issues = issuesOf(table, check, value);
  const parsed = schema.safeParse(value);
  const told = JSON.stringify({ check: issues, zod: parsed.error?.issues }, (_, v: unknown) =>
    typeof v === 'bigint' ? `${v}n` : v,
  );
  expect(parsed.success, told).toBe(issues.length === 0);
  if (parsed.success) expect(parsed.data).toEqual(value);
  return parsed.success;
}

describe.each(MODELS)(`$name (seed ${SEED})`, (model) => {
  it('is accepted by both where it is valid', () => {
    for (const value of model.valid) {
      const before = copy(value);
      expect(issuesOf(model.table, model.check, value)).toEqual([]);
      expect(model.schema.parse(value)).toStrictEqual(value);
      expect(value).toStrictEqual(before);
    }
  });

  it('is judged alike with a few places changed', () => {
    const seen = { accepted: 0, refused: 0 };
    const values = fc.tuple(fc.constantFrom(...model.valid), fc.array(mutation, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(values, ([valid, mutations]) => {
        const value = mutate(valid, mutations);
        seen[bothAccept(model, value) ? 'accepted' : 'refused']++;
      }),
      { seed: SEED, numRuns: 200 },
    );
    expect(seen.accepted).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(0);
  });

  it('is judged alike where it only looks like one', () => {
    fc.assert(
      fc.property(messageLike(model.table), (value) => {
        bothAccept(model, value);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('is judged alike whatever it is', () => {
    fc.assert(
      fc.property(rubbish, (value) => {
        bothAccept(model, value);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });
});

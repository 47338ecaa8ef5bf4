import { beforeAll, describe, expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.js';
import { SEED } from '../seed.js';
import { type Figures, fuzz } from './fuzz.js';
import { KNOWN_DIFFERENCES } from './known-differences.js';
import { PLANS } from './plan-form.js';
import { REASONS, reasonOf } from './reasons.js';

/** `npm run fuzz` has no bound of this kind. */
const CASES = 4000;

describe('changed messages, decoded by us and by both peers', () => {
  let figures: Figures;
  beforeAll(() => {
    figures = fuzz({ seed: SEED, cases: CASES, casesPerPool: 1000, poolSize: 6, forms: [PLANS] });
  }, 60_000);

  test(`have the same values, or are refused for a reason that the specification gives (seed ${SEED})`, () => {
    expect(figures.failures).toEqual([]);
  });

  test(`are decoded often and refused for most of the reasons: the changes reach far (seed ${SEED})`, () => {
    expect(figures.outcomes.get('same values')).toBeGreaterThan(CASES / 10);
    expect(figures.outcomes.size).toBeGreaterThan(10);
  });
});

test('the reason of an error stands behind its path, whatever the path holds', () => {
  const error = (path: string, text: string) =>
    new ProtocolError('MALFORMED_PAYLOAD', `Note.${path}: ${text}, at byte 7`, { path });
  expect(reasonOf(error('map["a: wrong wire type: b"]', 'invalid UTF-8'), 'im.Note')).toBe('invalidUtf8');
  expect(reasonOf(error('text', 'something new'), 'im.Note')).toBeUndefined();
});

test('the tables have no entry twice', () => {
  const shown = [
    ...Object.values(REASONS).map(({ text }) => String(text)),
    ...KNOWN_DIFFERENCES.map(({ shows }) => String(shows)),
  ];
  expect(new Set(shown).size).toBe(shown.length);
});

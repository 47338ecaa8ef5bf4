// vectors/version-2/reassigned.json: vectors of version 1 that a reader of version 2 does not pass, and no others.
import { expect, it } from 'vitest';
import { checkFrame } from './check-frame.js';
import { checkStream } from './check-stream.js';
import { allVectorsOf, REASSIGNED, type Vector } from './load.js';

const check = (vector: Vector): void => (vector.outcomes === undefined ? checkFrame(vector) : checkStream(vector));

it.each(REASSIGNED)('$name of $file.json differs from what version 1 says', ({ file, name, reason }) => {
  const vector = allVectorsOf(file).find((candidate) => candidate.name === name);
  if (vector === undefined) throw new Error('no such vector');
  expect(() => check(vector)).toThrow();
  expect(reason).toMatch(/^[A-Z].*\.$/);
});

it('each is listed once', () => {
  expect(new Set(REASSIGNED.map(({ name }) => name)).size).toBe(REASSIGNED.length);
});

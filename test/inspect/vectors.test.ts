// The vectors, looked into: what is accepted has no problem, what is refused has the one that its vector names, at its place.
import { describe, expect, test } from 'vitest';
import { inspect } from '../../src/inspect/index.js';
import { bytesOf, type ExpectedError, FRAME_FILES, VERSION_2_FRAME_FILES, type Vector, vectorsOf } from '../vectors/load.js';
import { optionsOf } from '../vectors/settings.js';
import { gaps } from './outline.js';

function inspected(vector: Vector) {
  const { limits, version, deflate } = optionsOf(vector);
  return inspect(bytesOf(vector.hex), { maxFrameBytes: limits?.maxFrameBytes, version, deflate, secrets: true });
}

describe.each([...FRAME_FILES, ...VERSION_2_FRAME_FILES, 'streams'])('vectors/%s.json', (file) => {
  const vectors = vectorsOf(file).filter(({ hex }) => hex !== undefined);

  test.each(vectors)('of $name, the leaves are the bytes', (vector) => {
    expect(gaps(inspected(vector))).toEqual([]);
  });

  const accepted = vectors.filter(({ frame }) => frame !== undefined);
  test.skipIf(accepted.length === 0).each(accepted)('$name has no problem', (vector) => {
    const { parts, problems } = inspected(vector);
    expect(problems).toEqual([]);
    expect(parts).toMatchObject([{ kind: 'frame', start: 0 }]);
  });

  // A single frame with bytes behind it is a stream here.
  const refused = vectors.filter(({ error, decode }) => error !== undefined && decode === undefined);
  test.skipIf(refused.length === 0).each(refused)('$name has its problem', (vector) => {
    const { code, offset, path, issues } = vector.error as ExpectedError;
    const { parts, problems } = inspected(vector);
    const isInflated = parts[0].parts[4]?.inflated !== undefined;
    if (issues === undefined) {
      expect(problems[0]).toMatchObject({ code, ...(path !== undefined && { path }) });
      if (offset !== undefined && !isInflated) expect(problems[0].offset).toBe(offset);
    } else {
      const found = problems.map((problem) => ({ path: problem.path, rule: problem.rule }));
      expect(found).toEqual(expect.arrayContaining([...issues]));
      expect(found).toHaveLength(issues.length);
    }
  });
});

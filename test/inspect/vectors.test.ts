// The vectors, looked into: what is accepted has no problem, what is refused has the one that its vector names, at its place.
import { describe, expect, test } from 'vitest';
import { type Inspection, inspect } from '../../src/inspect/index.js';
import { bytesOf, type ExpectedError, FRAME_FILES, VERSION_2_FRAME_FILES, type Vector, vectorsOf } from '../vectors/load.js';
import { optionsOf } from '../vectors/settings.js';
import { gaps } from './outline.js';

function inspected(vector: Vector) {
  const { limits, version, deflate } = optionsOf(vector);
  return inspect(bytesOf(vector.hex), { maxFrameBytes: limits?.maxFrameBytes, version, deflate, secrets: true });
}

describe.each([...FRAME_FILES, ...VERSION_2_FRAME_FILES, 'streams'])('vectors/%s.json', (file) => {
  test.each(vectorsOf(file).filter(({ hex }) => hex !== undefined))('$name', (vector) => {
    const inspection = inspected(vector);
    // The leaves are the bytes.
    expect(gaps(inspection)).toEqual([]);
    if (vector.frame !== undefined) expectAccepted(inspection);
    // A single frame with bytes behind it is a stream here.
    if (vector.error !== undefined && vector.decode === undefined) expectRefused(inspection, vector.error);
  });
});

function expectAccepted({ parts, problems }: Inspection): void {
  expect(problems).toEqual([]);
  expect(parts).toMatchObject([{ kind: 'frame', start: 0 }]);
}

function expectRefused({ parts, problems }: Inspection, { code, offset, path, issues }: ExpectedError): void {
  const isInflated = parts[0].parts[4]?.inflated !== undefined;
  if (issues === undefined) {
    expect(problems[0]).toMatchObject({ code, ...(path !== undefined && { path }) });
    if (offset !== undefined && !isInflated) expect(problems[0].offset).toBe(offset);
  } else {
    const found = problems.map((problem) => ({ path: problem.path, rule: problem.rule }));
    expect(found).toEqual(expect.arrayContaining([...issues]));
    expect(found).toHaveLength(issues.length);
  }
}

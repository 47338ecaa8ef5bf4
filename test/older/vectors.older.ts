// All vectors of version 1, those with numbers that version 2 assigns too, with the older release.
import { expect, it } from 'vitest';
import { type Figures, figuresOf, outcomeAs } from '../vectors/expected.js';
import { allVectorsOf, bytesOf, type ExpectedError, expand, FRAME_FILES, REASSIGNED, type Vector } from '../vectors/load.js';
import { OLD } from './releases.js';

const { index, json, node } = OLD;
const vectors = [...FRAME_FILES, 'streams'].flatMap((file) =>
  allVectorsOf(file).map((vector) => ({ file, name: vector.name, vector })),
);
const withBytes = vectors.filter(({ vector }) => vector.hex !== undefined);

it.each(withBytes)('$file: $name', ({ vector }) => {
  if (vector.outcomes !== undefined) {
    const found = outcomesOf(vector);
    expect(found.map((outcome, i) => outcomeAs(outcome as never, vector.outcomes![i]))).toEqual(expand(vector.outcomes));
  } else if (vector.error !== undefined) checkError(vector, vector.error);
  else checkFrame(vector);
});

it('all reassigned vectors are among them', () => {
  const names = new Set(withBytes.map(({ name }) => name));
  expect(REASSIGNED.filter(({ name }) => !names.has(name))).toEqual([]);
});

function optionsOf({ settings }: Vector) {
  const { maxFrameBytes, version, features } = settings ?? {};
  return {
    limits: maxFrameBytes === undefined ? undefined : { maxFrameBytes },
    version,
    deflate: features?.includes('deflate') ? node.createDeflate() : undefined,
  };
}

/** "An implementation may report fewer issues, but not different ones", in any order. */
function checkError(vector: Vector, { issues, ...expected }: ExpectedError): void {
  const error = errorOf(vector) as Figures;
  expect(figuresOf(error, expected)).toEqual(expected);
  if (issues === undefined) return;
  const found = error.issues!.map(({ path, rule }) => ({ path, rule }));
  expect(found).not.toEqual([]);
  expect(issues).toEqual(expect.arrayContaining(found));
}

function checkFrame(vector: Vector): void {
  const frame = index.decodeFrame(bytesOf(vector.hex), optionsOf(vector));
  expect(json.frameToJSON(frame as never, { unknownFields: true })).toEqual(expand(vector.frame));
  if (!vector.canonical && vector.reencoded === undefined) return;
  const { version, flags, type, message } = frame;
  const bytes = index.encodeFrame(type as never, message as never, { version, flags, maxFrameBytes: 16_777_219 });
  expect(Buffer.from(bytes).equals(bytesOf(vector.reencoded ?? vector.hex))).toBe(true);
}

function outcomesOf(vector: Vector): object[] {
  const decoder = new index.FrameDecoder(optionsOf(vector));
  const outcomes: object[] = [];
  try {
    for (const frame of decoder.push(bytesOf(vector.hex)))
      outcomes.push(
        frame.type === 'invalid'
          ? { invalid: frame.error }
          : { frame: json.frameToJSON(frame as never, { unknownFields: true }) },
      );
    decoder.end();
  } catch (error) {
    outcomes.push({ break: error });
  }
  return outcomes;
}

function errorOf(vector: Vector): unknown {
  if (vector.decode !== 'single') {
    const [first] = outcomesOf(vector) as { invalid?: unknown; break?: unknown }[];
    return first.invalid ?? first.break;
  }
  try {
    index.decodeFrame(bytesOf(vector.hex), optionsOf(vector));
  } catch (error) {
    return error;
  }
  throw new Error('accepted');
}

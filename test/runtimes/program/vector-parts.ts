// The test vectors as parts of the self-test.
import { FrameDecoder } from '@im/protocol';
import { inspect } from '@im/protocol/inspect';
import { frameToJSON } from '@im/protocol/json';
import { expand } from '../../vectors/expand.js';
import { figuresOf, outcomeAs } from '../../vectors/expected.js';
import type { Vector } from '../../vectors/vector.js';
import { fromHex } from './hex.js';
import { judge, readFrame, readStream, settingsOf } from './read-vectors.js';
import { type Check, includes, isSame, type Part, part } from './report.js';

/** Vectors by the name of their file. */
export type Vectors = Readonly<Record<string, readonly Vector[]>>;

const PIECES = [1, 7, 64, Number.MAX_SAFE_INTEGER];

export async function vectorParts(vectors: Vectors): Promise<Part[]> {
  const all = Object.values(vectors).flat();
  const frames = all.filter(({ hex, outcomes }) => hex !== undefined && outcomes === undefined);
  const streams = all.filter(({ outcomes }) => outcomes !== undefined);
  return [
    await part('frames', each(frames, checkFrame)),
    await part('streams in pieces', each(streams, checkStream)),
    await part('frames in pieces', each(frames, checkPieces)),
    await part('handshakes', each(all.filter(hasHandshake), checkHandshake)),
    await part('inspect', each(frames, checkParts)),
  ];
}

function each(vectors: readonly Vector[], run: (vector: Vector, check: Check) => void): (check: Check) => void {
  return (check) => {
    for (const vector of vectors) run(vector, check);
  };
}

function checkFrame(vector: Vector, check: Check): void {
  const { frame, error, ...otherBytes } = readFrame(vector);
  if (vector.frame !== undefined)
    check(
      isSame(frame, expand(vector.frame)) && isSame(otherBytes, {}),
      `${vector.name}: ${error?.code} ${Object.keys(otherBytes).join()}`,
    );
  if (vector.error !== undefined)
    check(
      error !== undefined && isSame(figuresOf(error, vector.error), vector.error),
      `${vector.name}: ${error?.code} ${error?.path}`,
    );
}

function checkStream(vector: Vector, check: Check): void {
  for (const pieceBytes of PIECES) {
    const seen = readStream(vector, pieceBytes).map((outcome, i) => outcomeAs(outcome, vector.outcomes?.[i]));
    check(isSame(seen, expand(vector.outcomes)), `${vector.name} in pieces of ${pieceBytes} bytes`);
  }
}

/** A frame that arrives byte by byte is the same frame. Long ones arrive in two pieces. */
function checkPieces(vector: Vector, check: Check): void {
  const bytes = fromHex(vector.hex);
  if (vector.frame === undefined || vector.decode !== undefined) return;
  const decoder = new FrameDecoder(settingsOf(vector));
  const pieceBytes = bytes.length > 1000 ? Math.ceil(bytes.length / 2) : 1;
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const [frame] = decoder.push(bytes.slice(at, at + pieceBytes));
    if (frame !== undefined && frame.type !== 'invalid')
      check(isSame(frameToJSON(frame, { unknownFields: true }), expand(vector.frame)), vector.name);
  }
  decoder.end();
}

function hasHandshake({ negotiate, check }: Vector): boolean {
  return negotiate !== undefined || check !== undefined;
}

function checkHandshake(vector: Vector, check: Check): void {
  const { welcome, reject, agreement, error } = (vector.negotiate ?? vector.check)! as NonNullable<Vector['check']>;
  const report = judge(vector);
  const isAsExpected = (): boolean => {
    if (vector.negotiate && welcome) return isSame(report, { welcome });
    if (vector.negotiate) return includes(report.reject, reject);
    if (error) return report.error !== undefined && isSame(figuresOf(report.error, error), error);
    return includes(report.agreement, agreement);
  };
  check(isAsExpected(), `${vector.name}: ${Object.keys(report).join()}`);
}

function checkParts(vector: Vector, check: Check): void {
  const { limits, version, deflate } = settingsOf(vector);
  const { problems } = inspect(fromHex(vector.hex), { maxFrameBytes: limits?.maxFrameBytes, version, deflate, secrets: true });
  if (vector.frame !== undefined) check(problems.length === 0, `${vector.name}: ${problems[0]?.message}`);
  else if (vector.decode === undefined) check(problems.length > 0, `${vector.name} has no problem`);
}

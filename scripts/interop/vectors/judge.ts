// What an answer has to be.
import { isDeepStrictEqual } from 'node:util';
import type { Vector } from '../../../test/vectors/load.js';
import type { InstalledPackage } from '../install/install-package.js';
import type { Answer } from './exchange.js';
import { frameOf } from './load.js';
import { withoutUnknown } from './without-unknown.js';

const COMPRESSED = 0x0001;
/** Rules of fields: the validator of our package keeps them, which the other languages do not have. */
export const VALIDATOR_CODES: ReadonlySet<string> = new Set(['INVALID_MESSAGE', 'COMMAND_DATA_MISMATCH']);

/** What is wrong with the decoded frame; undefined if nothing is. */
export function judgeDecoded(vector: Vector, { frame, error, skip }: Answer): string | undefined {
  if (error) return `refused with ${error.code}`;
  if (frame === undefined) return JSON.stringify(vector.frame).includes('"@type"') ? undefined : `no JSON: ${skip}`;
  return difference(frame, withoutUnknown(frameOf(vector)));
}

/** Without a validator it is accepted; one that refuses says why. */
export function judgeUnvalidated(vector: Vector, answer: Answer): string | undefined {
  // "COMPRESSED: never on LOGIN" comes behind the rules of fields, and stands in for them here.
  if (!answer.error || answer.error.code === 'NOT_NEGOTIATED') return undefined;
  return judgeRefused(vector, answer);
}

/** What is wrong with the frame that was encoded, by value and read by our decoder; undefined if nothing is. */
export function judgeEncoded(
  vector: Vector,
  { hex, error, skip }: Answer,
  { index, json }: InstalledPackage,
): string | undefined {
  if (hex === undefined) return error ? `refused with ${error.code}` : `no bytes: ${skip}`;
  const { flags = 0, ...expected } = frameOf(vector) as { flags?: number };
  const frame = index.decodeFrame(Buffer.from(hex, 'hex'), { limits: { maxFrameBytes: index.LARGEST_FRAME_BYTES } });
  // What came compressed goes back as it is.
  return difference(json.frameToJSON(frame, { unknownFields: true }), { ...expected, flags: flags & ~COMPRESSED });
}

/** What is wrong with the refusal; undefined if nothing is. */
export function judgeRefused({ error: expected }: Vector, { error }: Answer): string | undefined {
  if (!error) return `accepted, ${expected?.code} is right`;
  return error.code === expected?.code ? undefined : `refused with ${error.code}, ${expected?.code} is right`;
}

function difference(actual: unknown, expected: unknown): string | undefined {
  if (isDeepStrictEqual(actual, expected)) return undefined;
  return `got ${shown(actual)}, expected ${shown(expected)}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}

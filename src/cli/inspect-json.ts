// The tree of an inspection as JSON; the hex of all leaves, one behind the other, is the input.
import type { Inspection, Part, Problem } from '../inspect/index.js';
import type { JsonObject, JsonValue } from '../json/json-value.js';
import type { Piece } from './pieces.js';

/** The one part of a piece. Positions count from the start of its stream. */
export function jsonPiece(inspection: Inspection, { offset, flow }: Piece): JsonObject {
  const [part] = inspection.parts;
  return { ...(flow !== '' && { flow }), ...jsonPart(part, inspection.bytes, offset) };
}

function jsonPart(part: Part, bytes: Uint8Array, base: number): JsonObject {
  const { kind, name, start, end, path, type, value, text, secret, problems, parts, inflated } = part;
  return {
    kind,
    name,
    start: base + start,
    end: base + end,
    ...(path !== '' && { path }),
    ...(type !== undefined && { type }),
    ...(value !== undefined && !(value instanceof Uint8Array) && { value: jsonValue(value) }),
    text,
    ...(secret && { secret }),
    ...(problems.length > 0 && { problems: problems.map((problem) => jsonProblem(problem, base)) }),
    ...(parts.length > 0
      ? { parts: parts.map((child) => jsonPart(child, bytes, base)) }
      : !secret && { hex: Buffer.from(bytes.subarray(start, end)).toString('hex') }),
    // What was inflated has positions of its own.
    ...(inflated !== undefined && { inflated: inflated.parts.map((child) => jsonPart(child, inflated.bytes, 0)) }),
  };
}

function jsonValue(value: number | bigint | string | boolean): JsonValue {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
  return value;
}

export function jsonProblem({ code, rule, message, offset, path }: Problem, base: number): JsonObject {
  return { code, ...(rule !== undefined && { rule }), message, offset: base + offset, ...(path !== '' && { path }) };
}

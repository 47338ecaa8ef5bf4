// Adds decoder errors to the parts that they concern.
import type { ProtocolError } from '../errors.js';
import { HEADER_BYTES } from '../limits.js';
import { lastOf } from '../wire/older-engines.js';
import type { FrameRules } from './frame-rules.js';
import { headerPartAt } from './header-parts.js';
import { type PartDraft, type Problem, problemOf } from './part.js';
import { addProblemTo, type Walk } from './walk.js';

/**
 * Adds a decoder error, unless the parts have it already.
 * @param start start of the frame. @param parts parts of the frame, with the payload last.
 */
export function joinErrors(
  error: ProtocolError,
  start: number,
  parts: PartDraft[],
  walk: Walk | undefined,
  rules: FrameRules,
): void {
  const payload = lastOf(parts)!;
  const inflated = payload.inflated?.problems as Problem[] | undefined;
  // In an inflated payload, offsets count as if it had been received uncompressed.
  const base = inflated === undefined || (error.offset ?? HEADER_BYTES) < HEADER_BYTES ? start : -HEADER_BYTES;
  const problem = problemOf(error, base);
  if (error.issues === undefined) {
    if (isReported(problem, walk?.problems ?? [])) return;
    const isHeader = (error.offset ?? HEADER_BYTES) < HEADER_BYTES;
    const part = isHeader ? headerPartAt(parts, error.offset) : (partAt(walk, problem.path) ?? payload);
    addProblemTo(rules, part, error.offset === undefined ? { ...problem, offset: part.start } : problem);
    return;
  }
  for (const { path, rule, message } of error.issues) {
    const part = partAt(walk, path) ?? payload;
    const text = `[${error.code}] ${path === '' ? message : `${path}: ${message}`}`;
    const found = { code: error.code, rule, message: text, offset: part === payload && inflated ? 0 : part.start, path };
    addProblemTo(rules, part, found);
    inflated?.push(found);
  }
}

function isReported({ code, offset }: Problem, reported: readonly Problem[]): boolean {
  return reported.some((problem) => problem.code === code && problem.offset === offset);
}

/** The part of a path; for a missing field, the part of its message; undefined = the outermost message. */
function partAt(walk: Walk | undefined, path: string): PartDraft | undefined {
  for (let rest = path; rest !== '' && walk !== undefined; rest = rest.replace(/(\.?[^.[\]]+|\[[^[\]]*\])$/, '')) {
    const part = walk.byPath.get(rest);
    if (part !== undefined) return part;
    // A key with brackets or dots: use the part of its map.
    if (!/(\.?[^.[\]]+|\[[^[\]]*\])$/.test(rest)) return walk.byPath.get(rest.slice(0, rest.indexOf('[')));
  }
  return undefined;
}

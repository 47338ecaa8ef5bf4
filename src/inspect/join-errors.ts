// What the decoder says of a frame, joined to the parts that it is about.
import type { ProtocolError } from '../errors.js';
import { HEADER_BYTES } from '../limits.js';
import { type FrameRules, problemOf } from './frame-part.js';
import { headerPartAt } from './header-parts.js';
import type { PartDraft, Problem } from './part.js';
import { add, type Walk } from './walk.js';

/**
 * Adds an error of the decoder, unless the parts told it already.
 * @param start of the frame. @param parts of the frame: its header, and its payload as the last.
 */
export function joinErrors(
  error: ProtocolError,
  start: number,
  parts: PartDraft[],
  walk: Walk | undefined,
  rules: FrameRules,
): void {
  const payload = parts.at(-1)!;
  const inflated = payload.inflated?.problems as Problem[] | undefined;
  // Inside of what was inflated, offsets count as if it had come so.
  const base = inflated === undefined || (error.offset ?? HEADER_BYTES) < HEADER_BYTES ? start : -HEADER_BYTES;
  const problem = problemOf(error, base);
  if (error.issues === undefined) {
    if (isTold(problem, walk?.problems ?? [])) return;
    const isHeader = (error.offset ?? HEADER_BYTES) < HEADER_BYTES;
    const part = isHeader ? headerPartAt(parts, error.offset) : (partAt(walk, problem.path) ?? payload);
    add(rules, part, error.offset === undefined ? { ...problem, offset: part.start } : problem);
    return;
  }
  for (const { path, rule, message } of error.issues) {
    const part = partAt(walk, path) ?? payload;
    const text = `[${error.code}] ${path === '' ? message : `${path}: ${message}`}`;
    const found = { code: error.code, rule, message: text, offset: part === payload && inflated ? 0 : part.start, path };
    add(rules, part, found);
    inflated?.push(found);
  }
}

function isTold({ code, offset }: Problem, told: readonly Problem[]): boolean {
  return told.some((problem) => problem.code === code && problem.offset === offset);
}

/** The part of a path; of a field that is missing, the message that lacks it; undefined = the outermost. */
function partAt(walk: Walk | undefined, path: string): PartDraft | undefined {
  for (let rest = path; rest !== '' && walk !== undefined; rest = rest.replace(/(\.?[^.[\]]+|\[[^[\]]*\])$/, '')) {
    const part = walk.byPath.get(rest);
    if (part !== undefined) return part;
    // A key with brackets or dots in it: the whole of its map will do.
    if (!/(\.?[^.[\]]+|\[[^[\]]*\])$/.test(rest)) return walk.byPath.get(rest.slice(0, rest.indexOf('[')));
  }
  return undefined;
}

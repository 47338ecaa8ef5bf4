// The state of an inspection of one message.
import { ProtocolError } from '../errors.js';
import type { CodecError } from '../wire/codec-error.js';
import type { MessageTable } from '../wire/table.js';
import { addProblem, createPart, type PartDraft, type Problem } from './part.js';

export interface Walk {
  readonly b: Uint8Array;
  /** Index from which offsets in messages count: the start of the frame, or where it would be before an inflated payload. */
  readonly base: number;
  /** The outermost message. */
  readonly root: MessageTable;
  /** Whether to show secrets. */
  readonly secrets: boolean;
  /** Known messages for Any, by full name. */
  readonly types: ReadonlyMap<string, MessageTable>;
  /** The problems, in order. */
  readonly problems: Problem[];
  /** The last part of each path, and of each oneof. */
  readonly byPath: Map<string, PartDraft>;
  /** Number of elements of each list so far, by path. */
  readonly counts: Map<string, number>;
  /** How many parts may still be made: shared by all walks of an inspection. */
  readonly budget: { parts: number };
}

/** The message, or unknown group, in which fields are read. */
export interface Scope {
  /** None in what the schema does not know. */
  readonly table: MessageTable | undefined;
  readonly path: string;
  readonly depth: number;
  /** The whole message is a secret. */
  readonly secret: boolean;
  /** Inside a map entry: all parts have the path of the map. */
  readonly fixedPath: boolean;
  /** The message is a map entry. */
  readonly isEntry: boolean;
}

/**
 * The end of a message: `end` by its length, and `limit`, the end of its bytes, which is before `end` if they were cut off. Bytes missing after
 * `limit` are not an error of the message.
 */
export interface Span {
  readonly end: number;
  readonly limit: number;
}

/** Adds an error to a part, with the message of a decoder. */
export function addError(walk: Walk, part: PartDraft, { code, text, at }: CodecError, path: string): void {
  const name = walk.root.name.slice(walk.root.name.lastIndexOf('.') + 1);
  const where = path === '' ? name : `${name}.${path}`;
  const { message } = new ProtocolError(code, `${where}: ${text}, at byte ${at - walk.base}`);
  addProblemTo(walk, part, { code, rule: undefined, message, offset: at, path });
}

/** Adds a problem to its part and to the list of all problems. */
export function addProblemTo(walk: Pick<Walk, 'problems'>, part: PartDraft, problem: Problem): void {
  addProblem(part, problem);
  walk.problems.push(problem);
}

/** Creates a part of a message. */
export function partOf(walk: Walk, scope: Pick<Scope, 'path' | 'secret'>, ...args: Parameters<typeof createPart>): PartDraft {
  walk.budget.parts--;
  const part = createPart(...args);
  part.path = scope.path;
  return part;
}

/** Creates the part of bytes that could not be read. */
export function unreadPart(
  walk: Walk,
  scope: Pick<Scope, 'path' | 'secret'>,
  start: number,
  end: number,
  text = 'cannot be read',
): PartDraft {
  const part = partOf(walk, scope, 'unread', 'unread', start, end, `${end - start} bytes: ${text}`);
  // They may be anything.
  return hide(walk, part, true);
}

/** Marks a part as secret, unless secrets are shown. */
export function hide(walk: Pick<Walk, 'secrets'>, part: PartDraft, isSecret: boolean): PartDraft {
  if (isSecret && !walk.secrets) part.secret = true;
  return part;
}

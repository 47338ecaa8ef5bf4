// What is carried along while the bytes of one message are gone through.
import { ProtocolError } from '../errors.js';
import type { CodecError } from '../wire/codec-error.js';
import type { MessageTable } from '../wire/table.js';
import { addProblem, createPart, type PartDraft, type Problem } from './part.js';

export interface Walk {
  readonly b: Uint8Array;
  /** Index from which the offsets in texts count: the first byte of the frame, or where it would be before an inflated payload. */
  readonly base: number;
  /** The outermost message. */
  readonly root: MessageTable;
  /** Secrets are shown. */
  readonly secrets: boolean;
  /** Messages that an Any may hold, by full name. */
  readonly types: ReadonlyMap<string, MessageTable>;
  /** What was found, in order. */
  readonly problems: Problem[];
  /** The last part of each path, and of each oneof. */
  readonly byPath: Map<string, PartDraft>;
  /** How many elements each list has so far, by path. */
  readonly counts: Map<string, number>;
  /** How many parts may still be made: shared by all walks of an inspection. */
  readonly room: { parts: number };
}

/** The message, or unknown group, in which fields are read. */
export interface Scope {
  /** None in what the schema does not know. */
  readonly table: MessageTable | undefined;
  readonly path: string;
  readonly depth: number;
  /** All of it is a secret. */
  readonly secret: boolean;
  /** It lies in an entry of a map: what is in it has the path of the map. */
  readonly fixedPath: boolean;
  /** It is an entry of a map. */
  readonly isEntry: boolean;
}

/**
 * Where a message ends: `end` is where its length says, `limit` where its bytes end, which is before that where they were cut off. What is
 * missing behind `limit` is no fault of what stands before it.
 */
export interface Span {
  readonly end: number;
  readonly limit: number;
}

/** Adds what a reader throws to the part where it was found, with the text that a decoder has. */
export function addFault(walk: Walk, part: PartDraft, { code, text, at }: CodecError, path: string): void {
  const name = walk.root.name.slice(walk.root.name.lastIndexOf('.') + 1);
  const where = path === '' ? name : `${name}.${path}`;
  const { message } = new ProtocolError(code, `${where}: ${text}, at byte ${at - walk.base}`);
  add(walk, part, { code, rule: undefined, message, offset: at, path });
}

/** Adds a problem to its part and to the list of all. */
export function add(walk: Pick<Walk, 'problems'>, part: PartDraft, problem: Problem): void {
  addProblem(part, problem);
  walk.problems.push(problem);
}

/** A part of a message. */
export function partOf(walk: Walk, scope: Pick<Scope, 'path' | 'secret'>, ...args: Parameters<typeof createPart>): PartDraft {
  walk.room.parts--;
  const part = createPart(...args);
  part.path = scope.path;
  return part;
}

/** The rest of a message, which could not be read. */
export function unreadPart(
  walk: Walk,
  scope: Pick<Scope, 'path' | 'secret'>,
  start: number,
  end: number,
  text = 'cannot be read',
): PartDraft {
  const part = partOf(walk, scope, 'unread', 'unread', start, end, `${end - start} bytes: ${text}`);
  // Bytes that cannot be read may be those of anything.
  return hide(walk, part, true);
}

/** Marks a part whose bytes are, or may be, a secret, unless secrets are shown. */
export function hide(walk: Pick<Walk, 'secrets'>, part: PartDraft, isSecret: boolean): PartDraft {
  if (isSecret && !walk.secrets) part.secret = true;
  return part;
}

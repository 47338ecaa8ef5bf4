// What a generated message offers, and the doors around the generated functions: memory, errors, paths.
import { type Issue, ProtocolError } from '../errors.js';
import { explained } from './explained.js';
import { Fault } from './fault.js';
import { resetHints } from './hints.js';
import { allocateOutput, returnOutput } from './output.js';
import { pathAt } from './path.js';
import { isBytes } from './room.js';
import type { MessageTable } from './table.js';

/** The generated functions of a message. */
export interface Generated<T, Init> {
  readonly table: MessageTable;
  /** Checks the types and tells how much room the message is likely to take; three times that is always enough. */
  likely(message: Init): number;
  /** Writes the message at `p` and returns the index behind it. There is room. */
  write(message: Init, b: Uint8Array, p: number): number;
  /** Reads the message in b[p, e), at depth `d`, into `m` if that is given. */
  read(b: Uint8Array, p: number, e: number, d: number, m?: T): T;
  /**
   * The rules of the schema; undefined = all are kept. Takes values of the right types only.
   * @param sound the message is what `read` returned, without a doubt (doubt.ts).
   */
  check(message: Init, sound?: boolean): Issue[] | undefined;
}

/** The door of encoders: takes what it needs of a message and no more, so that a bundle has no more. */
export function encodeMessage<Init>(
  table: MessageTable,
  likely: (message: Init) => number,
  write: (message: Init, b: Uint8Array, p: number) => number,
  message: Init,
): Uint8Array<ArrayBuffer> {
  try {
    resetHints();
    const out = allocateOutput(likely(message) * 3);
    const end = write(message, out.bytes, out.start);
    return returnOutput(out, end);
  } catch (error) {
    throw explained({ table }, message, error);
  }
}

/** The door of decoders: reads exactly one message from all of `bytes`. */
export function decodeMessage<T>(
  table: MessageTable,
  read: (b: Uint8Array, p: number, e: number, d: number) => T,
  bytes: Uint8Array,
): T {
  if (!isBytes(bytes)) throw new TypeError('decode takes a Uint8Array');
  try {
    return read(bytes, 0, bytes.length, 0);
  } catch (error) {
    throw located(table, bytes, 0, bytes.length, 0, error);
  }
}

/**
 * What a decoder threw, as the error that users see.
 * @param base index in `b` from which offsets count.
 */
export function located(table: MessageTable, b: Uint8Array, p: number, e: number, base: number, error: unknown): unknown {
  if (!(error instanceof Fault)) return error;
  const { text, at, code, limit, actual } = error;
  const item = pathAt(table, b, p, e, at);
  // Too many elements are the fault of the list, not of the element that was one too many.
  const path = code === 'INVALID_MESSAGE' ? item.replace(/\[\d+\]$/, '') : item;
  const name = table.name.slice(table.name.lastIndexOf('.') + 1);
  const where = path === '' ? name : `${name}.${path}`;
  const issues = code === 'INVALID_MESSAGE' ? [{ path, rule: 'max_items', message: text }] : undefined;
  return new ProtocolError(code, `${where}: ${text}, at byte ${at - base}`, { offset: at - base, path, limit, actual, issues });
}

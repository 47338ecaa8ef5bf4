// The doors of the functions in generated/functions.ts: each takes what it needs of a message and no more, so that a bundle has no more.
import { located } from './codec.js';
import { explained } from './explained.js';
import { allocateOutput, returnOutput } from './output.js';
import { isBytes } from './room.js';
import type { MessageTable } from './table.js';

/** What `encode` of a codec does. */
export function encodeWith<Init>(
  table: MessageTable,
  likely: (message: Init) => number,
  write: (message: Init, b: Uint8Array, p: number) => number,
  message: Init,
): Uint8Array<ArrayBuffer> {
  try {
    const out = allocateOutput(likely(message) * 3);
    return returnOutput(out, write(message, out.bytes, out.start));
  } catch (error) {
    throw explained({ table }, message, error);
  }
}

/** What `decode` of a codec does. */
export function decodeWith<T>(
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

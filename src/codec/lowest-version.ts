import { isProtocolError } from '../errors.js';
import type { MessageTable } from '../wire/table.js';
import { assertWritable } from './lossy-downgrade.js';

/** "the lowest version that has everything it writes": 1 unless the message has something newer. */
export function lowestVersion(table: MessageTable, message: object): number {
  const newest = table.newest ?? 1;
  for (let version = 1; version < newest; version++) if (isWritable(table, message, version)) return version;
  return newest;
}

function isWritable(table: MessageTable, message: object, version: number): boolean {
  try {
    assertWritable(table, message, version);
    return true;
  } catch (error) {
    if (isProtocolError(error, 'LOSSY_DOWNGRADE')) return false;
    throw error;
  }
}

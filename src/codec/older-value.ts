import type { EnumTable } from '../wire/table.js';

/**
 * The value of an enum for a peer of a version: the value itself, or the one that the schema names for older peers (`older_value`).
 * @param version of the peer, 1 to 127.
 */
export function olderValue(table: EnumTable, value: number, version: number): number {
  const since = table.since?.[value] ?? 1;
  return since > version ? (table.older?.[value] ?? value) : value;
}

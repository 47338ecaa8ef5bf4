import type { EnumTable } from '../../src/wire/table.js';

/** The numbers that later versions added to an enum. */
export function later({ since = {} }: EnumTable): number[] {
  return Object.keys(since).map(Number);
}

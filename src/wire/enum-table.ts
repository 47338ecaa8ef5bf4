import type { EnumTable } from './table.js';

/**
 * The table of an enum whose values all have the same prefix in the schema: made from the object that applications use.
 * @param prefix what the names in the schema begin with: `COMMAND_`.
 * @param members the values without it, in the order of the schema: of two with one number the second is an alias.
 */
export function enumTable(
  name: string,
  prefix: string,
  members: Readonly<Record<string, number>>,
  versions: Pick<EnumTable, 'since' | 'ignorable'> = {},
): EnumTable {
  const values: Record<number, string> = {};
  const aliases: Record<string, number> = {};
  for (const [member, number] of Object.entries(members)) {
    if (Object.hasOwn(values, number)) aliases[prefix + member] = number;
    else values[number] = prefix + member;
  }
  return { name, values, aliases, ...versions };
}

import type { FieldTable, MessageTable } from '../wire/table.js';

/** The name that is written. */
export function jsonName(field: FieldTable): string {
  return field.json ?? field.name;
}

/** The same conversion as in the generator, which leaves out a name in the schema that follows from it. */
function protoName(field: FieldTable): string {
  return field.proto ?? field.name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

const fields = new WeakMap<MessageTable, ReadonlyMap<string, FieldTable>>();

/** The fields of a message by the names that are read: in JSON and in the schema. One field's JSON name wins over another's name. */
export function fieldsByName(table: MessageTable): ReadonlyMap<string, FieldTable> {
  let byName = fields.get(table);
  if (byName === undefined) {
    const named = (name: (field: FieldTable) => string) =>
      table.fields.map((field): [string, FieldTable] => [name(field), field]);
    byName = new Map([...named(protoName), ...named(jsonName)]);
    fields.set(table, byName);
  }
  return byName;
}

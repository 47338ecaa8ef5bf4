import { quoted } from '../wire/quoted.js';
import { wrongType } from '../wire/scalar.js';
import type { EnumTable, FieldTable, MessageTable } from '../wire/table.js';
import { invalid, type Place } from './place.js';
import { scalarFromJson } from './scalar-from-json.js';

/** A longer name is cut. */
const SHOWN_CHARS = 64;

/** True for the enum whose one value is null in JSON. */
export function isNullValue(table: EnumTable): boolean {
  return table.name === 'google.protobuf.NullValue';
}

/** An enum by the full name of its value, by its number where that has no name. @param value is an int32. */
export function enumToJson(table: EnumTable, value: number): string | number | null {
  if (isNullValue(table)) return null;
  return Object.hasOwn(table.values, value) ? table.values[value] : value;
}

/** An enum by the full name of a value or by any number. @returns undefined for a name that is not known, where that is passed over. */
export function enumFromJson(table: EnumTable, value: unknown, at: Place, ignoreUnknown: boolean): number | undefined {
  if (value === null && isNullValue(table)) return 0;
  if (typeof value === 'number' || typeof value === 'bigint') return scalarFromJson('int32', value, at) as number;
  if (typeof value !== 'string') throw invalid(at, 'type', wrongType('name or number', value).message);
  const number = numbersOf(table).get(value);
  if (number === undefined && !ignoreUnknown)
    throw invalid(at, 'enum_name', `got ${at.secret ? 'a name' : quoted(value, SHOWN_CHARS)}, no value of ${table.name}`);
  return number;
}

const numbers = new WeakMap<EnumTable, ReadonlyMap<string, number>>();

function numbersOf(table: EnumTable): ReadonlyMap<string, number> {
  let byName = numbers.get(table);
  if (byName === undefined) {
    const names = Object.entries(table.values).map(([number, name]): [string, number] => [name, Number(number)]);
    byName = new Map([...names, ...Object.entries(table.aliases ?? {})]);
    numbers.set(table, byName);
  }
  return byName;
}

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

import { withNames } from '../../generated/enum-names.js';
import { hasOwn } from '../wire/older-engines.js';
import { quoted } from '../wire/quoted.js';
import { wrongType } from '../wire/scalar.js';
import type { EnumTable, FieldTable, MessageTable } from '../wire/table.js';
import { invalid, type Place } from './place.js';
import { scalarFromJson } from './scalar-from-json.js';

/** Longer names are truncated. */
const SHOWN_CHARS = 64;

/** True for the enum whose one value is null in JSON. */
export function isNullValue(table: EnumTable): boolean {
  return table.name === 'google.protobuf.NullValue';
}

/** The full name of an enum's value; the number if it has no name. @param value an int32. */
export function enumToJson(table: EnumTable, value: number): string | number | null {
  if (isNullValue(table)) return null;
  const { values } = withNames(table);
  return hasOwn(values, value) ? values[value] : value;
}

/** Reads the full name of an enum's value, or any number. @returns undefined for an unknown name that is ignored. */
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
    const { values, aliases = {} } = withNames(table);
    const names = Object.entries(values).map(([number, name]): [string, number] => [name, Number(number)]);
    byName = new Map([...names, ...Object.entries(aliases)]);
    numbers.set(table, byName);
  }
  return byName;
}

/** The name of a field that is written. */
export function jsonName(field: FieldTable): string {
  return field.json ?? field.name;
}

/** The same conversion as in the generator, which omits a name that follows from it. */
function protoName(field: FieldTable): string {
  return field.proto ?? field.name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

const fields = new WeakMap<MessageTable, ReadonlyMap<string, FieldTable>>();

/** The fields of a message by the names that are read: those in JSON and those in the schema. A name in JSON takes precedence. */
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

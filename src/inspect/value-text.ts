// Values for people.
import { quoted } from '../wire/quoted.js';
import type { EnumTable, FieldTable } from '../wire/table.js';
import type { PartValue } from './part.js';

/** A longer text is cut. */
const SHOWN_CHARS = 200;

/** A value of a field: `4 = PRIVATE_MESSAGE`, `1767225600000 = 2026-01-01T00:00:00.000Z`, `"你好"`, `32 bytes`. */
export function valueText(field: FieldTable, value: PartValue): string {
  if (typeof value === 'string') return quotedText(value);
  if (value instanceof Object) return bytesText(value.length);
  if (field.enum !== undefined) return enumText(field.enum(), Number(value));
  if (/(At|Time)Ms$/.test(field.name) && typeof value === 'bigint') return timeText(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A text in quotes, on one line, cut where it is long. */
export function quotedText(text: string): string {
  return text.length > SHOWN_CHARS ? `${quoted(text, SHOWN_CHARS)} (${text.length} characters)` : quoted(text);
}

export function bytesText(length: number): string {
  return length === 1 ? '1 byte' : `${length} bytes`;
}

/** The name of a value without that of its enum before it; undefined for a number that has none. */
export function enumName({ name, values }: EnumTable, value: number): string | undefined {
  const found = Object.hasOwn(values, value) ? values[value] : undefined;
  const prefix = `${name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toUpperCase()}_`;
  return found?.startsWith(prefix) ? found.slice(prefix.length) : found;
}

function enumText(table: EnumTable, value: number): string {
  const found = enumName(table, value);
  // "1-999 this specification, 1000 and up applications"
  return `${value} = ${found ?? (value >= FIRST_OF_APPLICATIONS ? "an application's" : 'unknown')}`;
}

const FIRST_OF_APPLICATIONS = 1000;

/** The largest time that a Date holds. */
const LAST_MS = 8_640_000_000_000_000n;

function timeText(value: bigint): string {
  return value > 0n && value <= LAST_MS ? `${value} = ${new Date(Number(value)).toISOString()}` : String(value);
}

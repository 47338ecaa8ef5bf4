// Values for people.
import type { FieldTable } from '../wire/table.js';
import type { PartValue } from './part.js';

/** A longer text is cut. */
const SHOWN_CHARS = 200;

/** Characters that would act on a terminal or turn the text around, and that JSON does not escape. */
const ACTING = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

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
  const isLong = text.length > SHOWN_CHARS;
  const quoted = JSON.stringify(isLong ? text.slice(0, SHOWN_CHARS) : text).replace(ACTING, escaped);
  return isLong ? `${quoted.slice(0, -1)}…" (${text.length} characters)` : quoted;
}

/** Text that says nothing but what it says: characters that act on a terminal are escaped as in JSON. */
export function harmless(text: string): string {
  return text.replace(ACTING, escaped);
}

export function bytesText(length: number): string {
  return length === 1 ? '1 byte' : `${length} bytes`;
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function enumText({ name, values }: ReturnType<NonNullable<FieldTable['enum']>>, value: number): string {
  // All values of an enum begin with its name.
  const prefix = `${name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toUpperCase()}_`;
  const found = Object.hasOwn(values, value) ? values[value] : undefined;
  // "1-999 this specification, 1000 and up applications"
  if (found === undefined) return `${value} = ${value >= FIRST_OF_APPLICATIONS ? "an application's" : 'unknown'}`;
  return `${value} = ${found.startsWith(prefix) ? found.slice(prefix.length) : found}`;
}

const FIRST_OF_APPLICATIONS = 1000;

/** The largest time that a Date holds. */
const LAST_MS = 8_640_000_000_000_000n;

function timeText(value: bigint): string {
  return value > 0n && value <= LAST_MS ? `${value} = ${new Date(Number(value)).toISOString()}` : String(value);
}

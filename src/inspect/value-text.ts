// Values for people.

import { CodecError } from '../wire/codec-error.js';
import { quoted } from '../wire/quoted.js';
import type { EnumTable, FieldTable } from '../wire/table.js';
import type { PartDraft, PartValue } from './part.js';
import { addFault, hide, partOf, type Scope, type Span, unreadPart, type Walk } from './walk.js';

/** A longer text is cut. */
const SHOWN_CHARS = 200;

/** A value of a field: `4 = PRIVATE_MESSAGE`, `1767225600000 = 2026-01-01T00:00:00.000Z`, `"你好"`, `32 bytes`. */
function valueText(field: FieldTable, value: PartValue): string {
  if (typeof value === 'string') return quotedText(value);
  if (value instanceof Object) return bytesText(value.length);
  if (field.enum !== undefined) return enumText(field.enum(), Number(value));
  if (/(At|Time)Ms$/.test(field.name) && typeof value === 'bigint') return timeText(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A text in quotes, on one line, cut where it is long. */
function quotedText(text: string): string {
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

/** A value that was read. */
export function scalarPart(
  walk: Walk,
  scope: Scope,
  field: FieldTable,
  name: string,
  value: PartValue,
  at: number,
  end: number,
): PartDraft {
  const part = partOf(walk, scope, 'value', name, at, end);
  hide(walk, part, scope.secret);
  part.text = part.secret ? '[redacted]' : valueText(field, value);
  if (!part.secret) part.value = value;
  return part;
}

/** What cannot be read, up to the end of the message. Where it is cut off before its end, that is all that is wrong with it. */
export function broken(walk: Walk, scope: Scope, at: number, { end, limit }: Span, error: unknown): PartDraft {
  if (!(error instanceof CodecError)) throw error;
  const isCut = limit < end && error.text.startsWith('truncated');
  const part = unreadPart(walk, scope, at, limit, isCut ? 'the rest is missing' : 'cannot be read');
  if (!isCut) addFault(walk, part, error, scope.path);
  return part;
}

// Types as the schema writes them.

/** `repeated sfixed64`, `map<uint32, fixed32>`, `im.protocol.v1.UserInfo`. */
export function typeText(field: FieldTable): string {
  if (field.kind === 'map') return `map<${field.key}, ${valueType(field)}>`;
  return field.kind === 'list' ? `repeated ${valueType(field)}` : valueType(field);
}

/** The type of one element. */
function valueType({ type, message, enum: values }: FieldTable): string {
  return message?.().name ?? values?.().name ?? type;
}

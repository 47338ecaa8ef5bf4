// Values and types as text.
import { withNames } from '../../generated/enum-names.js';
import { CodecError } from '../wire/codec-error.js';
import { hasOwn } from '../wire/older-engines.js';
import { quoted } from '../wire/quoted.js';
import type { EnumTable, FieldTable } from '../wire/table.js';
import type { PartDraft, PartValue } from './part.js';
import { addError, hide, partOf, type Scope, type Span, unreadPart, type Walk } from './walk.js';

/** Maximum characters shown of a text. */
const SHOWN_CHARS = 200;

/** The text of a value: `4 = PRIVATE_MESSAGE`, `1767225600000 = 2026-01-01T00:00:00.000Z`, `"你好"`, `32 bytes`. */
function valueText(field: FieldTable, value: PartValue): string {
  if (typeof value === 'string') return quotedText(value);
  if (typeof value === 'object') return bytesText(value.length);
  if (field.enum !== undefined) return enumText(field.enum(), Number(value));
  if (/(At|Time)Ms$/.test(field.name) && typeof value === 'bigint') return timeText(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A quoted text in one line, shortened. */
function quotedText(text: string): string {
  return text.length > SHOWN_CHARS ? `${quoted(text, SHOWN_CHARS)} (${text.length} characters)` : quoted(text);
}

export function bytesText(length: number): string {
  return length === 1 ? '1 byte' : `${length} bytes`;
}

/** The name of an enum value without the prefix of the enum; undefined for unknown values. */
export function enumName(table: EnumTable, value: number): string | undefined {
  const { name, values } = withNames(table);
  const found = hasOwn(values, value) ? values[value] : undefined;
  const prefix = `${name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/([a-z0-9])(?=[A-Z])/g, '$1_')
    .toUpperCase()}_`;
  return found?.startsWith(prefix) ? found.slice(prefix.length) : found;
}

function enumText(table: EnumTable, value: number): string {
  const found = enumName(table, value);
  // Values from 1000 on are reserved for applications.
  return `${value} = ${found ?? (value >= FIRST_APPLICATION_VALUE ? 'application-defined' : 'unknown')}`;
}

const FIRST_APPLICATION_VALUE = 1000;

/** The maximum time of a Date. */
const LAST_MS = 8_640_000_000_000_000n;

function timeText(value: bigint): string {
  return value > 0n && value <= LAST_MS ? `${value} = ${new Date(Number(value)).toISOString()}` : String(value);
}

/** The part of a value. */
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

/** An unread part up to the end of the message, with the error; without one if the bytes were cut off. */
export function unreadableRest(walk: Walk, scope: Scope, at: number, { end, limit }: Span, error: unknown): PartDraft {
  if (!(error instanceof CodecError)) throw error;
  const isCut = limit < end && error.text.startsWith('truncated');
  const part = unreadPart(walk, scope, at, limit, isCut ? 'the rest is missing' : 'cannot be read');
  if (!isCut) addError(walk, part, error, scope.path);
  return part;
}

/** `repeated sfixed64`, `map<uint32, fixed32>`, `im.protocol.v1.UserInfo`. */
export function typeText(field: FieldTable): string {
  if (field.kind === 'map') return `map<${field.key}, ${valueType(field)}>`;
  return field.kind === 'list' ? `repeated ${valueType(field)}` : valueType(field);
}

/** The type of one element. */
function valueType({ type, message, enum: values }: FieldTable): string {
  return message?.().name ?? values?.().name ?? type;
}

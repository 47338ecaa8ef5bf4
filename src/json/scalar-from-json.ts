import { scalarViolation, type ValueViolation, wrongType } from '../wire/scalar.js';
import type { ScalarName } from '../wire/table.js';
import { fromBase64 } from './base64.js';
import { invalid, type Place } from './place.js';

/** Any scalar of a message. */
type Scalar = string | number | bigint | boolean | Uint8Array;

/** Reads a scalar from JSON. Numbers may be strings, and integers may be bigints. */
export function scalarFromJson(type: ScalarName, value: unknown, at: Place): Scalar {
  switch (type) {
    case 'string':
    case 'bool':
      return sound(type, value, at) as string | boolean;
    case 'bytes':
      return bytesFromJson(value, at);
    case 'double':
    case 'float':
      return floatFromJson(type, value, at);
    default:
      return integerFromJson(type, value, at);
  }
}

/** The key of a map: in JSON it is always a string. */
export function mapKeyFromJson(type: ScalarName, key: string, at: Place): string | number | bigint | boolean {
  if (type !== 'bool') return scalarFromJson(type, key, at) as string | number | bigint;
  if (key !== 'true' && key !== 'false') throw invalid(at, 'type', 'expected the key "true" or "false"');
  return key === 'true';
}

/** Bytes from standard or URL-safe base64, with or without padding. */
export function bytesFromJson(value: unknown, at: Place): Uint8Array {
  const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
  if (bytes === undefined) throw unreadable('base64', value, at);
  return bytes;
}

/** A value that has its type already. */
function sound<T>(type: ScalarName, value: T, at: Place): T {
  const fault = scalarViolation(type, value, at.secret);
  if (fault !== undefined) throw invalid(at, fault.rule, fault.message);
  return value;
}

function unreadable(expected: string, value: unknown, at: Place): Error {
  const { rule, message }: ValueViolation = wrongType(expected, value);
  return invalid(at, rule, typeof value === 'string' ? `${message} that is not` : message);
}

function integerFromJson(type: ScalarName, value: unknown, at: Place): number | bigint {
  const integer = readInteger(value);
  if (integer === undefined) throw unreadable('integer', value, at);
  const held = sound(type, type.endsWith('64') ? integer : Number(integer), at);
  // "an integer beyond 2^53 in JSON text is read exactly or refused, never rounded": JSON.parse has rounded it already.
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    const got = at.secret ? 'a number' : `${value} as a number`;
    throw invalid(at, 'range', `got ${got}, which may have been rounded beyond 2^53: give a string or a bigint`);
  }
  return held;
}

function readInteger(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' ? exactInteger(value) : undefined;
}

const NAMED: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function floatFromJson(type: 'double' | 'float', value: unknown, at: Place): number {
  const named = NAMED.get(value);
  if (named !== undefined) return named;
  const number = readNumber(value);
  if (number === undefined) throw unreadable('number', value, at);
  const held = type === 'float' ? Math.fround(number) : number;
  // The names are strings. The number Infinity was a literal that is too large, and NaN is not JSON.
  if (!Number.isFinite(held)) throw invalid(at, 'range', `got a number that is too large for a ${type}`);
  return held;
}

function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value;
  return typeof value === 'bigint' || (typeof value === 'string' && isDecimal(value)) ? Number(value) : undefined;
}

const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/** Maximum number of digits. No number of the schema needs more, and it bounds the work for `1e999999999` and for a megabyte of digits. */
const MAX_DIGITS = 400;

/** True for the notation of a number in JSON. */
function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/**
 * The exact integer of a decimal number: `5`, `-0`, `1.50e2`. Undefined if it is not the notation of a number in JSON, has a fraction, or has
 * more than 400 digits.
 */
export function exactInteger(text: string): bigint | undefined {
  const parts = text.length <= MAX_DIGITS ? DECIMAL.exec(text) : null;
  if (parts === null) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = parts;
  const digits = shifted(whole + fraction, Number(exponent) - fraction.length);
  return digits === undefined ? undefined : BigInt(sign + digits);
}

/** The digits times ten to the power of `shift`; undefined if that is not an integer of bounded size. */
function shifted(digits: string, shift: number): string | undefined {
  if (/^0*$/.test(digits)) return '0';
  if (shift >= 0) return digits.length + shift <= MAX_DIGITS ? digits + '0'.repeat(shift) : undefined;
  const fraction = digits.slice(shift);
  return -shift < digits.length && /^0*$/.test(fraction) ? digits.slice(0, shift) : undefined;
}

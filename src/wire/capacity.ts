// The first of the two passes of an encoder: checks the type of each value, and estimates its size. Three times the estimate is always
// enough, because a UTF-16 code unit takes at most three bytes. A wrong type throws a CodecError; `toEncodeError` finds its path.
import { CodecError } from './codec-error.js';
import { isBytes, isMap, isPlainObject } from './scalar.js';

/** Bytes for a tag and a length: at most 5 each. */
const HEAD = 10;

export function wrongType(): CodecError {
  return new CodecError('value of another type', -1);
}

export function textCapacity(value: unknown): number {
  if (typeof value !== 'string') throw wrongType();
  const { length } = value;
  // If the character in the middle is wide, three bytes for each.
  return HEAD + (value.charCodeAt(length >>> 1) > 0x7ff ? length * 3 : length);
}

export function bytesCapacity(value: unknown): number {
  if (!isBytes(value)) throw wrongType();
  // The capacity is three times the estimate.
  return HEAD + Math.ceil(value.length / 3);
}

/** Checks that a value is a list. Its elements are checked when they are written. */
export function listOf<T>(value: readonly T[]): readonly T[] {
  if (!Array.isArray(value)) throw wrongType();
  return value;
}

/** Checks that a value is a Map, of this realm or another. */
export function mapOf<K, V>(value: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  if (!(value instanceof Map) && !isMap(value)) throw wrongType();
  return value;
}

/** Checks that a value is an object that may be a message. */
export function messageOf<T extends object>(value: T): T {
  if (typeof value !== 'object' || value === null) throw wrongType();
  return value;
}

/** Checks that a value without keys is an empty message, and not a Map, Date or array. */
export function requirePlain(value: object): void {
  if (!isPlainObject(value)) throw wrongType();
}

/** True for a bool that is not the default. */
export function isTrue(value: boolean | undefined): value is true {
  if (value === true) return true;
  if (value === false || value === undefined) return false;
  throw wrongType();
}

/** True for a float or double that is not the default. -0 is not the default. */
export function isNotPlusZero(value: number | undefined): value is number {
  if (value === undefined) return false;
  if (typeof value !== 'number') throw wrongType();
  return value !== 0 || 1 / value < 0;
}

/** The capacity of a value whose type is checked when it is written. Refuses null and undefined. */
export function capacityFor(value: unknown, capacity: number): number {
  if (value === undefined || value === null) throw wrongType();
  return capacity;
}

/** Checks that a value may be a member of a oneof: an object with `$case` and `value`, and nothing else. */
export function checkMember(member: object): void {
  for (const key in member) if (key !== '$case' && key !== 'value') throw wrongType();
}

/** Checks an element of a packed list. */
export function numberOf(value: number): number {
  if (typeof value !== 'number') throw wrongType();
  return value;
}

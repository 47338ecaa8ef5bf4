// The first of the two passes of an encoder: is each value of its type, and how much room is it likely to take? Three times the
// likely room is always enough, because a UTF-16 code unit takes at most three bytes. A wrong type throws a CodecError; the door that
// catches it finds out where it was.
import { CodecError } from './codec-error.js';
import { isBytes, isPlainObject } from './scalar.js';

/** Room for the tag and the length of something, and to spare. */
const HEAD = 10;

export function wrongType(): CodecError {
  return new CodecError('value of another type', -1);
}

export function textCapacity(value: unknown): number {
  if (typeof value !== 'string') throw wrongType();
  const { length } = value;
  // Three bytes a character if the middle one is wide.
  return HEAD + (value.charCodeAt(length >>> 1) > 0x7ff ? length * 3 : length);
}

export function bytesCapacity(value: unknown): number {
  if (!isBytes(value)) throw wrongType();
  // They take no more than that, and three times the room will be made.
  return HEAD + Math.ceil(value.length / 3);
}

/** Checks that a value is a list; its elements are checked when they are written. */
export function listOf<T>(value: readonly T[]): readonly T[] {
  if (!Array.isArray(value)) throw wrongType();
  return value;
}

/** Checks that a value is a Map, of this realm or another. */
export function mapOf<K, V>(value: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  if (!(value instanceof Map) && Object.prototype.toString.call(value) !== '[object Map]') throw wrongType();
  return value;
}

/** Checks that a value is an object that may be a message. */
export function messageOf<T extends object>(value: T): T {
  if (typeof value !== 'object' || value === null) throw wrongType();
  return value;
}

/** Checks that a value without keys is an empty message, not an object of another kind. */
export function requirePlain(value: object): void {
  if (!isPlainObject(value)) throw wrongType();
}

/** A bool that is set. */
export function isTrue(value: boolean | undefined): value is true {
  if (value === true) return true;
  if (value === false || value === undefined) return false;
  throw wrongType();
}

/** A float or double that is not 0; -0 is not the default. */
export function isNotPlusZero(value: number | undefined): value is number {
  if (value === undefined) return false;
  if (typeof value !== 'number') throw wrongType();
  return value !== 0 || 1 / value < 0;
}

/** Room of a value that is checked when it is written; null and undefined are not values. */
export function capacityFor(value: unknown, capacity: number): number {
  if (value === undefined || value === null) throw wrongType();
  return capacity;
}

/** Checks that a value may be a member of a oneof: an object with `$case` and `value`, and nothing else. */
export function checkMember(member: object): void {
  for (const key in member) if (key !== '$case' && key !== 'value') throw wrongType();
}

/** Checks an element of a packed list, where a comparison alone would not. */
export function numberOf(value: number): number {
  if (typeof value !== 'number') throw wrongType();
  return value;
}

// Checks that a value is of its scalar type and within its range, and describes what is wrong. Encoders have faster checks, and come here
// after one of them has failed.
import type { ScalarName } from './table.js';
import { loneSurrogateAt } from './well-formed.js';

/** A value that is not of its type. */
export interface ValueViolation {
  readonly rule: 'type' | 'range' | 'surrogate';
  readonly message: string;
}

/** The smallest and the largest value of an integer type. */
function rangeOf(type: ScalarName | 'enum'): readonly [min: bigint, max: bigint] {
  const bits = type.endsWith('64') ? 64n : 32n;
  if (/^(uint|fixed)/.test(type)) return [0n, (1n << bits) - 1n];
  const size = 1n << (bits - 1n);
  return [-size, size - 1n];
}

/**
 * Checks a value of a field of this type; undefined = valid.
 * @param secret the text does not show the value.
 */
export function scalarViolation(type: ScalarName | 'enum', value: unknown, secret = false): ValueViolation | undefined {
  if (!isScalar(type, value)) return wrongType(typeOf(type), value);
  if (typeof value === 'string') {
    const at = loneSurrogateAt(value);
    return at < 0 ? undefined : { rule: 'surrogate', message: `character ${at} is a lone surrogate` };
  }
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  if (isInRange(type, value)) return undefined;
  return { rule: 'range', message: `${secret ? 'out of range' : `got ${value}`}, ${type} is ${rangeText(type)}` };
}

/** True if a value is of the JavaScript type that belongs to this type. It may be out of range. */
export function isScalar(type: ScalarName | 'enum', value: unknown): boolean {
  const expected = typeOf(type);
  return expected === 'Uint8Array' ? isBytes(value) : typeof value === expected;
}

/** The violation of a value of another type. */
export function wrongType(expected: string, value: unknown): ValueViolation {
  return { rule: 'type', message: `expected ${expected}, got ${kindOf(value)}` };
}

/** True for an object that may be a message or a oneof: not for a list, map, bytes or Date. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return tagOf(value) === 'Object';
}

/** True for a Uint8Array of this realm or another: `instanceof` knows only this one. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array';
}

/** True for a Map of this realm or another: the getter of `size` throws for everything else. */
export function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  try {
    mapSize?.call(value);
    return true;
  } catch {
    return false;
  }
}

const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, 'size')?.get;

function typeOf(type: ScalarName | 'enum'): string {
  if (type === 'string') return 'string';
  if (type === 'bytes') return 'Uint8Array';
  if (type === 'bool') return 'boolean';
  return type.endsWith('64') ? 'bigint' : 'number';
}

function isInRange(type: ScalarName | 'enum', value: number | bigint): boolean {
  if (type === 'double') return true;
  // A finite number beyond the range of a float would become infinite.
  if (type === 'float') return !Number.isFinite(value) || Number.isFinite(Math.fround(value as number));
  const [min, max] = rangeOf(type);
  return (typeof value === 'bigint' || Number.isInteger(value)) && value >= min && value <= max;
}

function rangeText(type: ScalarName | 'enum'): string {
  if (type === 'float') return 'a number of at most 3.4028234663852886e+38, or infinite';
  const [min, max] = rangeOf(type);
  return `an integer from ${min} to ${max}`;
}

/** The type of a value, for error texts. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  const tag = tagOf(value) ?? 'object';
  return tag === 'Object' || tag === 'Array' ? tag.toLowerCase() : tag;
}

function tagOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.prototype.toString.call(value).slice(8, -1);
}

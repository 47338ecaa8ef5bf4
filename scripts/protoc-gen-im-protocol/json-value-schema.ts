// The JSON Schema of one value: a field, an element, a value of a map.
import type { ValueType } from './model.js';
import { typeName } from './names.js';
import type { FieldSettings } from './settings.js';

type Schema = Readonly<Record<string, unknown>>;

/** @param sets all sets of rules of the value. */
export function valueSchema(type: ValueType, sets: readonly FieldSettings[]): Schema {
  if (type.kind === 'message') return { $ref: `#/$defs/${typeName(type.message)}` };
  if (type.kind === 'enum') {
    const { min } = bounds(sets);
    const names = type.enum.values.filter(({ number }) => min === undefined || number >= min).map(({ name }) => name);
    return { anyOf: [{ enum: names }, { type: 'integer', ...(min !== undefined && { minimum: Number(min) }) }] };
  }
  switch (type.scalar) {
    case 'bool':
      return { type: 'boolean' };
    case 'string':
      return textSchema(sets);
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64', ...base64Length(sets) };
    case 'double':
    case 'float':
      return { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity', '-0'] }] };
    default:
      return type.scalar.endsWith('64') ? longSchema(type.scalar, sets) : integerSchema(type.scalar, sets);
  }
}

/** "The default (0 or empty) is allowed although the other rules would refuse it." */
function isOrDefault(sets: readonly FieldSettings[]): boolean {
  return sets.some(({ orDefault }) => orDefault);
}

function bounds(sets: readonly FieldSettings[]): { min: bigint | undefined; max: bigint | undefined } {
  const largest = (values: bigint[]): bigint | undefined =>
    values.reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
  const min = largest(sets.flatMap((set) => (set.min === undefined ? [] : [set.min])));
  const max = largest(sets.flatMap((set) => (set.max === undefined ? [] : [-set.max])));
  return { min: isOrDefault(sets) && min !== undefined && min > 0n ? 0n : min, max: max === undefined ? undefined : -max };
}

function integerSchema(scalar: string, sets: readonly FieldSettings[]): Schema {
  const isUnsigned = scalar === 'uint32' || scalar === 'fixed32';
  const { min = isUnsigned ? 0n : -(2n ** 31n), max = isUnsigned ? 2n ** 32n - 1n : 2n ** 31n - 1n } = bounds(sets);
  return { type: 'integer', minimum: Number(min), maximum: Number(max) };
}

/** A string of digits: numbers beyond 2^53 are not exact in JSON. */
function longSchema(scalar: string, sets: readonly FieldSettings[]): Schema {
  const { min = scalar === 'uint64' || scalar === 'fixed64' ? 0n : undefined } = bounds(sets);
  const pattern = min === undefined || min < 0n ? '^-?[0-9]+$' : min === 0n ? '^[0-9]+$' : '^[0-9]*[1-9][0-9]*$';
  return { type: ['string', 'integer'], pattern, ...(min !== undefined && { minimum: Number(min) }) };
}

/** A limit of bytes is one of characters too, if a weaker one. */
function textSchema(sets: readonly FieldSettings[]): Schema {
  const orDefault = isOrDefault(sets);
  const atLeastOne = !orDefault && sets.some(({ minBytes = 0 }) => minBytes > 0);
  const limits = sets.flatMap(({ maxBytes }) => (maxBytes === undefined ? [] : [maxBytes]));
  const alphabets = sets.filter(({ alphabet }) => alphabet !== '').map(({ alphabet }) => ({ pattern: `^[${alphabet}]*$` }));
  return {
    type: 'string',
    ...(atLeastOne && { minLength: 1 }),
    ...(limits.length > 0 && { maxLength: Math.min(...limits) }),
    ...(alphabets.length === 1 ? alphabets[0] : alphabets.length > 1 && { allOf: alphabets }),
  };
}

function base64Length(sets: readonly FieldSettings[]): Schema {
  const limits = sets.flatMap(({ maxBytes }) => (maxBytes === undefined ? [] : [Math.ceil(maxBytes / 3) * 4]));
  return limits.length > 0 ? { maxLength: Math.min(...limits) } : {};
}

// Refuses rules on types that they do not apply to.
import type { DescField } from '@bufbuild/protobuf';
import { schemaError } from './schema-error.js';
import type { FieldSettings } from './settings.js';

/** Refuses rules of a value on a list or map: they belong to its `items`, `keys` or `values`. */
export function refuseValueRules(declared: FieldSettings, where: DescField): void {
  if (declared.format !== 0) throw schemaError(where, 'a format is for the items, keys or values');
  refuseNumberRules(declared, where);
  refuseByteRules(declared, where);
  refuseTextRules(declared, where);
}

export function refuseNumberRules({ min, max }: FieldSettings, where: DescField): [] {
  if (min === undefined && max === undefined) return [];
  throw schemaError(where, 'min and max are for numbers and enums');
}

export function refuseByteRules({ minBytes, maxBytes }: FieldSettings, where: DescField): [] {
  if (minBytes === undefined && maxBytes === undefined) return [];
  throw schemaError(where, 'min_bytes and max_bytes are for string and bytes');
}

export function refuseTextRules({ alphabet, forbidden, notBlank, notIn, notPrefix }: FieldSettings, where: DescField): [] {
  if (!alphabet && !forbidden && !notBlank && notIn.length === 0 && notPrefix.length === 0) return [];
  throw schemaError(where, 'alphabet, forbidden, not_blank, not_in and not_prefix are for strings');
}

/** Refuses a malformed character class, which would be an invalid pattern, or end at its own bracket. */
export function refuseClasses({ alphabet, forbidden }: FieldSettings, where: DescField): void {
  for (const [name, characters] of Object.entries({ alphabet, forbidden })) {
    const ends = characters.replace(/\\./gsu, '').includes(']');
    if (ends || !isPattern(`[${characters}]`)) {
      throw schemaError(where, `${name} is not a character class: [${characters}]`);
    }
  }
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

/** Refuses bounds that no value keeps, in sets of rules that all apply. */
export function refuseEmptyRanges(sets: readonly FieldSettings[], where: DescField): void {
  const ranges = [
    ['min', 'max', sets.map(({ min }) => min), sets.map(({ max }) => max)],
    ['min_bytes', 'max_bytes', sets.map(({ minBytes }) => minBytes), sets.map(({ maxBytes }) => maxBytes)],
    ['min_items', 'max_items', sets.map(({ minItems }) => minItems), sets.map(({ maxItems }) => maxItems)],
  ] as const;
  for (const [minName, maxName, mins, maxes] of ranges) {
    for (const min of mins) {
      for (const max of maxes) {
        if (min === undefined || max === undefined || min <= max) continue;
        throw schemaError(where, `${minName} ${min} and ${maxName} ${max} contradict each other`);
      }
    }
  }
}

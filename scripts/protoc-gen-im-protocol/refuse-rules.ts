// A rule on a type that it is not for is an error of the schema.
import { SchemaError } from './schema-error.js';
import type { FieldSettings } from './settings.js';

/** Rules of a value that are set where there is none, on a list or map: they are for its `items`, `keys` or `values`. */
export function refuseValueRules(declared: FieldSettings, where: string): void {
  if (declared.format !== 0) throw new SchemaError(`${where}: a format is for the items, keys or values`);
  refuseNumberRules(declared, where);
  refuseByteRules(declared, where);
  refuseTextRules(declared, where);
}

export function refuseNumberRules({ min, max }: FieldSettings, where: string): [] {
  if (min === undefined && max === undefined) return [];
  throw new SchemaError(`${where}: min and max are for numbers and enums`);
}

export function refuseByteRules({ minBytes, maxBytes }: FieldSettings, where: string): [] {
  if (minBytes === undefined && maxBytes === undefined) return [];
  throw new SchemaError(`${where}: min_bytes and max_bytes are for string and bytes`);
}

export function refuseTextRules({ alphabet, forbidden, notBlank, notIn, notPrefix }: FieldSettings, where: string): [] {
  if (!alphabet && !forbidden && !notBlank && notIn.length === 0 && notPrefix.length === 0) return [];
  throw new SchemaError(`${where}: alphabet, forbidden, not_blank, not_in and not_prefix are for strings`);
}

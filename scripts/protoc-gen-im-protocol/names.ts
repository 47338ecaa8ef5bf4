// The names of the schema in TypeScript. ts-proto writes the types under the same ones: emit-types.ts sees to it.
import type { DescEnum, DescField, DescMessage, DescOneof } from '@bufbuild/protobuf';
import { safeIdentifier } from '@bufbuild/protoplugin';

/**
 * A name as ts-proto writes it (its `snakeToCamel=keys`): what has an underscore becomes camelCase, word by word; a name that is
 * all capitals is lowered first; other names stay.
 */
export function maybeSnakeToCamel(name: string): string {
  if (!name.includes('_')) return name;
  const lower = /[a-z]/.test(name) ? name : name.toLowerCase();
  return lower
    .split('_')
    .map((word, i) => (i === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1)))
    .join('');
}

/** Names of types and globals that generated code uses; and `Date` and `Function`, which ts-proto would rename by itself. */
const GLOBALS = new Set([
  'Array',
  'ArrayBuffer',
  'Date',
  'Function',
  'Map',
  'Number',
  'Readonly',
  'ReadonlyMap',
  'Record',
  'any',
  'arguments',
  'await',
  'eval',
  'never',
  'symbol',
  'undefined',
  'unknown',
]);

/** The name of a message or enum at the top of a file: `Map$` where the language or generated code has the name. */
export function topLevelName(name: string): string {
  return GLOBALS.has(name) ? `${name}$` : safeIdentifier(name);
}

/** Name of a message or enum in TypeScript: `Outer_Inner`. */
export function typeName(desc: DescMessage | DescEnum): string {
  const names = [desc.name];
  for (let parent = desc.parent; parent; parent = parent.parent) names.unshift(parent.name);
  return names.map((name, i) => maybeSnakeToCamel(i === 0 ? topLevelName(name) : name)).join('_');
}

/**
 * A field or oneof whose property every object has from Object.prototype: `constructor$`, `to_string$`. It could not be told from one that is left out, and
 * TypeScript would refuse `{}`.
 */
export function memberName(name: string): string {
  return maybeSnakeToCamel(name) in Object.prototype ? `${name}$` : name;
}

/** Property in TypeScript; of a member of a oneof its `$case`. */
export function propertyName(desc: DescField | DescOneof): string {
  return maybeSnakeToCamel(memberName(desc.name));
}

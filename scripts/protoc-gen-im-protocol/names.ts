// The names of the schema in TypeScript. All of them are identifiers, whatever protoc accepts as a name.
import type { DescEnum, DescEnumValue, DescField, DescMessage, DescOneof } from '@bufbuild/protobuf';

/** Converts a name with an underscore to camelCase; if it is all capitals, it is lowered first. Other names stay. */
export function maybeSnakeToCamel(name: string): string {
  if (!name.includes('_')) return name;
  const lower = /[a-z]/.test(name) ? name : name.toLowerCase();
  return lower
    .split('_')
    .map((word, i) => (i === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1)))
    .join('');
}

/** A name in camelCase. A name that would not begin with a letter stays: `_`, `_2fa`. */
function camelName(name: string): string {
  const camel = maybeSnakeToCamel(name);
  return /^[A-Za-z]/.test(camel) ? camel : name;
}

/** Names that a type, a constant or an export cannot have, or that generated code uses. */
const TAKEN = new Set(
  [
    // Reserved by JavaScript, some in modules alone.
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally',
    'for function if implements import in instanceof interface let new null package private protected public return static super',
    'switch this throw true try typeof var void while with yield',
    // Types and operators of TypeScript, and words that begin something else in an import or a declaration.
    'abstract accessor any as asserts async bigint boolean declare defer from get global infer intrinsic is keyof module namespace never',
    'number object of out override readonly satisfies set string symbol type undefined unique unknown using',
    // What generated code uses, and what TypeScript or CommonJS keep for themselves.
    'Array ArrayBuffer Date Function Infinity Map NaN Number Object Partial Promise Readonly ReadonlyMap Record Uint8Array exports globalThis __esModule',
    'require',
  ].flatMap((names) => names.split(' ')),
);

/** A name for a type, a constant or an export: `Map$` if the language or generated code uses it. */
export function topLevelName(name: string): string {
  return TAKEN.has(name) ? `${name}$` : name;
}

/** Name of a message or enum in TypeScript: `Outer_Inner`. */
export function typeName(desc: DescMessage | DescEnum): string {
  return desc.parent === undefined ? topLevelName(camelName(desc.name)) : `${typeName(desc.parent)}_${camelName(desc.name)}`;
}

/**
 * Property in TypeScript; for a member of a oneof, its `$case`. A name in Object.prototype gets a dollar sign (`constructor$`, `toString$`),
 * because the inherited property would look like a value, and TypeScript would refuse `{}`.
 */
export function propertyName(desc: DescField | DescOneof): string {
  const name = camelName(desc.name);
  return name in Object.prototype ? `${name}$` : name;
}

/** The usual prefix of an enum's values: `POLL_STATE_`. */
export function enumPrefix({ name }: DescEnum): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z])([A-Z][a-z])/g, '$1_$2');
  return `${words.toUpperCase()}_`;
}

/**
 * Key of an enum's value: its name without the prefix of the enum. All values keep their whole names if otherwise one would begin with a digit,
 * or two would be equal.
 */
export function memberName(value: DescEnumValue): string {
  const prefix = enumPrefix(value.parent);
  const short = ({ name }: DescEnumValue): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  const names = value.parent.values.map(short);
  const isSound = names.every((name) => /^[A-Za-z_]/.test(name)) && new Set(names).size === names.length;
  const name = isSound ? short(value) : value.name;
  // In an object literal, this would set the prototype.
  return name === '__proto__' ? `${name}$` : topLevelName(name);
}

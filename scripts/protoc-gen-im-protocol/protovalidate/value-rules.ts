// The rules of one value as rules of buf.validate: of a field, an element, a key or a value of a map.
import type { ScalarName, ValueType } from '../model.js';
import type { FieldSettings, Settings } from '../settings.js';
import { celPattern, celRule, celString } from './cel.js';
import { classOf } from './characters.js';
import { Identifier, type TextMessage } from './text-format.js';

/** A `buf.validate.FieldRules`; undefined if there is nothing to check. */
export function valueRules(declared: FieldSettings | undefined, type: ValueType, settings: Settings): TextMessage | undefined {
  if (declared === undefined) return undefined;
  const sets = settings.rules(declared);
  const rules = type.kind === 'enum' ? enumRules(sets) : type.kind === 'message' ? {} : scalarRules(sets, type.scalar);
  if (Object.keys(rules).length === 0) return undefined;
  return sets.some((set) => set.orDefault) ? { ignore: IF_ZERO, ...rules } : rules;
}

/** For rules to which the default is an exception. */
export const IF_ZERO: Identifier = new Identifier('IGNORE_IF_ZERO_VALUE');

type Sets = readonly FieldSettings[];

function scalarRules(sets: Sets, scalar: ScalarName): TextMessage {
  if (scalar === 'string') return stringRules(sets);
  if (scalar === 'bytes') return named('bytes', sizeRules(sets, 'len', 'min_len', 'max_len'));
  return scalar === 'bool' ? {} : numberRules(sets, scalar);
}

/** The standard rules of a type, if any applies. */
function named(type: string, rules: TextMessage): TextMessage {
  return Object.values(rules).some((value) => value !== undefined) ? { [type]: rules } : {};
}

function numberRules(sets: Sets, scalar: ScalarName): TextMessage {
  const gte = boundOf(scalar, 'min', largest(sets, 'min'));
  const lte = boundOf(scalar, 'max', smallest(sets, 'max'));
  const cel = [gte.cel, lte.cel].filter((rule) => rule !== undefined);
  const isOne = gte.limit !== undefined && gte.limit === lte.limit;
  const standard = named(scalar, isOne ? { const: gte.limit } : { gte: gte.limit, lte: lte.limit });
  return { ...(cel.length > 0 ? { cel } : {}), ...standard };
}

/** A bound as a standard rule, or in CEL if the type cannot say it; neither if every value of the type keeps it. */
function boundOf(scalar: ScalarName, name: 'min' | 'max', limit: bigint | undefined): { limit?: bigint; cel?: TextMessage } {
  if (limit === undefined) return {};
  const [least, most] = RANGES[scalar] ?? [undefined, undefined];
  const isKept = name === 'min' ? least !== undefined && limit <= least : most !== undefined && limit >= most;
  if (isKept) return {};
  const isBroken = name === 'min' ? most !== undefined && limit > most : least !== undefined && limit < least;
  if (isBroken) return { cel: celRule(name, boundText(name, limit), 'false') };
  const isRounded = scalar === 'float' && Math.fround(Number(limit)) !== Number(limit);
  return isRounded ? { cel: celBound(name, limit, `${limit}.0`) } : { limit };
}

const INT32: Range = [-(2n ** 31n), 2n ** 31n - 1n];
const UINT32: Range = [0n, 2n ** 32n - 1n];
const INT64: Range = [-(2n ** 63n), 2n ** 63n - 1n];
const UINT64: Range = [0n, 2n ** 64n - 1n];

type Range = readonly [least: bigint, most: bigint];

/** Of integers; a float has no bounds. */
const RANGES: { readonly [scalar in ScalarName]?: Range } = {
  int32: INT32,
  sint32: INT32,
  sfixed32: INT32,
  uint32: UINT32,
  fixed32: UINT32,
  int64: INT64,
  sint64: INT64,
  sfixed64: INT64,
  uint64: UINT64,
  fixed64: UINT64,
};

/** The standard rules of enums only know single values. */
function enumRules(sets: Sets): TextMessage {
  const [min, max] = [largest(sets, 'min'), smallest(sets, 'max')];
  const cel = [
    ...(min === undefined ? [] : [celBound('min', min, `${min}`)]),
    ...(max === undefined ? [] : [celBound('max', max, `${max}`)]),
  ];
  return cel.length > 0 ? { cel } : {};
}

function celBound(name: 'min' | 'max', limit: bigint, literal: string): TextMessage {
  return celRule(name, boundText(name, limit), `this ${name === 'min' ? '>=' : '<='} ${literal}`);
}

function boundText(name: 'min' | 'max', limit: bigint): string {
  return `must be ${name === 'min' ? 'at least' : 'at most'} ${limit}`;
}

function stringRules(sets: Sets): TextMessage {
  const cel = [...notBlankRules(sets), ...notPrefixRules(sets)];
  const notIn = [...new Set(sets.flatMap((set) => set.notIn))];
  const standard = named('string', {
    ...sizeRules(sets, 'len_bytes', 'min_bytes', 'max_bytes'),
    pattern: patternOf(sets),
    not_in: notIn.length > 0 ? notIn : undefined,
  });
  return { ...(cel.length > 0 ? { cel } : {}), ...standard };
}

/** `alphabet` and `forbidden` together: a text has one pattern. */
function patternOf(sets: Sets): string | undefined {
  const allowed = sets.map((set) => set.alphabet).filter((set) => set !== '');
  const forbidden = sets.map((set) => set.forbidden).filter((set) => set !== '');
  return allowed.length + forbidden.length === 0 ? undefined : `^${classOf(allowed, forbidden)}*$`;
}

function notBlankRules(sets: Sets): TextMessage[] {
  if (!sets.some((set) => set.notBlank)) return [];
  // White space of String.prototype.trim, as in the comment of the option.
  const visible = classOf([], ['\\s']);
  return [celRule('not_blank', 'must not consist of white space only', `this == '' || this.matches(${celPattern(visible)})`)];
}

function notPrefixRules(sets: Sets): TextMessage[] {
  const prefixes = [...new Set(sets.flatMap((set) => set.notPrefix))];
  if (prefixes.length === 0) return [];
  const expression = prefixes.map((prefix) => `!this.startsWith(${celString(prefix)})`).join(' && ');
  return [
    celRule('not_prefix', `must not begin with ${prefixes.map((prefix) => JSON.stringify(prefix)).join(' or ')}`, expression),
  ];
}

type Bound<K extends 'min' | 'max' | 'minBytes' | 'maxBytes'> = NonNullable<FieldSettings[K]>;

/** The tightest of several minima. */
function largest<K extends 'min' | 'minBytes'>(sets: Sets, key: K): Bound<K> | undefined {
  return sets
    .map((set) => set[key] as Bound<K> | undefined)
    .reduce((a, b) => (a === undefined || (b !== undefined && b > a) ? b : a), undefined);
}

/** The tightest of several maxima. */
function smallest<K extends 'max' | 'maxBytes'>(sets: Sets, key: K): Bound<K> | undefined {
  return sets
    .map((set) => set[key] as Bound<K> | undefined)
    .reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a), undefined);
}

/** The number of bytes, with the names that the type has for the bounds. */
function sizeRules(sets: Sets, exact: string, least: string, most: string): TextMessage {
  const [min, max] = [largest(sets, 'minBytes'), smallest(sets, 'maxBytes')];
  if (min !== undefined && min === max) return { [exact]: min };
  // Every size is at least 0.
  return { [least]: min === 0 ? undefined : min, [most]: max };
}

// The rules of one value: a field, an element, a key or a value of a map.
import type { DescField } from '@bufbuild/protobuf';
import type { ScalarName, ValueType } from './model.js';
import { literal } from './quote.js';
import { refuseByteRules, refuseClasses, refuseNumberRules, refuseTextRules } from './refuse-rules.js';
import { figures, type Rule } from './rule.js';
import type { FieldSettings, Settings } from './settings.js';
import { textRules } from './text-rules.js';

type Kind = 'number' | 'float' | 'bigint' | 'string' | 'bytes' | 'other';

/**
 * The rules of `declared` and its format for a value of the type.
 * @param where the field, for errors in the schema.
 * @param secret the texts do not show the value.
 */
export function valueRules(
  declared: FieldSettings,
  type: ValueType,
  settings: Settings,
  where: DescField,
  secret: boolean,
): Rule[] {
  const kind = kindOf(type);
  const sets = settings.rules(declared);
  for (const set of sets) refuseClasses(set, where);
  const orDefault = sets.some((set) => set.orDefault);
  const rules = sets.flatMap((set) => [
    ...(kind === 'number' || kind === 'float' || kind === 'bigint'
      ? numberRules(set, kind, orDefault, secret)
      : refuseNumberRules(set, where)),
    ...(kind === 'string' || kind === 'bytes' ? byteRules(set, kind, orDefault) : refuseByteRules(set, where)),
    ...(kind === 'string' ? textRules(set) : refuseTextRules(set, where)),
  ]);
  return orDefault ? rules.map((rule) => exceptDefault(rule, kind)) : rules;
}

function kindOf(type: ValueType): Kind {
  if (type.kind === 'enum') return 'number';
  if (type.kind === 'message' || type.scalar === 'bool') return 'other';
  if (type.scalar === 'string' || type.scalar === 'bytes') return type.scalar;
  if (type.scalar === 'float' || type.scalar === 'double') return 'float';
  return isLong(type.scalar) ? 'bigint' : 'number';
}

/** A 64-bit integer: a bigint in TypeScript. */
export function isLong(scalar: ScalarName): boolean {
  return scalar.endsWith('64');
}

/** "min: the smallest number allowed; for an enum, of its number", "max: the largest". */
function numberRules({ min, max }: FieldSettings, kind: Kind, orDefault: boolean, secret: boolean): Rule[] {
  const suffix = kind === 'bigint' ? 'n' : '';
  const kept = { '<': '>=', '>': '<=' };
  const rule = (name: string, operator: '<' | '>', limit: bigint, wanted: string, refusesDefault: boolean): Rule => ({
    name,
    // NaN violates every bound.
    violated: (v) => (kind === 'float' ? `!(${v} ${kept[operator]} ${limit})` : `${v} ${operator} ${limit}${suffix}`),
    ...(secret
      ? { text: () => literal(`out of bounds, ${wanted} ${limit}${orDefault ? ' or 0' : ''}`) }
      : figures(name, `${limit}${suffix}`, orDefault ? ' or 0' : '')),
    refusesDefault,
    bound: limit,
  });
  return [
    ...(min === undefined ? [] : [rule('min', '<', min, 'at least', min > 0n)]),
    ...(max === undefined ? [] : [rule('max', '>', max, 'limit', max < 0n)]),
  ];
}

/** "The fewest bytes: of a string in UTF-8, of a bytes field its length", "the most bytes". */
function byteRules({ minBytes, maxBytes }: FieldSettings, kind: 'string' | 'bytes', orDefault: boolean): Rule[] {
  const rule = (name: string, predicate: string, operator: string, limit: number): Rule => ({
    name,
    violated: (v, scope) =>
      kind === 'bytes' ? `${v}.length ${operator} ${limit}` : `${scope.wire('rules', predicate)}(${v}, ${limit})`,
    ...figures(name, `${limit}`, orDefault ? ' or none' : ''),
    refusesDefault: name === 'min_bytes' && limit > 0,
    ...(name === 'max_bytes' ? { bound: BigInt(limit) } : {}),
  });
  return [
    ...(minBytes === undefined ? [] : [rule('min_bytes', 'lacksBytes', '<', minBytes)]),
    ...(maxBytes === undefined ? [] : [rule('max_bytes', 'exceedsBytes', '>', maxBytes)]),
  ];
}

/** "The default (0 or empty) is allowed although the other rules would refuse it." */
function exceptDefault(rule: Rule, kind: Kind): Rule {
  const zeros = new Map<Kind, string>([
    ['number', '0'],
    ['float', '0'],
    ['bigint', '0n'],
  ]);
  const zero = zeros.get(kind);
  const notDefault = (v: string): string => (zero === undefined ? `${v}.length !== 0` : `${v} !== ${zero}`);
  return { ...rule, violated: (v, scope) => `${notDefault(v)} && ${rule.violated(v, scope)}`, refusesDefault: false };
}

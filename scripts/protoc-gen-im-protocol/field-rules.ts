// The rules of a field: of the field itself, of its elements, and of the keys and values of its entries.
import type { DescField } from '@bufbuild/protobuf';
import type { Checker } from './buf-validate/checker.js';
import type { FieldModel } from './model.js';
import { refuseValueRules } from './refuse-rules.js';
import { figures, type Rule, type Scope } from './rule.js';
import { type Rules, rulesOfField } from './rule-sets.js';
import { schemaError } from './schema-error.js';
import type { FieldSettings, Settings } from './settings.js';
import { valueRules } from './value-rules.js';

export interface FieldRules {
  /** "A message field is set." */
  readonly required: boolean;
  /** Messages in the field are not checked. */
  readonly unchecked: boolean;
  /** Rules of the value, or of the whole list or map. */
  readonly whole: readonly Rule[];
  /** Rules of each element of a list, of each value of a map. */
  readonly items: readonly Rule[];
  /** Rules of each key of a map. */
  readonly keys: readonly Rule[];
  /** The default violates a rule, so that the field is required. */
  readonly refusesDefault: boolean;
}

export function fieldRules(field: FieldModel, settings: Settings): FieldRules {
  const { desc, kind, type, key, presence, oneof } = field;
  const declared = settings.field(desc);
  if (declared) refuseMisplaced(declared, field);
  if (declared?.required && (kind !== 'one' || !presence || oneof !== undefined)) {
    throw schemaError(desc, 'required is for message fields and optional ones, outside of oneofs');
  }
  const { required, unchecked, ...parts } = rulesOfField(field, settings);
  const rulesOf = ({ sets, checkers, secret }: Rules, of = type): Rule[] => [
    ...sets.flatMap((set) => valueRules(set, of, settings, desc, secret)),
    ...checkers.map(checkerRule),
  ];
  const { sets, checkers } = parts.whole;
  const whole =
    kind === 'one'
      ? [...rulesOf(parts.whole), ...(isAnyTypeUrl(field) ? [typeUrl] : [])]
      : [...sets.flatMap((set) => sizeRules(set, field)), ...checkers.map(checkerRule)];
  return {
    required,
    unchecked,
    whole,
    items: kind === 'one' ? [] : rulesOf(parts.items),
    keys: key ? rulesOf(parts.keys, key) : [],
    refusesDefault: required || (!presence && whole.some((rule) => rule.refusesDefault)),
  };
}

/** A rule of buf.validate, by an object that the file declares. */
function checkerRule({ rule, source }: Checker): Rule {
  const made = (scope: Scope): string => scope.constant(source((module, name) => scope.wire(module, name)));
  return {
    name: rule.name,
    violated: (v, scope) => `${made(scope)}.refuses(${v})`,
    text: (v, scope) => `${made(scope)}.text(${v})`,
    // JSON schemas alone ask for this, and messages with these rules have none.
    refusesDefault: false,
  };
}

function refuseMisplaced(declared: FieldSettings, { kind, desc: where }: FieldModel): void {
  const misplaced =
    (declared.items && kind !== 'list') ||
    ((declared.keys || declared.values) && kind !== 'map') ||
    ((declared.minItems !== undefined || declared.maxItems !== undefined) && kind === 'one') ||
    (declared.unique && kind !== 'list');
  if (misplaced)
    throw schemaError(where, 'items and unique are for lists, keys and values for maps, min_items and max_items for both');
  for (const one of [declared.items, declared.keys, declared.values]) if (one) refuseOfOne(one, where);
}

/** Elements, keys and values always exist, and are not lists. */
function refuseOfOne({ required, minItems, maxItems, unique, items, keys, values }: FieldSettings, where: DescField): void {
  if (required || unique || minItems !== undefined || maxItems !== undefined || items || keys || values) {
    throw schemaError(where, 'rules inside of items, keys and values are about one value');
  }
}

/** "A list has at least so many elements", "a list or map has at most so many", "no element of a list is given twice". */
function sizeRules(declared: FieldSettings, { kind, type, desc: where }: FieldModel): Rule[] {
  refuseValueRules(declared, where);
  const { minItems, maxItems, unique, orDefault } = declared;
  const size = kind === 'list' ? 'length' : 'size';
  const rule = (name: string, operator: string, limit: number): Rule => ({
    name,
    violated: (v) => `${orDefault ? `${v}.${size} !== 0 && ` : ''}${v}.${size} ${operator} ${limit}`,
    ...figures(name, `${limit}`, orDefault ? ' or none' : ''),
    refusesDefault: name === 'min_items' && limit > 0 && !orDefault,
  });
  const rules: Rule[] = [];
  if (minItems !== undefined) rules.push(rule('min_items', '<', minItems));
  if (maxItems !== undefined) rules.push(rule('max_items', '>', maxItems));
  if (unique) {
    if (type.kind === 'message' || (type.kind === 'scalar' && /^(bytes|float|double)$/.test(type.scalar))) {
      throw schemaError(where, 'unique is for integers, enums, bools and strings');
    }
    rules.push(uniqueRule);
  }
  return rules;
}

const uniqueRule: Rule = {
  name: 'unique',
  violated: (v, scope) => `${scope.wire('rules', 'firstRepeated')}(${v}) >= 0`,
  text: (v, scope) => `${scope.wire('violations', 'gotTwice')}(${v})`,
  refusesDefault: false,
};

function isAnyTypeUrl({ desc }: FieldModel): boolean {
  return desc.parent.typeName === 'google.protobuf.Any' && desc.name === 'type_url';
}

/** "The type is what follows the last `/`, a valid full name; type_url <= 255 bytes." */
const typeUrl: Rule = {
  name: 'type_url',
  violated: (v, scope) => `!${scope.wire('violations', 'isValidTypeUrl')}(${v})`,
  add: (path, v, scope) => `${scope.wire('violations', 'typeUrlViolation')}(issues, ${path}, ${v})`,
  refusesDefault: true,
};

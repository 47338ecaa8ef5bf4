// The rules of a field: of the field itself, of its elements, and of the keys and values of its entries.
import type { DescField } from '@bufbuild/protobuf';
import type { FieldModel } from './model.js';
import { refuseEmptyRanges, refuseValueRules } from './refuse-rules.js';
import { figures, type Rule } from './rule.js';
import { schemaError } from './schema-error.js';
import type { FieldSettings, Settings } from './settings.js';
import { valueRules } from './value-rules.js';

export interface FieldRules {
  /** "A message field is set." */
  readonly required: boolean;
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
  const required = declared?.required ?? false;
  if (required && (kind !== 'one' || !presence || oneof !== undefined)) {
    throw schemaError(desc, 'required is for message fields and optional ones, outside of oneofs');
  }
  const secret = (own: FieldSettings | undefined): boolean => Boolean(declared?.sensitive || own?.sensitive);
  const rulesOf = (own: FieldSettings | undefined, of = type): Rule[] => valueRules(own, of, settings, desc, secret(own));
  const whole =
    kind !== 'one' ? sizeRules(declared, field) : isAnyTypeUrl(field) ? [...rulesOf(declared), typeUrl] : rulesOf(declared);
  return {
    required,
    whole,
    items: kind === 'list' ? rulesOf(declared?.items) : kind === 'map' ? rulesOf(declared?.values) : [],
    keys: key ? rulesOf(declared?.keys, key) : [],
    refusesDefault: required || (!presence && whole.some((rule) => rule.refusesDefault)),
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
function sizeRules(declared: FieldSettings | undefined, { kind, type, desc: where }: FieldModel): Rule[] {
  if (!declared) return [];
  refuseValueRules(declared, where);
  refuseEmptyRanges([declared], where);
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

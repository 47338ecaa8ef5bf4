// The rules of buf.validate of a field.
import type { DescField } from '@bufbuild/protobuf';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import type { FieldModel, ScalarName, ValueType } from '../model.js';
import { schemaError } from '../schema-error.js';
import { isLong } from '../value-rules.js';
import { checker } from './checker.js';
import { numberRules } from './number-rules.js';
import { anyRules, boolRules, durationRules, enumRules, fieldMaskRules, timestampRules } from './other-rules.js';
import { NO_RULES, type ReadRule, type RuleSet, ruleSet } from './read-rule.js';
import { RulesReader, refuseOthers } from './rules-reader.js';
import { bytesRules, stringRules } from './text-rules.js';

/** The rules of a field. */
export interface ReadField {
  /** The field is set: a message, `optional`, or a member of a oneof. Of other fields, it is a rule in `whole`. */
  readonly required: boolean;
  /** The messages in the field are not checked. */
  readonly unchecked: boolean;
  readonly whole: RuleSet;
  readonly items: RuleSet;
  readonly keys: RuleSet;
}

const NOTHING: ReadField = { required: false, unchecked: false, whole: NO_RULES, items: NO_RULES, keys: NO_RULES };

/** buf.validate.Ignore */
const IF_ZERO = 1;
const ALWAYS = 3;

/**
 * @param rules a buf.validate.FieldRules; undefined if the field has none.
 * @param isGrouped the field is in a buf.validate.MessageOneofRule: "each field is checked only if it is set".
 */
export function readField(field: FieldModel, rules: ReflectMessage | undefined, isGrouped: boolean): ReadField {
  if (rules === undefined) return NOTHING;
  const { desc, kind, type, presence } = field;
  const required = ruleOf<boolean>(rules, 'required') ?? false;
  const ignore = ignoreOf(rules, desc) ?? (isGrouped ? IF_ZERO : 0);
  if (ignore === ALWAYS) return { ...NOTHING, unchecked: true };
  refuseUnsaid(rules, desc);
  const set = rulesOfType(rules);
  const parts = partsOf(set, field);
  const whenZero = presence ? 'checked' : required ? 'missing' : ignore === IF_ZERO ? 'skipped' : 'checked';
  const whole = kind === 'one' ? typeRules(set, type, desc) : collectionRules(set, field);
  return {
    required: required && presence,
    unchecked: parts.unchecked,
    whole: ruleSet(whole, whenZero, zeroOf(field), kind === 'one' && wrappedScalar(type) !== undefined),
    items: parts.items,
    keys: parts.keys,
  };
}

/** Refuses what no rule of ours can say. */
function refuseUnsaid(rules: ReflectMessage, where: DescField): void {
  const types = typeMembers(rules).map(({ name }) => name);
  refuseOthers(rules, where, 'field', ['required', 'ignore', ...types]);
}

/** The oneof `type`. */
function typeMembers({ desc }: ReflectMessage): readonly DescField[] {
  return desc.oneofs.find(({ name }) => name === 'type')?.fields ?? [];
}

function ignoreOf(rules: ReflectMessage, where: DescField): number | undefined {
  const ignore = ruleOf<number>(rules, 'ignore');
  if (ignore === undefined || ignore === 0) return undefined;
  if (ignore !== IF_ZERO && ignore !== ALWAYS) {
    throw schemaError(where, `(buf.validate.field).ignore has the unknown value ${ignore}`);
  }
  return ignore;
}

function ruleOf<T>(message: ReflectMessage, name: string): T | undefined {
  const field = message.desc.fields.find((each) => each.name === name);
  return field === undefined || !message.isSet(field) ? undefined : (message.get(field) as T);
}

/** The rules of a type: the member of the oneof `type`, and its name. */
interface TypeRules {
  readonly name: string;
  readonly rules: ReflectMessage;
}

function rulesOfType(rules: ReflectMessage): TypeRules | undefined {
  const member = typeMembers(rules).find((field) => rules.isSet(field));
  return member && { name: member.name, rules: rules.get(member) as ReflectMessage };
}

/** The rules of one value. */
function typeRules(set: TypeRules | undefined, type: ValueType, where: DescField): ReadRule[] {
  if (set === undefined) return [];
  const expected = nameOf(type);
  if (set.name !== expected) {
    const has = expected === undefined ? 'which has no standard rules' : `whose rules are ${expected} rules`;
    throw schemaError(where, `${set.name} rules of buf.validate do not fit the type ${shownType(type)}, ${has}`);
  }
  const reader = new RulesReader(set.name, set.rules, where);
  const read = READERS[set.name] ?? numberRules;
  return type.kind === 'enum' ? enumRules(reader, [...new Set(type.enum.values.map(({ number }) => number))]) : read(reader);
}

const READERS: Readonly<Record<string, (rules: RulesReader) => ReadRule[]>> = {
  bool: boolRules,
  string: stringRules,
  bytes: bytesRules,
  any: anyRules,
  duration: durationRules,
  timestamp: timestampRules,
  field_mask: fieldMaskRules,
};

/** Messages with rules, and the names of these. */
const MESSAGES: Readonly<Record<string, string>> = {
  'google.protobuf.Any': 'any',
  'google.protobuf.Duration': 'duration',
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.FieldMask': 'field_mask',
};

/** The name of the rules of a type. */
function nameOf(type: ValueType): string | undefined {
  if (type.kind === 'scalar') return type.scalar;
  return type.kind === 'enum' ? 'enum' : (wrappedScalar(type) ?? MESSAGES[type.message.typeName]);
}

function shownType(type: ValueType): string {
  return type.kind === 'scalar' ? type.scalar : type.kind === 'enum' ? type.enum.typeName : type.message.typeName;
}

/** The type of the value in a google.protobuf.Int32Value. */
function wrappedScalar(type: ValueType): ScalarName | undefined {
  const name =
    type.kind === 'message' ? /^google\.protobuf\.(\w+)Value$/.exec(type.message.typeName)?.[1].toLowerCase() : undefined;
  return WRAPPED.find((scalar) => scalar === name);
}

const WRAPPED: readonly ScalarName[] = ['double', 'float', 'int64', 'uint64', 'int32', 'uint32', 'bool', 'string', 'bytes'];

/** The rules of a list or map as a whole. */
function collectionRules(set: TypeRules | undefined, field: FieldModel): ReadRule[] {
  if (set === undefined) return [];
  const { kind, type, desc } = field;
  const reader = new RulesReader(set.name, set.rules, desc);
  const [least, most] = kind === 'list' ? ['min_items', 'max_items'] : ['min_pairs', 'max_pairs'];
  for (const part of PARTS) reader.get(part);
  const [min, max] = [reader.size(least), reader.size(most)];
  if (min !== undefined) {
    reader.add(
      { checker: checker('items', 'minItems', min), settings: { minItems: min } },
      `${set.name}.${least}`,
      least,
      `${least} ${min}`,
    );
  }
  if (max !== undefined) {
    reader.add(
      { checker: checker('items', 'maxItems', max), settings: { maxItems: max } },
      `${set.name}.${most}`,
      most,
      `${most} ${max}`,
    );
  }
  if (kind === 'list') reader.when<boolean>('unique', (value) => (value ? uniqueRule(type, desc) : undefined));
  return reader.finish();
}

const PARTS = ['items', 'keys', 'values'];

function uniqueRule(type: ValueType, where: DescField): Pick<ReadRule, 'checker' | 'settings'> {
  if (type.kind === 'message') throw schemaError(where, 'repeated.unique of buf.validate is for scalars and enums');
  if (type.kind === 'scalar' && type.scalar === 'bytes') return { checker: checker('items', 'uniqueBytes') };
  const isFloat = type.kind === 'scalar' && /^(float|double)$/.test(type.scalar);
  return { checker: checker('items', 'unique'), ...(!isFloat && { settings: { unique: true } }) };
}

/** The rules of the elements of a list, or of the keys and values of a map. */
function partsOf(set: TypeRules | undefined, field: FieldModel): Pick<ReadField, 'items' | 'keys' | 'unchecked'> {
  const { kind, type, key, desc } = field;
  const expected = { one: undefined, list: 'repeated', map: 'map' }[kind];
  if (set !== undefined && kind !== 'one' && set.name !== expected) {
    const where = kind === 'list' ? 'repeated.items' : 'map.keys and map.values';
    throw schemaError(desc, `${set.name} rules of buf.validate do not fit a ${kind}: they belong to ${where}`);
  }
  if (set === undefined || kind === 'one') return NOTHING;
  const part = (name: string, of: ValueType): Part => partOf(ruleOf<ReflectMessage>(set.rules, name), of, desc, [set.name, name]);
  const items = part(kind === 'list' ? 'items' : 'values', type);
  return { items: items.rules, unchecked: items.unchecked, keys: key === undefined ? NO_RULES : part('keys', key).rules };
}

interface Part {
  readonly rules: RuleSet;
  readonly unchecked: boolean;
}

/** Elements, keys and values are always set, so `required` means nothing, as in other implementations of protovalidate. */
function partOf(rules: ReflectMessage | undefined, type: ValueType, where: DescField, path: readonly string[]): Part {
  if (rules === undefined) return { rules: NO_RULES, unchecked: false };
  const ignore = ignoreOf(rules, where);
  if (ignore === ALWAYS) return { rules: NO_RULES, unchecked: true };
  refuseUnsaid(rules, where);
  const read = typeRules(rulesOfType(rules), type, where).map((rule) => ({ ...rule, path: [...path, ...rule.path] }));
  const scalar = wrappedScalar(type);
  const isMessage = type.kind === 'message';
  const zero = isMessage ? scalar && zeroOfType({ kind: 'scalar', scalar }) : zeroOfType(type);
  return {
    rules: ruleSet(read, ignore === IF_ZERO && !isMessage ? 'skipped' : 'checked', zero, scalar !== undefined),
    unchecked: false,
  };
}

function zeroOf({ kind, type }: FieldModel): unknown {
  if (kind !== 'one') return kind === 'list' ? [] : new Map();
  const scalar = wrappedScalar(type);
  return zeroOfType(scalar === undefined ? type : { kind: 'scalar', scalar });
}

function zeroOfType(type: ValueType): unknown {
  if (type.kind === 'enum') return 0;
  if (type.kind === 'message') return undefined;
  if (type.scalar === 'string') return '';
  if (type.scalar === 'bytes') return new Uint8Array(0);
  if (type.scalar === 'bool') return false;
  return isLong(type.scalar) ? 0n : 0;
}

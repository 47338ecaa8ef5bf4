// Describes messages and enums as plans (src/wire/plan/plan.ts), for the text form. What the interpreter prepares from them stays empty.
import type { DescEnum, DescMessage } from '@bufbuild/protobuf';
import { ANY_TYPE_URL_MAX_BYTES } from '../../src/limits.js';
import { type AnyRule, type EnumPlan, FieldPlan, MessagePlan, type OneofPlan, type ValueRule } from '../../src/wire/plan/plan.js';
import { isLong, TYPES } from '../../src/wire/plan/types.js';
import type { StandardRule } from '../../src/wire/standard/rule.js';
import type { Checker } from './buf-validate/checker.js';
import { commandField } from './emit-registry.js';
import { newestIn, olderNumber, snakeCase } from './emit-tables.js';
import { fieldRules } from './field-rules.js';
import type { FieldModel, MessageModel, OneofModel, ValueType } from './model.js';
import { enumPrefix, memberName, propertyName } from './names.js';
import { type Rules, rulesOfField } from './rule-sets.js';
import type { FieldSettings, Settings } from './settings.js';

/** The name of a type in the text form. */
export type TypeKey = (desc: DescMessage | DescEnum) => string;

/** Adds a rule of buf.validate to the list beside the text, and returns it. */
export type PlaceRule = (checker: Checker) => StandardRule;

export function describeMessage(message: MessageModel, settings: Settings, keyOf: TypeKey, place: PlaceRule): MessagePlan {
  const { desc, fields, oneofs } = message;
  const declared = settings.message(desc);
  const { frameType = 0, handshake = false, since = 0, atMostOne = [], atLeastOne = [] } = declared ?? {};
  const { exactlyOne = [], ascending = [], byteTotal } = declared ?? {};
  const plan = new MessagePlan();
  plan.name = desc.typeName;
  if (frameType > 0) plan.frame = frameOf(frameType, handshake, commandField(message, settings)?.number);
  if (since > 1) plan.since = since;
  const newest = newestIn(desc, settings);
  if (newest > 1) plan.newest = newest;
  plan.fields.push(...fields.map((field) => describeField(field, settings, keyOf, place)));
  plan.oneofs.push(...oneofs.map((oneof) => describeOneof(message, oneof, settings)));
  const rule = (code: string, { fields: names }: { fields: string[] }, max = 0) =>
    plan.rules.push({ code, fields: names.map((name) => propertyOf(desc, name)), max });
  for (const group of atMostOne) rule('m', group);
  for (const group of atLeastOne) rule('l', group);
  for (const group of exactlyOne) rule('e', group);
  for (const group of ascending) rule('a', group);
  if (byteTotal) rule('t', byteTotal, byteTotal.maxBytes);
  return plan;
}

/** `64h`, `7c1`. */
function frameOf(type: number, handshake: boolean, command: number | undefined): string {
  return `${type}${handshake ? 'h' : ''}${command === undefined ? '' : `c${command}`}`;
}

function propertyOf(desc: DescMessage, name: string): string {
  const field = desc.fields.find((candidate) => candidate.name === name);
  return field === undefined ? name : propertyName(field);
}

function describeOneof({ desc }: MessageModel, { desc: oneof, name }: OneofModel, settings: Settings): OneofPlan {
  const { required = false, laterMembers, commandData: data } = settings.oneof(oneof) ?? {};
  return {
    name,
    required,
    later: required && laterMembers ? { first: laterMembers.first, last: laterMembers.last } : undefined,
    commandData: data && {
      command: propertyOf(desc, data.command),
      optional: data.optional,
      betweenServices: data.betweenServices,
      replyTo: data.replyTo === '' ? undefined : propertyOf(desc, data.replyTo),
    },
  };
}

function describeField(field: FieldModel, settings: Settings, keyOf: TypeKey, place: PlaceRule): FieldPlan {
  const { desc, name, oneof, kind, type, key, packed } = field;
  const declared = settings.field(desc);
  const plan = new FieldPlan();
  plan.number = desc.number;
  plan.name = name;
  if (desc.name !== snakeCase(name)) plan.proto = desc.name;
  if (desc.jsonName !== name) plan.json = desc.jsonName;
  if (oneof !== undefined) plan.oneof = oneof;
  if (kind !== 'one') plan.kind = kind;
  plan.type = nameOf(type);
  plan.op = TYPES.indexOf(plan.type);
  if (key?.kind === 'scalar') {
    plan.key = key.scalar;
    plan.keyOp = TYPES.indexOf(key.scalar);
  }
  if (type.kind !== 'scalar') plan.ref = keyOf(type.kind === 'message' ? type.message : type.enum);
  plan.unpacked = kind === 'list' && !packed && !/^(string|bytes|message)$/.test(plan.type);
  if (desc.proto.proto3Optional) plan.optional = true;
  if (desc.deprecated) plan.deprecated = true;
  describeSettings(plan, declared);
  describeRules(plan, field, settings, place);
  return plan;
}

function nameOf(type: ValueType): FieldPlan['type'] {
  return type.kind === 'scalar' ? type.scalar : type.kind;
}

function describeSettings(plan: FieldPlan, declared: FieldSettings | undefined): void {
  const { sensitive, items, keys, values, routing, since = 0, ignorable, platform } = declared ?? {};
  if (sensitive || items?.sensitive || keys?.sensitive || values?.sensitive) plan.sensitive = true;
  plan.secret = sensitive ?? false;
  plan.secretItems = plan.secret || (items?.sensitive ?? false) || (values?.sensitive ?? false);
  plan.secretKeys = plan.secret || (keys?.sensitive ?? false);
  if (routing) plan.routing = true;
  if (since > 1) plan.since = since;
  if (ignorable) plan.ignorable = true;
  if (platform) plan.platform = true;
}

function describeRules(plan: FieldPlan, field: FieldModel, settings: Settings, place: PlaceRule): void {
  const { required, unchecked, whole } = fieldRules(field, settings);
  const parts = rulesOfField(field, settings);
  if (required) plan.required = true;
  if (unchecked) plan.unchecked = true;
  const own = plan.secret;
  const rulesOf = ({ sets, checkers }: Rules, ofSet: (set: FieldSettings) => ValueRule[]): AnyRule[] => [
    ...sets.flatMap(ofSet),
    ...checkers.map(place),
  ];
  if (field.kind === 'one') plan.rules = rulesOf(parts.whole, (set) => valueRules(set, settings, own, plan.op));
  else {
    plan.rules = rulesOf(parts.whole, (set) => sizeRules(set, own));
    plan.items = rulesOf(parts.items, (set) => valueRules(set, settings, plan.secretItems, plan.op));
    plan.keys = rulesOf(parts.keys, (set) => valueRules(set, settings, plan.secretKeys, plan.keyOp));
  }
  if (whole.some(({ name }) => name === 'type_url')) {
    const common = { orDefault: false, secret: own };
    plan.rules.push({ code: 'T', limit: ANY_TYPE_URL_MAX_BYTES, ...common }, { code: 't', limit: 0, ...common });
  }
}

/** In the order in which `fieldRules` has them. */
function valueRules(declared: FieldSettings, settings: Settings, secret: boolean, op: number): ValueRule[] {
  const sets = settings.rules(declared);
  const orDefault = sets.some((set) => set.orDefault);
  const rule = (code: string, limit: ValueRule['limit']): ValueRule => ({ code, limit, orDefault, secret });
  const bound = (limit: bigint) => (isLong(op) ? limit : Number(limit));
  return sets.flatMap((set) => [
    ...(set.min === undefined ? [] : [rule('>', bound(set.min))]),
    ...(set.max === undefined ? [] : [rule('<', bound(set.max))]),
    ...(set.minBytes === undefined ? [] : [rule('(', set.minBytes)]),
    ...(set.maxBytes === undefined ? [] : [rule(')', set.maxBytes)]),
    ...(set.alphabet ? [rule('[', set.alphabet)] : []),
    ...(set.forbidden ? [rule(']', set.forbidden)] : []),
    ...(set.notBlank ? [rule('b', 0)] : []),
    ...(set.notIn.length > 0 ? [rule('n', set.notIn)] : []),
    ...(set.notPrefix.length > 0 ? [rule('p', set.notPrefix)] : []),
  ]);
}

function sizeRules(declared: FieldSettings, secret: boolean): ValueRule[] {
  const { minItems, maxItems, unique, orDefault } = declared;
  const rule = (code: string, limit: number): ValueRule => ({ code, limit, orDefault, secret });
  return [
    ...(minItems === undefined ? [] : [rule('{', minItems)]),
    ...(maxItems === undefined ? [] : [rule('}', maxItems)]),
    ...(unique ? [rule('u', 0)] : []),
  ];
}

/** @param commands the oneofs that are tied to a command of this enum. */
export function describeEnum(desc: DescEnum, settings: Settings, commands: readonly OneofModel[]): EnumPlan {
  const { applicationFrom = 0, applicationData = '' } = settings.enum(desc) ?? {};
  const usual = enumPrefix(desc);
  const prefix = desc.values.every((value) => value.name === usual + memberName(value)) ? usual : '';
  const values: Record<number, string> = {};
  const aliases: Record<string, number> = {};
  const since: Record<number, number> = {};
  const older: Record<number, number> = {};
  const ignorable: number[] = [];
  const plans = new Map<number, NonNullable<ReturnType<EnumPlan['commands']['get']>>>();
  const members = commands.flatMap((oneof) => oneof.fields);
  const property = (name: string): string => members.find((field) => field.desc.name === name)?.name ?? name;
  for (const value of desc.values) {
    const { number, name, localName } = value;
    if (Object.hasOwn(values, number)) aliases[name] = number;
    else values[number] = name;
    const own = settings.value(value);
    if ((own?.since ?? 0) > 1) since[number] = own?.since ?? 0;
    if ((own?.since ?? 0) > 1 && own?.ignorable) ignorable.push(number);
    if (own?.olderValue) older[number] = olderNumber(value, own.olderValue);
    // 0 is not a command: with data, it is a mismatch.
    const nothing = { data: [], betweenServices: true, resultWithoutData: true };
    const command = own?.command ?? (number === 0 && commands.length > 0 ? nothing : undefined);
    if (command === undefined || plans.has(number)) continue;
    const { data, betweenServices, resultWithoutData } = command;
    plans.set(number, { name: prefix === '' ? name : localName, data: data.map(property), betweenServices, resultWithoutData });
  }
  return {
    name: desc.typeName,
    prefix,
    values,
    aliases,
    since,
    ignorable,
    older,
    commands: plans,
    applicationFrom,
    applicationData: property(applicationData),
  };
}

// Messages that keep every rule of the schema, built by reflection from its options: what the vectors change in one place.
import type { DescField, DescMessage, DescOneof } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import {
  type ReflectList,
  type ReflectMap,
  type ReflectMessage,
  reflect,
  reflectList,
  reflectMap,
} from '@bufbuild/protobuf/reflect';
import { buildImage } from '../breaking/baseline.js';
import { readSchema } from '../breaking/schema.js';
import type { FieldSettings } from '../protoc-gen-im-protocol/settings.js';

export const schema = readSchema(buildImage());
export const { settings } = schema;
export const COMMANDS = schema.enums.get('im.protocol.v1.Command')!;
export const { applicationFrom: APPLICATION_FROM = 0, applicationData: APPLICATION_DATA = '' } = settings.enum(COMMANDS)!;

/** A value of a field, as reflection takes it. */
export type Value = unknown;

export function fieldOf(desc: DescMessage, name: string): DescField {
  return desc.fields.find((field) => field.name === name)!;
}

/** All sets of rules of a value. */
export function rulesOf(own: FieldSettings | undefined): FieldSettings[] {
  return own === undefined ? [] : settings.rules(own);
}

/**
 * The smallest message that is valid.
 * @param kept a field that the caller sets: where a rule needs one of several fields, another is taken if there is one, and no other member
 * of its oneof is set.
 */
export function minimal(desc: DescMessage, kept?: DescField): ReflectMessage {
  const message = reflect(desc);
  for (const field of desc.fields) if (field !== kept && !field.oneof && isNeeded(field)) message.set(field, valueFor(field));
  const { atLeastOne = [], exactlyOne = [], ascending = [] } = settings.message(desc) ?? {};
  for (const { fields } of [...atLeastOne, ...exactlyOne]) {
    const all = fields.map((name) => fieldOf(desc, name));
    const exact = exactlyOne.some((group) => group.fields === fields);
    if (kept !== undefined && exact && all.includes(kept)) continue;
    const field = all.find((one) => one !== kept && one.fieldKind === 'scalar') ?? all[0];
    message.set(field, valueFor(field));
  }
  for (const { fields } of ascending) for (const [i, name] of fields.entries()) message.set(fieldOf(desc, name), BigInt(1 + i));
  for (const oneof of desc.oneofs) {
    const { required, commandData } = settings.oneof(oneof) ?? {};
    const own = kept?.oneof === oneof ? kept : undefined;
    if (required && own === undefined) message.set(oneof.fields[0], valueFor(oneof.fields[0]));
    if (commandData !== undefined && kept?.name !== commandData.command) setCommand(message, oneof, own);
  }
  return message;
}

/** Sets a command that carries the member, and what else such a command needs; undefined = one without data. */
function setCommand(message: ReflectMessage, oneof: DescOneof, member: DescField | undefined): void {
  const { command, betweenServices, replyTo } = settings.oneof(oneof)!.commandData!;
  const number = member === undefined ? APPLICATION_FROM : commandWith(member.name);
  message.set(fieldOf(message.desc, command), number);
  const isBetween = number >= APPLICATION_FROM || settings.value(COMMANDS.value[number])!.command!.betweenServices;
  if (betweenServices && !isBetween && replyTo !== '') message.set(fieldOf(message.desc, replyTo), 1);
}

function commandWith(member: string): number {
  if (member === APPLICATION_DATA) return APPLICATION_FROM;
  return COMMANDS.values.find((value) => settings.value(value)?.command?.data.includes(member))!.number;
}

function isNeeded(field: DescField): boolean {
  const own = settings.field(field);
  if (own === undefined) return false;
  if (own.required) return true;
  return rulesOf(own).some(
    ({ min, minBytes, minItems }) =>
      !own.orDefault && [min, minBytes, minItems].some((least) => least !== undefined && least > 0),
  );
}

/** A valid value other than the default. */
export function valueFor(field: DescField): Value {
  const own = settings.field(field);
  if (field.fieldKind === 'message')
    return field.message.typeName === 'google.protobuf.Any' ? anyOf(field.message) : minimal(field.message);
  if (field.fieldKind === 'list') return listOf(field, leastOf(field));
  if (field.fieldKind === 'map') return mapOf(field, [['k', 'v']]);
  if (field.fieldKind === 'enum') return 1;
  return scalarFor(field.scalar, own);
}

/** How many elements a list has that is not empty. */
export function leastOf(field: DescField): number {
  return Math.max(1, ...rulesOf(settings.field(field)).map(({ minItems = 0 }) => minItems));
}

/** A list of that many valid elements. They are equal where they may be: vectors are shorter then. */
export function listOf(field: DescField & { fieldKind: 'list' }, size: number): ReflectList {
  return listWith(
    field,
    Array.from({ length: size }, (_, i) => elementFor(field, i)),
  );
}

export function elementFor(field: DescField & { fieldKind: 'list' }, i: number): Value {
  if (field.listKind === 'message') return minimal(field.message);
  const own = settings.field(field);
  const step = own?.unique ? i : 0;
  if (field.listKind === 'enum') return 1 + step;
  const value = scalarFor(field.scalar, own?.items);
  return typeof value === 'bigint' ? value + BigInt(step) : value;
}

export function listWith(field: DescField & { fieldKind: 'list' }, items: readonly Value[]): ReflectList {
  const list = reflectList(field);
  for (const item of items) list.add(item);
  return list;
}

export function mapOf(field: DescField & { fieldKind: 'map' }, entries: readonly (readonly [string, string])[]): ReflectMap {
  const map = reflectMap(field);
  for (const [key, value] of entries) map.set(key, value);
  return map;
}

function anyOf(desc: DescMessage): ReflectMessage {
  const any = reflect(desc);
  any.set(fieldOf(desc, 'type_url'), 'type.example.com/chat.Poll');
  any.set(fieldOf(desc, 'value'), Uint8Array.of(8, 1));
  return any;
}

function scalarFor(type: ScalarType, own: FieldSettings | undefined): Value {
  const rules = rulesOf(own);
  if (type === ScalarType.BOOL) return true;
  const bytes = Math.max(1, ...rules.map(({ minBytes = 0 }) => minBytes));
  if (type === ScalarType.STRING) return textOf(rules, bytes);
  if (type === ScalarType.BYTES) return new Uint8Array(bytes);
  const least = rules.reduce((most, { min }) => (min !== undefined && min > most ? min : most), 1n);
  return is64(type) ? least : Number(least);
}

export function is64(type: ScalarType): boolean {
  return [ScalarType.INT64, ScalarType.SFIXED64, ScalarType.UINT64].includes(type);
}

/** Text of that many bytes that keeps the rules on characters: `a` is in each alphabet of the schema. */
export function textOf(rules: readonly FieldSettings[], bytes: number): string {
  if (rules.some(({ notBlank }) => notBlank) && bytes === 0) return '';
  return 'a'.repeat(bytes);
}

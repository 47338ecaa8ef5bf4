// Converts message types of protobufjs to those of this package: tables, bigints, Maps, `$case`.
import type * as Protobufjs from 'protobufjs';
import type { JsonType, Message } from '../../json/json-options.js';
import { createMessage } from '../../wire/create-message.js';
import type { EnumTable, FieldTable, MessageTable, ScalarName } from '../../wire/table.js';
import { isSensitive } from './options.js';

type Type = Protobufjs.Type;
type Field = Protobufjs.Field;

/** For `toObject` of protobufjs. */
const PLAIN = { longs: String };

/** A message type for the JSON and inspect functions. */
export function typeOf(type: Type): JsonType {
  const table = tableOf(type);
  return {
    generated: { table },
    decode: (bytes) => fromPlain(type, type.toObject(type.decode(bytes), PLAIN)),
    encode: (message) => type.encode(type.fromObject(toPlain(type, message as Message))).finish(),
  };
}

const tables = new WeakMap<Type, MessageTable>();

function tableOf(type: Type): MessageTable {
  let table = tables.get(type);
  if (table === undefined) {
    const name = type.fullName.replace(/^\./, '');
    const fields = () => [...type.fieldsArray].sort((a, b) => a.id - b.id).map(fieldTable);
    // Created on first use: types may contain each other.
    let made: FieldTable[] | undefined;
    table = {
      name,
      get fields() {
        made ??= fields();
        return made;
      },
    };
    tables.set(type, table);
  }
  return table;
}

function fieldTable(field: Field): FieldTable {
  field.resolve();
  const { id: number, repeated, map, resolvedType, jsonName } = field;
  const name = nameOf(field);
  const isMessage = resolvedType !== null && 'fieldsArray' in resolvedType;
  const oneof = realOneof(field);
  return {
    number,
    name,
    ...(jsonName !== undefined && jsonName !== name && { json: jsonName }),
    type: resolvedType === null ? (field.type as ScalarName) : isMessage ? 'message' : 'enum',
    ...(oneof !== undefined && { oneof }),
    ...(repeated && { kind: 'list' as const }),
    ...(map && { kind: 'map' as const, key: keyTypeOf(field) as ScalarName }),
    ...(isMessage && { message: () => tableOf(resolvedType as Type) }),
    ...(resolvedType !== null && !isMessage && { enum: () => enumTable(resolvedType as Protobufjs.Enum) }),
    ...(isOptional(field) && { optional: true as const }),
    ...(isSensitive(field) && { sensitive: true as const }),
  };
}

/** The built-in types of protobufjs keep the names of the schema: `type_url`. */
function nameOf({ name }: Field): string {
  return name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

function keyTypeOf(field: Field): string {
  return (field as unknown as Protobufjs.MapField).keyType;
}

/** proto3 `optional` is represented as a synthetic oneof with one field. */
function isOptional(field: Field): boolean {
  return field.partOf !== null && field.partOf.name === `_${field.name}` && field.partOf.fieldsArray.length === 1;
}

function realOneof(field: Field): string | undefined {
  return field.partOf === null || isOptional(field) ? undefined : field.partOf.name;
}

function enumTable({ fullName, valuesById }: Protobufjs.Enum): EnumTable {
  return { name: fullName.replace(/^\./, ''), values: valuesById as Record<number, string> };
}

type Plain = Record<string, unknown>;

function fromPlain(type: Type, object: Plain): Message {
  const message: Message = {};
  for (const field of type.fieldsArray) {
    // createMessage adds the defaults of fields that are not on the wire.
    if (!Object.hasOwn(object, field.name)) continue;
    const value = object[field.name];
    const oneof = realOneof(field);
    if (oneof !== undefined) message[oneof] = { $case: nameOf(field), value: fromPlainValue(field, value) };
    else if (field.repeated) message[nameOf(field)] = (value as unknown[]).map((item) => fromPlainValue(field, item));
    else if (field.map) {
      const entries = Object.entries(value as Plain);
      message[nameOf(field)] = new Map(
        entries.map(([key, item]) => [fromPlainKey(keyTypeOf(field), key), fromPlainValue(field, item)]),
      );
    } else message[nameOf(field)] = fromPlainValue(field, value);
  }
  return createMessage(tableOf(type), message) as Message;
}

function fromPlainValue({ type, resolvedType }: Field, value: unknown): unknown {
  if (resolvedType !== null && 'fieldsArray' in resolvedType) return fromPlain(resolvedType, value as Plain);
  if (type.endsWith('64')) return BigInt(value as string);
  return type === 'bytes' ? new Uint8Array(value as Uint8Array) : value;
}

function fromPlainKey(keyType: string, key: string): unknown {
  if (keyType === 'string') return key;
  if (keyType === 'bool') return key === 'true';
  return keyType.endsWith('64') ? BigInt(key) : Number(key);
}

function toPlain(type: Type, message: Message): Plain {
  const object: Plain = {};
  for (const field of type.fieldsArray) {
    const oneof = realOneof(field);
    const value = oneof === undefined ? message[nameOf(field)] : memberOf(message[oneof], nameOf(field));
    if (value === undefined) continue;
    if (field.repeated) object[field.name] = (value as unknown[]).map((item) => toPlainValue(field, item));
    else if (field.map) {
      const entries = [...(value as Map<unknown, unknown>)];
      object[field.name] = Object.fromEntries(entries.map(([key, item]) => [String(key), toPlainValue(field, item)]));
    } else if (isOptional(field) || oneof !== undefined || !isDefault(value)) object[field.name] = toPlainValue(field, value);
  }
  return object;
}

function memberOf(oneof: unknown, name: string): unknown {
  const member = oneof as { $case: string; value: unknown } | undefined;
  return member?.$case === name ? member.value : undefined;
}

/** True for default values, which protobufjs would write. */
function isDefault(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length === 0;
  return value === '' || value === false || value === 0n || Object.is(value, 0);
}

function toPlainValue({ resolvedType }: Field, value: unknown): unknown {
  if (resolvedType !== null && 'fieldsArray' in resolvedType) return toPlain(resolvedType, value as Message);
  return typeof value === 'bigint' ? String(value) : value;
}

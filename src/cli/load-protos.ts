// .proto files by protobufjs, which the build puts into the program.

import { existsSync, readFile } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type * as Protobufjs from 'protobufjs';
import type { JsonType, Message } from '../json/json-options.js';
import { createMessage } from '../wire/create-message.js';
import type { EnumTable, FieldTable, MessageTable, ScalarName } from '../wire/table.js';
import { Failure, INVALID } from './exit.js';
import { packageRoot } from './package-root.js';
import { type CommandNames, commandNames } from './protobufjs-commands.js';
import { isSensitive } from './protobufjs-options.js';

/** What is in .proto files. */
export interface Protos {
  readonly types: readonly JsonType[];
  /** The commands that they declare: full names of enum values, by number. */
  readonly commands: ReadonlyMap<number, CommandNames>;
}

/** Files that no application means: they say how to write schemas. */
const OF_SCHEMAS = ['google/protobuf/descriptor.proto', 'im/options/v1/options.proto'];

/** The messages and commands in these files, and in what they import. @param folders where imports are looked up besides. */
export async function loadProtos(files: readonly string[], folders: readonly string[]): Promise<Protos> {
  const { Root, Type, Enum, Namespace } = await library();
  const root = new Root();
  // By itself it looks for `require('fs')`, which an ES module does not have.
  root.fetch = (path, done) => readFile(path, 'utf8', (error, text) => done(error as Error, text));
  const places = [...folders, ...files.map((file) => dirname(file)), join(packageRoot(), 'proto')];
  root.resolvePath = (origin, target) => {
    const near = origin === '' ? [resolve(target)] : [join(dirname(origin), target)];
    const found = [...near, ...places.map((folder) => resolve(folder, target))];
    return found.find((path) => existsSync(path)) ?? near[0];
  };
  try {
    for (const file of files) await root.load(file);
    root.resolveAll();
  } catch (error) {
    throw new Failure(INVALID, `--proto: ${(error as Error).message}`);
  }
  const types: JsonType[] = [];
  const enums: Protobufjs.Enum[] = [];
  const visit = (space: Protobufjs.NamespaceBase): void => {
    for (const one of space.nestedArray) {
      const isOfSchemas = OF_SCHEMAS.some((name) => one.filename?.replaceAll('\\', '/').endsWith(name));
      if (one instanceof Type && !isOfSchemas) types.push(typeOf(one));
      if (one instanceof Enum) enums.push(one);
      if (one instanceof Namespace || one instanceof Type) visit(one);
    }
  };
  visit(root);
  return { types, commands: commandNames(enums) };
}

async function library(): Promise<typeof Protobufjs> {
  const found = (await import('protobufjs')) as typeof Protobufjs & { default?: typeof Protobufjs };
  const protobufjs = found.default ?? found;
  // Of the files of google.protobuf it knows this one, which every file with options imports, by no name.
  const descriptor = await import('protobufjs/google/protobuf/descriptor.json', { with: { type: 'json' } });
  protobufjs.common('google/protobuf/descriptor.proto', descriptor.default);
  return protobufjs;
}

// A message type of protobufjs in the form that the rest of this package has: tables, bigints, Maps, `$case`.
type Type = Protobufjs.Type;
type Field = Protobufjs.Field;

/** How protobufjs shows a message as a plain object. */
const PLAIN = { longs: String };

export function typeOf(type: Type): JsonType {
  const table = tableOf(type);
  return {
    generated: { table },
    decode: (bytes) => ours(type, type.toObject(type.decode(bytes), PLAIN)),
    encode: (message) => type.encode(type.fromObject(theirs(type, message as Message))).finish(),
  };
}

const tables = new WeakMap<Type, MessageTable>();

function tableOf(type: Type): MessageTable {
  let table = tables.get(type);
  if (table === undefined) {
    const name = type.fullName.replace(/^\./, '');
    const fields = () => [...type.fieldsArray].sort((a, b) => a.id - b.id).map(fieldTable);
    // Types may contain each other: the fields are made when they are wanted.
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

/** The types that protobufjs has built in keep the names of the schema: `type_url`. */
function nameOf({ name }: Field): string {
  return name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

function keyTypeOf(field: Field): string {
  return (field as unknown as Protobufjs.MapField).keyType;
}

/** proto3 `optional` is a oneof of one field on paper alone. */
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

function ours(type: Type, object: Plain): Message {
  const message: Message = {};
  for (const field of type.fieldsArray) {
    // What is not on the wire is not there: the table has the defaults.
    if (!Object.hasOwn(object, field.name)) continue;
    const value = object[field.name];
    const oneof = realOneof(field);
    if (oneof !== undefined) message[oneof] = { $case: nameOf(field), value: ourValue(field, value) };
    else if (field.repeated) message[nameOf(field)] = (value as unknown[]).map((item) => ourValue(field, item));
    else if (field.map) {
      const entries = Object.entries(value as Plain);
      message[nameOf(field)] = new Map(entries.map(([key, item]) => [ourKey(keyTypeOf(field), key), ourValue(field, item)]));
    } else message[nameOf(field)] = ourValue(field, value);
  }
  return createMessage(tableOf(type), message) as Message;
}

function ourValue({ type, resolvedType }: Field, value: unknown): unknown {
  if (resolvedType !== null && 'fieldsArray' in resolvedType) return ours(resolvedType, value as Plain);
  if (type.endsWith('64')) return BigInt(value as string);
  return type === 'bytes' ? new Uint8Array(value as Uint8Array) : value;
}

function ourKey(keyType: string, key: string): unknown {
  if (keyType === 'string') return key;
  if (keyType === 'bool') return key === 'true';
  return keyType.endsWith('64') ? BigInt(key) : Number(key);
}

function theirs(type: Type, message: Message): Plain {
  const object: Plain = {};
  for (const field of type.fieldsArray) {
    const oneof = realOneof(field);
    const value = oneof === undefined ? message[nameOf(field)] : memberOf(message[oneof], nameOf(field));
    if (value === undefined) continue;
    if (field.repeated) object[field.name] = (value as unknown[]).map((item) => theirValue(field, item));
    else if (field.map) {
      const entries = [...(value as Map<unknown, unknown>)];
      object[field.name] = Object.fromEntries(entries.map(([key, item]) => [String(key), theirValue(field, item)]));
    } else if (isOptional(field) || oneof !== undefined || !isDefault(value)) object[field.name] = theirValue(field, value);
  }
  return object;
}

function memberOf(oneof: unknown, name: string): unknown {
  const member = oneof as { $case: string; value: unknown } | undefined;
  return member?.$case === name ? member.value : undefined;
}

/** "Defaults left out", which protobufjs would write. */
function isDefault(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length === 0;
  return value === '' || value === false || value === 0n || Object.is(value, 0);
}

function theirValue({ resolvedType }: Field, value: unknown): unknown {
  if (resolvedType !== null && 'fieldsArray' in resolvedType) return theirs(resolvedType, value as Message);
  return typeof value === 'bigint' ? String(value) : value;
}

// The schema for the emitters: with names in TypeScript, and our options.
import { type DescEnum, type DescField, type DescFile, type DescMessage, type DescOneof, ScalarType } from '@bufbuild/protobuf';
import { propertyName, typeName } from './names.js';
import type { Schema } from './schema.js';
import { schemaError } from './schema-error.js';
import { createSettings, type Settings } from './settings.js';

/** The files with their content. */
export interface Model {
  readonly files: readonly FileModel[];
  /** Files whose code the package has. */
  readonly provided: readonly FileModel[];
  readonly settings: Settings;
}

export interface FileModel {
  readonly desc: DescFile;
  /** Name without `.proto`. */
  readonly name: string;
  readonly messages: readonly MessageModel[];
  readonly enums: readonly DescEnum[];
}

export interface MessageModel {
  readonly desc: DescMessage;
  /** Name in TypeScript: `Outer_Inner`. */
  readonly name: string;
  readonly fields: readonly FieldModel[];
  readonly oneofs: readonly OneofModel[];
  /** The message can contain itself, so that its depth is not bounded. */
  readonly recursive: boolean;
  /** The message is or can contain a recursive one, so that encoders count its depth. */
  readonly deep: boolean;
}

export interface OneofModel {
  readonly name: string;
  readonly fields: readonly FieldModel[];
  readonly desc: DescMessage['oneofs'][number];
}

export interface FieldModel {
  readonly desc: DescField;
  /** Property in TypeScript; of a oneof member its `$case`. */
  readonly name: string;
  /** The oneof that it is a member of; not for proto3 `optional`. */
  readonly oneof: string | undefined;
  readonly kind: 'one' | 'list' | 'map';
  /** Type of the value, of the elements, or of the map's values. */
  readonly type: ValueType;
  /** Type of a map's keys. */
  readonly key: ValueType | undefined;
  /** The field tells "not set" from its default: `optional`, message fields, members of a oneof. */
  readonly presence: boolean;
  readonly packed: boolean;
}

export type ValueType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarName }
  | { readonly kind: 'enum'; readonly enum: DescEnum }
  | { readonly kind: 'message'; readonly message: DescMessage };

export type ScalarName = Lowercase<keyof typeof ScalarType>;

export function createModel(schema: Schema): Model {
  return {
    files: schema.files.map(createFile),
    provided: schema.provided.map(createFile),
    settings: createSettings(schema.all, schema.files),
  };
}

/** A file with what is in it. */
export function createFile(desc: DescFile): FileModel {
  const messages = [...nested(desc.messages)];
  return {
    desc,
    name: desc.name,
    messages: messages.map(createMessage),
    enums: [...desc.enums, ...messages.flatMap((message) => message.nestedEnums)],
  };
}

function* nested(messages: readonly DescMessage[]): Generator<DescMessage> {
  for (const message of messages) {
    yield message;
    yield* nested(message.nestedMessages);
  }
}

function createMessage(desc: DescMessage): MessageModel {
  const fields = [...desc.fields].sort((a, b) => a.number - b.number).map(createField);
  const oneofs = desc.oneofs.map((oneof) => ({
    desc: oneof,
    name: propertyName(oneof),
    fields: fields.filter((f) => f.desc.oneof === oneof),
  }));
  refuseTwins(desc);
  return { desc, name: typeName(desc), fields, oneofs, recursive: isRecursive(desc), deep: isDeep(desc) };
}

/** protoc compares only names in JSON, which oneofs do not have, and in which `FOO_BAR` is FOOBAR. */
function refuseTwins(desc: DescMessage): void {
  for (const members of [desc.members, ...desc.oneofs.map((oneof) => oneof.fields)]) {
    const names = new Map<string, DescField | DescOneof>();
    for (const member of members) {
      const name = propertyName(member);
      const other = names.get(name);
      if (other !== undefined) throw schemaError(member, `${other} is ${name} in TypeScript too: rename one`);
      names.set(name, member);
    }
  }
}

export function createField(desc: DescField): FieldModel {
  return {
    desc,
    name: propertyName(desc),
    oneof: desc.oneof && propertyName(desc.oneof),
    kind: desc.fieldKind === 'list' ? 'list' : desc.fieldKind === 'map' ? 'map' : 'one',
    type: valueType(desc),
    key: desc.fieldKind === 'map' ? scalar(desc.mapKey) : undefined,
    presence: desc.oneof !== undefined || desc.proto.proto3Optional || desc.fieldKind === 'message',
    packed: desc.fieldKind === 'list' && desc.packed,
  };
}

function valueType(desc: DescField): ValueType {
  if (desc.enum) return { kind: 'enum', enum: desc.enum };
  if (desc.message) return { kind: 'message', message: desc.message };
  return scalar(desc.scalar as ScalarType);
}

function scalar(type: ScalarType): ValueType {
  return { kind: 'scalar', scalar: ScalarType[type].toLowerCase() as ScalarName };
}

const isRecursive = (desc: DescMessage): boolean => reaches(desc, desc);

/** True for a recursive message, and for one that contains such a message at any depth. */
export function isDeep(desc: DescMessage, seen = new Set([desc])): boolean {
  if (isRecursive(desc)) return true;
  return desc.fields.some(({ message }) => message !== undefined && !seen.has(message) && isDeep(message, seen.add(message)));
}

function reaches(from: DescMessage, target: DescMessage, seen = new Set<DescMessage>()): boolean {
  return from.fields.some((field) => {
    const next = field.message;
    if (!next) return false;
    if (next === target) return true;
    if (seen.has(next)) return false;
    return reaches(next, target, seen.add(next));
  });
}

/** All messages of generated code: those to generate, and those of the package. */
export function allMessages({ files, provided }: Pick<Model, 'files' | 'provided'>): MessageModel[] {
  return [...files, ...provided].flatMap((file) => file.messages);
}

// types/**: the TypeScript types of messages, enums and oneofs, by ts-proto, with three corrections.
//
// Enums stay open: proto3 enums carry numbers that the schema does not name (a newer peer's command, an application's own), and
// ts-proto's union of literals would refuse `cmd === 1234`.
//
// Well-known types are plain messages: ts-proto knows them by their full names and makes a Date of a Timestamp, `any` of a Struct;
// so it is shown another package name.
//
// Names that TypeScript or every object has get a `$` (names.ts).
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { clone, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  type DescriptorProto,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import { memberName, topLevelName } from './names.js';
import { OPTIONS_PACKAGE, type Schema } from './schema.js';
import { SchemaError } from './schema-error.js';

const TS_PROTO_OPTIONS = [
  'onlyTypes=true',
  'outputServices=none',
  'oneof=unions-value',
  'forceLong=bigint',
  'enumsAsLiterals=true',
  'removeEnumPrefix=true',
  'useMapType=true',
  'unrecognizedEnum=false',
  'useExactTypes=false',
  'importSuffix=.js',
  'annotateFilesWithVersion=false',
  'emitImportedFiles=false',
  'exportCommonSymbols=false',
  'esModuleInterop=true',
];

const WELL_KNOWN = 'google.protobuf';
const PLAIN = 'google.protobuf_plain';

/** Stands for `$` in what ts-proto is shown: it takes no name with one. */
const DOLLAR = 'QzDollarQz';
const shown = (name: string): string => name.replaceAll('$', DOLLAR);

/** @throws SchemaError where ts-proto is not installed, or fails. */
export function emitTypes(request: CodeGeneratorRequest, schema: Schema): { name: string; content: string }[] {
  const wanted = schema.options.schema_options ? [...schema.files, ...optionsOf(schema)] : schema.files;
  if (wanted.length === 0) return [];
  const asked = clone(CodeGeneratorRequestSchema, request);
  const provided = schema.provided.map((file) => `M${file.proto.name}=${schema.options.runtime}`);
  asked.parameter = [...TS_PROTO_OPTIONS, ...provided].join(',');
  asked.fileToGenerate = wanted.map((file) => file.proto.name);
  asked.sourceFileDescriptors = [];
  rename(asked.protoFile);
  return runTsProto(asked).map(({ name, content }) => ({
    name: `types/${name}`,
    content: content
      .replace(/^(export type (\w+) =\s+typeof \2\[keyof typeof \2\]);$/gm, '$1 | (number & {});')
      .replaceAll(DOLLAR, '$$'),
  }));
}

const optionsOf = ({ all }: Schema) => all.filter(({ proto }) => proto.package === OPTIONS_PACKAGE);

/** Renames what the header of this file says, where it is declared and where it is used. */
function rename(files: readonly FileDescriptorProto[]): void {
  const renamed = new Map<string, string>();
  for (const file of files) {
    const plain = file.package === WELL_KNOWN ? PLAIN : file.package;
    renameTypes(file, `.${file.package}`, `.${plain}`, renamed, (name) => shown(topLevelName(name)));
    file.package = plain;
  }
  for (const file of files) {
    for (const message of file.messageType) renameFields(message, renamed);
  }
}

/** Renames the types in a file or message, and notes the full names. */
function renameTypes(
  parent: FileDescriptorProto | DescriptorProto,
  before: string,
  after: string,
  renamed: Map<string, string>,
  nameOf: (name: string) => string,
): void {
  const messages = 'messageType' in parent ? parent.messageType : parent.nestedType;
  for (const type of [...messages, ...parent.enumType]) {
    const [old, name] = [`${before}.${type.name}`, nameOf(type.name)];
    renamed.set(old, `${after}.${name}`);
    type.name = name;
    if ('nestedType' in type) renameTypes(type, old, `${after}.${name}`, renamed, (same) => same);
    else for (const value of type.value) value.name = shown(topLevelName(value.name));
  }
}

function renameFields(message: DescriptorProto, renamed: ReadonlyMap<string, string>): void {
  for (const field of [...message.field, ...message.extension]) {
    field.typeName = renamed.get(field.typeName) ?? field.typeName;
    field.name = shown(memberName(field.name));
  }
  for (const oneof of message.oneofDecl) oneof.name = shown(memberName(oneof.name));
  for (const nested of message.nestedType) renameFields(nested, renamed);
}

/** Runs ts-proto as the plugin that it is. */
function runTsProto(request: CodeGeneratorRequest): { name: string; content: string }[] {
  const input = toBinary(CodeGeneratorRequestSchema, request);
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsProto()], { input, maxBuffer: 1 << 28 });
  if (status !== 0) throw new SchemaError(`ts-proto, which makes the types, failed: ${stderr}`);
  const { file, error } = fromBinary(CodeGeneratorResponseSchema, stdout);
  if (error !== '') throw new SchemaError(`ts-proto, which makes the types: ${error}`);
  return file;
}

/** Its script, beside the package or where buf was started. */
function tsProto(): string {
  for (const from of [import.meta.url, join(process.cwd(), 'buf.gen.yaml')]) {
    try {
      return join(dirname(createRequire(from).resolve('ts-proto/package.json')), 'protoc-gen-ts_proto');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new SchemaError('the types are made by the package ts-proto, which is not installed: npm install --save-dev ts-proto');
}

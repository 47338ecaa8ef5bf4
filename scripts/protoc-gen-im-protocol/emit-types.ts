// im/**/*.ts: the TypeScript types of messages, enums and oneofs, by ts-proto, and the Init types.
//
// ts-proto changes some names, and keeps others that are not TypeScript. So it gets placeholders for all names, and they are replaced in its
// output by the names of names.ts (veil.ts). It also does not recognize well-known types by these names, so that each stays a message.
//
// Enums stay open: proto3 enums carry numbers that the schema does not name (a newer peer's command, an application's own), and
// ts-proto's union of literals would refuse `cmd === 1234`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { clone, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type CodeGeneratorRequest, CodeGeneratorRequestSchema, CodeGeneratorResponseSchema } from '@bufbuild/protobuf/wkt';
import { emitInit, initName } from './emit-inits.js';
import { outputPath } from './generated-paths.js';
import { createFile, type FileModel } from './model.js';
import { typeName } from './names.js';
import { OPTIONS_PACKAGE, type Schema } from './schema.js';
import { SchemaError } from './schema-error.js';
import type { Settings } from './settings.js';
import { Source } from './source.js';
import { Veil } from './veil.js';

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

/** @throws SchemaError if ts-proto is not installed, or fails. */
export function emitTypes(request: CodeGeneratorRequest, schema: Schema, settings: Settings): Source[] {
  const wanted = schema.options.schema_options ? [...schema.files, ...optionsOf(schema)] : schema.files;
  if (wanted.length === 0) return [];
  const veil = new Veil(schema.all, settings);
  const asked = clone(CodeGeneratorRequestSchema, request);
  const provided = schema.provided.map((file) => `M${veil.fileName(file)}=${schema.options.runtime}`);
  asked.parameter = [...TS_PROTO_OPTIONS, ...provided].join(',');
  asked.fileToGenerate = wanted.map((file) => veil.fileName(file));
  asked.protoFile = veil.files();
  asked.sourceFileDescriptors = [];
  const made = new Map(runTsProto(asked).map(({ name, content }) => [name, content]));
  return wanted.map((file) => {
    const content = made.get(veil.fileName(file).replace('.proto', '.ts')) ?? '';
    const open = content.replace(/^(export type (\w+) =\s+typeof \2\[keyof typeof \2\]);$/gm, '$1 | (number & {});');
    return emitFile(createFile(file), veil, open, schema);
  });
}

/** @param content the output of ts-proto for the file, with placeholders. */
function emitFile({ desc, messages, enums }: FileModel, veil: Veil, content: string, { options, files }: Schema): Source {
  const out = new Source(outputPath('types', desc), desc.proto.name);
  for (const type of [...enums, ...messages.map((message) => message.desc)]) out.declare(type, typeName(type));
  // Types of options are read by the generator only, and have no Init.
  const withInits = files.includes(desc) ? messages : [];
  for (const message of withInits) out.declare(message.desc, initName(message.name));
  veil.lift(content, out);
  for (const message of withInits) emitInit(out, message, options);
  return out;
}

const optionsOf = ({ all }: Schema) => all.filter(({ proto }) => proto.package === OPTIONS_PACKAGE);

/** Runs ts-proto as a plugin. */
function runTsProto(request: CodeGeneratorRequest): { name: string; content: string }[] {
  const input = toBinary(CodeGeneratorRequestSchema, request);
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsProto()], { input, maxBuffer: 1 << 28 });
  if (status !== 0) throw new SchemaError(`ts-proto failed: ${stderr}`);
  const { file, error } = fromBinary(CodeGeneratorResponseSchema, stdout);
  if (error !== '') throw new SchemaError(`ts-proto: ${error}`);
  return file;
}

/** The script of ts-proto, installed beside the package or where buf was started. */
function tsProto(): string {
  for (const from of [import.meta.url, join(process.cwd(), 'buf.gen.yaml')]) {
    try {
      return join(dirname(createRequire(from).resolve('ts-proto/package.json')), 'protoc-gen-ts_proto');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new SchemaError('the package ts-proto is not installed: npm install --save-dev ts-proto');
}

// Reads a request of buf or protoc: the files to generate, and their imports.
import { create, createFileRegistry, type DescEnum, type DescField, type DescFile, type DescMessage } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { type CodeGeneratorRequest, Edition, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { isProvided } from './generated-paths.js';
import { type PluginOptions, parseOptions } from './plugin-options.js';
import { refuseFileName } from './refuse-file-name.js';
import { SchemaError, schemaError } from './schema-error.js';

export interface Schema {
  /** Files to generate, ordered by name. */
  readonly files: readonly DescFile[];
  /** Files whose code the package has. */
  readonly provided: readonly DescFile[];
  /** The files that the request names, ordered by name. */
  readonly asked: readonly DescFile[];
  /** All files of the request, from which settings are read. */
  readonly all: readonly DescFile[];
  readonly options: PluginOptions;
}

/** The package of our options, which are read by the generator and never sent. */
export const OPTIONS_PACKAGE = 'im.options.v1';

/** @throws SchemaError for a file that cannot be generated. */
export function readSchema(request: CodeGeneratorRequest): Schema {
  const options = parseOptions(request.parameter);
  const all = readFiles(request);
  const asked = all.filter((file) => request.fileToGenerate.includes(file.proto.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const provided = all.filter((file) => isProvided(file, options));
  const files = asked.filter(
    (file) => !provided.includes(file) && file.proto.package !== OPTIONS_PACKAGE && !isForOptionsAlone(file, all),
  );
  for (const file of files) {
    if (options.protovalidate) refuseLanguage(file);
    else {
      refuseFileName(file);
      refuse(file, [...files, ...provided]);
    }
  }
  return { files, provided, asked, all, options };
}

/** The files, with references resolved. Refuses names that are not identifiers, which protoc accepts from a descriptor. */
function readFiles({ protoFile }: CodeGeneratorRequest): DescFile[] {
  try {
    return [...createFileRegistry(create(FileDescriptorSetSchema, { file: protoFile })).files];
  } catch (error) {
    throw new SchemaError((error as Error).message);
  }
}

/** The file that all files with options import. Without `strategy: all`, it may be the only file. */
const DESCRIPTOR = 'google/protobuf/descriptor';

/**
 * A file in another language than proto3 that others import, and none of whose types they use: it declares options, as
 * google/protobuf/descriptor.proto and files of rules for other tools do, and nothing of it is ever sent.
 */
function isForOptionsAlone(file: DescFile, all: readonly DescFile[]): boolean {
  if (file.edition === Edition.EDITION_PROTO3) return false;
  const importers = all.filter(({ dependencies }) => dependencies.includes(file));
  const users = importers.filter((importer) => importer.edition === Edition.EDITION_PROTO3 && usedFiles(importer).has(file));
  const isImported = importers.length > 0 || file.name === DESCRIPTOR;
  return isImported && users.length === 0;
}

function refuseLanguage(file: DescFile): void {
  if (file.edition === Edition.EDITION_PROTO3) return;
  throw schemaError(file, `written in ${languageOf(file)}, but only proto3 is supported`);
}

function refuse(file: DescFile, generated: readonly DescFile[]): void {
  refuseLanguage(file);
  for (const [used, field] of usedFiles(file)) {
    if (generated.includes(used)) continue;
    const wanted =
      'buf.gen.yaml needs strategy: all, include_imports: true and include_wkt: true for this plugin, protoc the name of the file';
    throw schemaError(field, `it is of a type in ${used.proto.name}, which is not among the files to generate: ${wanted}`);
  }
}

function languageOf({ edition }: DescFile): string {
  return Edition[edition]
    .replace('EDITION_', '')
    .replace(/^(?=\d)/, 'edition ')
    .toLowerCase();
}

/** The other files whose types the fields of a file have, each with such a field. */
function usedFiles(file: DescFile): Map<DescFile, DescField> {
  const used = new Map<DescFile, DescField>();
  for (const type of nestedTypes(file)) {
    if (type.kind !== 'message') continue;
    for (const field of type.fields) {
      const target: DescMessage | DescEnum | undefined = field.message ?? field.enum;
      if (target !== undefined && target.file !== file) used.set(target.file, field);
    }
  }
  return used;
}

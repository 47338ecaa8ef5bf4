// Where generated code lies and where it imports from. A .proto file becomes up to three files beside each other.
import type { DescEnum, DescFile, DescMessage } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { typeName } from './names.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';

/** `types`: types and Init types. `codec`: tables, codecs, checks. `zod`: zod schemas. */
export type Kind = 'types' | 'codec' | 'zod';

/** The files that a whole package has once, without `.ts`. */
const PACKAGE_FILES = ['commands', 'constants', 'enum-tables', 'errors', 'functions', 'json-schemas', 'models', 'registry'];

/** The file to write: `im/protocol/v1/send_info.codec.ts` */
export function outputPath(kind: Kind, file: DescFile): string {
  return `${stem(kind, file)}.ts`;
}

/** The module to import: `./im/protocol/v1/send_info.codec.js`. */
export function modulePath(kind: Kind, file: DescFile): string {
  return `./${stem(kind, file)}.js`;
}

/** `models.proto` becomes `models$.ts`, since `models.ts` is the file of all messages; no other file can have the name with a dollar sign. */
function stem(kind: Kind, { name }: DescFile): string {
  const isTaken = PACKAGE_FILES.includes(name) || /\.(codec|zod)$/.test(name);
  return `${name}${isTaken ? '$' : ''}${kind === 'types' ? '' : `.${kind}`}`;
}

/** The folder of this protocol's own schema. */
export const PROVIDED = 'im/protocol/';

/** The package has the code of its own schema: an application imports it, and has no second copy. */
export function isProvided(file: DescFile, options: PluginOptions): boolean {
  return !isOwnRuntime(options) && file.name.startsWith(PROVIDED);
}

/** The module that declares the types of a message or enum; of this protocol's own, the package. */
export function typePath({ file }: DescMessage | DescEnum, options: PluginOptions): string {
  return isProvided(file, options) ? options.runtime : modulePath('types', file);
}

/** The module that exports the codec of a message; of this protocol's own, the package. */
export function codecPath({ file }: DescMessage, options: PluginOptions): string {
  return isProvided(file, options) ? options.runtime : modulePath('codec', file);
}

/** The versioned entry of the package that generated code is made of. */
export const CODEGEN = 'codegen/v1';

/**
 * Where a module of src/ is imported from: `runtimePath('wire/table', options)`. A package has two entries for all of them, so that only
 * users of zod need it.
 */
export function runtimePath(module: string, options: PluginOptions): string {
  if (isOwnRuntime(options)) return `${options.runtime}/${module}.js`;
  return `${options.runtime}/${CODEGEN}${/^wire\/zod-/.test(module) ? '/zod' : ''}`;
}

/** Name of the constant that holds the table of a message or enum: `PollTable$` where a message of the file is called `PollTable`. */
export function tableName(desc: DescMessage | DescEnum): string {
  const name = `${typeName(desc)}Table`;
  const isTaken = [...nestedTypes(desc.file)].some(
    (type) => (type.kind === 'message' || type.kind === 'enum') && typeName(type) === name,
  );
  return isTaken ? `${name}$` : name;
}

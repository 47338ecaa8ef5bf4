// Paths of generated files and of their imports. A .proto file becomes up to four files in the same folder.
import type { DescEnum, DescFile, DescMessage } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { typeName } from './names.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';

/** `types`: types and Init types. `codec`: tables, codecs, checks as code. `plan`: the same, interpreted. `zod`: zod schemas. */
export type Kind = 'types' | 'codec' | 'plan' | 'zod';

/** Files that exist once for all .proto files, without `.ts`. */
const PACKAGE_FILES = [
  'commands',
  'constants',
  'enum-names',
  'enum-tables',
  'errors',
  'functions',
  'json-schemas',
  'legacy-codes',
  'models',
  'registry',
  'schema-text',
];

/** The file to write: `im/protocol/v1/send_info.codec.ts` */
export function outputPath(kind: Kind, file: DescFile): string {
  return `${stem(kind, file)}.ts`;
}

/** The module to import: `./im/protocol/v1/send_info.codec.js`. */
export function modulePath(kind: Kind, file: DescFile): string {
  return `./${stem(kind, file)}.js`;
}

/** `models.proto` becomes `models$.ts`, because `models.ts` has all messages. No .proto file has a dollar sign in its name. */
function stem(kind: Kind, { name }: DescFile): string {
  const isTaken = PACKAGE_FILES.includes(name) || /\.(codec|plan|zod)$/.test(name);
  return `${name}${isTaken ? '$' : ''}${kind === 'types' ? '' : `.${kind}`}`;
}

/** True for the schema of this protocol in this repository. */
export function isOwnProtocol({ files }: { readonly files: readonly { readonly name: string }[] }): boolean {
  return files.some(({ name }) => name.startsWith(PROVIDED));
}

/** The folder of this protocol's own schema. */
export const PROVIDED = 'im/protocol/';

/** True for this protocol's own schema in an application, which imports its code from the package. */
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

/** The versioned entry of the package that generated code imports. */
export const CODEGEN = 'codegen/v1';

/**
 * The module to import for a module of src/: `runtimePath('wire/table', options)`. The package has three entries for all of them, so that only users
 * of zod need zod, and the main one stays small.
 */
export function runtimePath(module: string, options: PluginOptions): string {
  if (isOwnRuntime(options)) return `${options.runtime}/${module}.js`;
  const entry = /^wire\/zod-/.test(module) ? '/zod' : /^wire\/standard\//.test(module) ? '/rules' : '';
  return `${options.runtime}/${CODEGEN}${entry}`;
}

/** Name of the constant that holds the table of a message or enum. */
export function tableName(desc: DescMessage | DescEnum): string {
  return partOf(desc, `${typeName(desc)}Table`);
}

/** A name for something that is made of a type: `readPoll$` where a type of the file is called `readPoll`. */
export function partOf({ file }: DescMessage | DescEnum, name: string): string {
  const isType = [...nestedTypes(file)].some(
    (type) => (type.kind === 'message' || type.kind === 'enum') && typeName(type) === name,
  );
  return isType ? `${name}$` : name;
}

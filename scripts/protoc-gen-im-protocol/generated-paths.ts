// Where each kind of generated file lies, so that emitters find each other's names.
import type { DescEnum, DescFile, DescMessage } from '@bufbuild/protobuf';
import { typeName } from './names.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';

export type Kind = 'types' | 'table' | 'init' | 'codec' | 'check' | 'zod';

/** The file to write: `codec/im/protocol/v1/send_info.ts` */
export function outputPath(kind: Kind, file: DescFile): string {
  return `${kind}/${file.name}.ts`;
}

/** The module to import: `./codec/im/protocol/v1/send_info.js`; of a file that the runtime brings along, the runtime. */
export function modulePath(kind: Kind, file: DescFile, options: PluginOptions): string {
  if (isProvided(file, options)) return runtimePath('index', options);
  return `./${kind}/${file.name}.js`;
}

/** The folder of this protocol's own schema. */
export const PROVIDED = 'im/protocol/';

/** The package has the code of its own schema: an application imports it, and has no second copy. */
export function isProvided(file: DescFile, options: PluginOptions): boolean {
  return !isOwnRuntime(options) && file.name.startsWith(PROVIDED);
}

/** The ts-proto file that declares the type. */
export function typePath(desc: DescMessage | DescEnum, options: PluginOptions): string {
  return modulePath('types', desc.file, options);
}

/**
 * Where a module of the runtime is imported from: `runtimePath('wire/table', options)`. A package has two entries for all of them, so that
 * who does not use zod needs none.
 */
export function runtimePath(module: string, options: PluginOptions): string {
  if (isOwnRuntime(options)) return `${options.runtime}/${module}.js`;
  return /^wire\/zod-/.test(module) ? `${options.runtime}/zod` : options.runtime;
}

/** Name of the constant that holds the table of a message or enum. */
export function tableName(desc: DescMessage | DescEnum): string {
  return `${typeName(desc)}Table`;
}

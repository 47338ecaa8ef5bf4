// Where each kind of generated file lies, so that emitters find each other's names.
import type { DescEnum, DescFile, DescMessage } from '@bufbuild/protobuf';
import { typeName } from './model.js';
import type { PluginOptions } from './plugin-options.js';

type Kind = 'table' | 'init' | 'codec' | 'check' | 'zod';

/** `./codec/im/protocol/v1/send_info.js` */
export function modulePath(kind: Kind, file: DescFile): string {
  return `./${kind}/${file.name}.js`;
}

/** The ts-proto file that declares the type. */
export function typePath(desc: DescMessage | DescEnum, options: PluginOptions): string {
  const prefix = options.types.startsWith('.') ? options.types : `./${options.types}`;
  return `${prefix}/${desc.file.name}.js`;
}

/** A module of the runtime: `runtimePath('wire/table', options)`. */
export function runtimePath(module: string, options: PluginOptions): string {
  return options.runtime.startsWith('.') ? `${options.runtime}/${module}.js` : `${options.runtime}/${module}`;
}

/** Name of the constant that holds the table of a message or enum. */
export function tableName(desc: DescMessage | DescEnum): string {
  return `${typeName(desc)}Table`;
}

// The generated parts of a message: its table and four functions. Parts of generated files are imported. An application has no files for
// messages of this protocol: it takes their parts from the codecs that the package exports, once per file.
import type { DescEnum, DescMessage } from '@bufbuild/protobuf';
import { isProvided, modulePath, partOf, runtimePath, tableName } from './generated-paths.js';
import { typeName } from './names.js';
import type { PluginOptions } from './plugin-options.js';
import type { Source } from './source.js';

export type Part = 'table' | 'estimate' | 'write' | 'read' | 'check';

/** Name of a part: `readSendInfo`. */
export function partName(desc: DescMessage, part: Part): string {
  return part === 'table' ? tableName(desc) : partOf(desc, `${part}${typeName(desc)}`);
}

/** Imports a part and returns its name in the file. */
export function importPart(out: Source, desc: DescMessage, part: Part, options: PluginOptions): string {
  const name = partName(desc, part);
  if (!isProvided(desc.file, options)) return out.import(name, modulePath('codec', desc.file));
  const codec = out.import(typeName(desc), options.runtime, `${typeName(desc)}Codec`);
  const take = out.import('part', runtimePath('wire/codec', options));
  return out.variable(name, 'const', `/* @__PURE__ */ ${take}(${codec}, '${part}')`);
}

/** Imports the table of an enum and returns its name in the file. */
export function importEnumTable(out: Source, desc: DescEnum, options: PluginOptions): string {
  const path = isProvided(desc.file, options) ? runtimePath('enum-tables', options) : modulePath('codec', desc.file);
  return out.import(tableName(desc), path);
}

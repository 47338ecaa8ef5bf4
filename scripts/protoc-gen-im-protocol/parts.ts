// The generated parts of a message: its table and four functions. Where a file is generated, its parts are imported. A message of this
// protocol has none in an application's folder: they are taken from the codec that the package exports, once for each file that uses them.
import type { DescEnum, DescMessage } from '@bufbuild/protobuf';
import { isProvided, modulePath, runtimePath, tableName } from './generated-paths.js';
import { typeName } from './names.js';
import type { PluginOptions } from './plugin-options.js';
import type { Source } from './source.js';

export type Part = 'table' | 'estimate' | 'write' | 'read' | 'check';

/** Name of a part: `readSendInfo`. */
export function partName(desc: DescMessage, part: Part): string {
  return part === 'table' ? tableName(desc) : `${part}${typeName(desc)}`;
}

/** Makes a part known in a file, and returns its name there. */
export function importPart(out: Source, desc: DescMessage, part: Part, options: PluginOptions): string {
  const name = partName(desc, part);
  if (!isProvided(desc.file, options)) return out.import(name, modulePath('codec', desc.file));
  const codec = out.import(typeName(desc), options.runtime, `${typeName(desc)}Codec`);
  const take = out.import('part', runtimePath('wire/codec', options));
  return out.variable(name, 'const', `/* @__PURE__ */ ${take}(${codec}, '${part}')`);
}

/** Makes the table of an enum known in a file, and returns its name there. */
export function importEnumTable(out: Source, desc: DescEnum, options: PluginOptions): string {
  const path = isProvided(desc.file, options) ? runtimePath('enum-tables', options) : modulePath('codec', desc.file);
  return out.import(tableName(desc), path);
}

// generated/enum-tables.ts: the tables of this protocol's enums, which tables of applications refer to. Re-exports alone: a bundler takes
// those that are used.
import { modulePath, PROVIDED, tableName } from './generated-paths.js';
import type { Model } from './model.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';
import { literal } from './quote.js';
import { Source } from './source.js';

export function emitEnumTables({ files }: Model, options: PluginOptions): Source[] {
  const own = files.filter(({ name, enums }) => name.startsWith(PROVIDED) && enums.length > 0);
  if (!isOwnRuntime(options) || own.length === 0) return [];
  const out = new Source('enum-tables.ts', 'the enums of the schema');
  for (const { desc, enums } of own) {
    out.add(`export { ${enums.map(tableName).join(', ')} } from ${literal(modulePath('codec', desc))};`);
  }
  return [out];
}

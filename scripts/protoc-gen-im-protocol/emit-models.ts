// generated/models.ts: every message as type and codec under one name, and every enum. Applications import it.

import { initName } from './emit-inits.js';
import { exportNames } from './export-names.js';
import { modulePath, typePath } from './generated-paths.js';
import type { Model } from './model.js';
import { typeName } from './names.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';
import { docComment, literal } from './quote.js';
import { exported, Source } from './source.js';

export function emitModels({ files }: Model, options: PluginOptions): Source {
  const out = new Source('models.ts', 'all messages and enums of the schema');
  const exportName = exportNames(files);
  for (const { messages, enums } of files) {
    for (const { desc } of messages) {
      out.declare(desc, exportName(desc));
      out.export(desc, initName(exportName(desc)));
    }
    for (const desc of enums) out.export(desc, exportName(desc));
  }
  const entries: string[] = [];
  for (const file of files) {
    for (const { name, desc } of file.messages) {
      const own = exportName(desc);
      const type = out.importType(name, typePath(desc, options), `${own}Type`);
      const codec = out.import(name, modulePath('codec', file.desc), `${own}Codec`);
      out.add(`export type ${own} = ${type};`, `export const ${own}: typeof ${codec} = ${codec};`);
      const inits = typePath(desc, options);
      out.add(`export type { ${exported(initName(name), initName(own))} } from ${literal(inits)};`);
      if (isOwnRuntime(options)) entries.push(`  ${own}: { message: ${type}; init: ${out.importType(initName(name), inits)} };`);
    }
    for (const desc of file.enums) {
      out.add(`export { ${exported(typeName(desc), exportName(desc))} } from ${literal(typePath(desc, options))};`);
    }
  }
  // For toJSON by name. Applications pass the codec.
  if (isOwnRuntime(options)) {
    out.add(docComment('All messages, decoded and encodable, by name.'), 'export type Messages = {', ...entries, '};');
  }
  return out;
}

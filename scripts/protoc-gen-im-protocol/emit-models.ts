// generated/models.ts: what an application imports: every message as type + codec under one name, every enum.
import { docComment } from './doc-comment.js';
import { initName } from './emit-inits.js';
import { modulePath, typePath } from './generated-paths.js';
import { type Model, typeName } from './model.js';
import type { PluginOptions } from './plugin-options.js';
import { Source } from './source.js';

export function emitModels({ files }: Model, options: PluginOptions): Source {
  const out = new Source('models.ts', 'all messages and enums of the schema');
  const entries: string[] = [];
  for (const file of files) {
    for (const { name, desc } of file.messages) {
      const type = out.importType(name, typePath(desc, options), `${name}Type`);
      const codec = out.import(name, modulePath('codec', file.desc), `${name}Codec`);
      out.add(`export type ${name} = ${type};`, `export const ${name} = ${codec};`);
      const init = out.importType(initName(name), modulePath('init', file.desc));
      entries.push(`  ${name}: { message: ${type}; init: ${init} };`);
      out.add(`export type { ${initName(name)} } from '${modulePath('init', file.desc)}';`);
    }
    for (const desc of file.enums) out.add(`export { ${typeName(desc)} } from '${typePath(desc, options)}';`);
  }
  out.add(docComment('All messages, decoded and encodable, by name.'), 'export type Messages = {', ...entries, '};');
  return out;
}

// generated/parts.ts: what generated code of applications imports of a message of this protocol that theirs contain. Re-exports alone: a
// bundler takes what is used.
import { initName } from './emit-inits.js';
import { modulePath, PROVIDED, tableName } from './generated-paths.js';
import type { FileModel, Model } from './model.js';
import { typeName } from './names.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';
import { literal } from './quote.js';
import { Source } from './source.js';

export function emitParts({ files }: Model, options: PluginOptions): Source[] {
  const own = files.filter(({ name }) => name.startsWith(PROVIDED));
  if (!isOwnRuntime(options) || own.length === 0) return [];
  const out = new Source('parts.ts', 'the messages and enums of the schema');
  const names = own.flatMap((file) => file.messages.map(({ name }) => name));
  out.add(`export { ${names.join(', ')} } from './models.js';`);
  for (const file of own) emitFile(out, file, options);
  return [out];
}

function emitFile(out: Source, { desc, messages, enums }: FileModel, options: PluginOptions): void {
  const exported = (kind: Parameters<typeof modulePath>[0], names: readonly string[]): void => {
    if (names.length > 0) out.add(`export { ${names.join(', ')} } from ${literal(modulePath(kind, desc, options))};`);
  };
  exported('types', enums.map(typeName));
  exported('table', [...enums, ...messages.map((message) => message.desc)].map(tableName));
  exported(
    'init',
    messages.map(({ name }) => `type ${initName(name)}`),
  );
  exported(
    'codec',
    messages.flatMap(({ name }) => [`likely${name}`, `read${name}`, `write${name}`]),
  );
  exported(
    'check',
    messages.map(({ name }) => `check${name}`),
  );
}

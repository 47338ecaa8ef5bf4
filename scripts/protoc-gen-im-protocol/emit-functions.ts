// generated/functions.ts: encode and decode of each message as functions of their own. A codec is one object, which a bundler keeps whole,
// with checks and all; of functions it keeps those that are called.
import { docComment } from './doc-comment.js';
import { initName } from './emit-inits.js';
import { modulePath, runtimePath, tableName, typePath } from './generated-paths.js';
import { type MessageModel, type Model, typeName } from './model.js';
import type { PluginOptions } from './plugin-options.js';
import { Source } from './source.js';

export function emitFunctions({ files }: Model, options: PluginOptions): Source {
  const out = new Source('functions.ts', 'all messages and enums of the schema');
  for (const file of files) {
    for (const message of file.messages) emitMessage(out, message, options);
    for (const desc of file.enums) out.add('', `export { ${typeName(desc)} } from '${typePath(desc, options)}';`);
  }
  return out;
}

function emitMessage(out: Source, { name, desc }: MessageModel, options: PluginOptions): void {
  const type = out.importType(name, './models.js');
  const init = out.importType(initName(name), './models.js');
  const table = out.import(tableName(desc), modulePath('table', desc.file));
  const codec = (part: string): string => out.import(`${part}${name}`, modulePath('codec', desc.file));
  const encode = out.import('encodeMessage', runtimePath('wire/codec', options));
  const decode = out.import('decodeMessage', runtimePath('wire/codec', options));
  out.add(
    '',
    `export type { ${type}, ${init} };`,
    docComment(`\`${name}.encode\` alone: what it takes, returns and throws is the same.`),
    `export function encode${name}(message: ${init}): Uint8Array<ArrayBuffer> {`,
    `  return ${encode}(${table}, ${codec('likely')}, ${codec('write')}, message);`,
    '}',
    docComment(`\`${name}.decode\` alone: what it takes, returns and throws is the same.`),
    `export function decode${name}(bytes: Uint8Array): ${type} {`,
    `  return ${decode}(${table}, ${codec('read')}, bytes);`,
    '}',
  );
}

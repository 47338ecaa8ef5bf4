// generated/functions.ts: encode and decode of each message as functions. A bundler keeps all of a codec, checks included, because it is one
// object; of functions, it keeps those that are called.

import { initName } from './emit-inits.js';
import { exportNames } from './export-names.js';
import { runtimePath, typePath } from './generated-paths.js';
import type { MessageModel, Model } from './model.js';
import { typeName } from './names.js';
import { importPart, type Part } from './parts.js';
import type { PluginOptions } from './plugin-options.js';
import { docComment, literal } from './quote.js';
import { exported, Source } from './source.js';

export function emitFunctions({ files }: Model, options: PluginOptions): Source {
  const out = new Source('functions.ts', 'all messages and enums of the schema');
  const exportName = exportNames(files);
  for (const { messages, enums } of files) {
    for (const { desc } of messages) {
      const name = exportName(desc);
      out.declare(desc, `encode${name}`, `decode${name}`);
      out.export(desc, name, initName(name));
    }
    for (const desc of enums) out.export(desc, exportName(desc));
  }
  for (const file of files) {
    for (const message of file.messages) emitMessage(out, message, exportName(message.desc), options);
    for (const desc of file.enums) {
      out.add('', `export { ${exported(typeName(desc), exportName(desc))} } from ${literal(typePath(desc, options))};`);
    }
  }
  return out;
}

function emitMessage(out: Source, { desc }: MessageModel, own: string, options: PluginOptions): void {
  const type = out.importType(own, './models.js');
  const init = out.importType(initName(own), './models.js');
  const part = (which: Part): string => importPart(out, desc, which, options);
  const encode = out.import('encodeMessage', runtimePath('wire/codec', options));
  const decode = out.import('decodeMessage', runtimePath('wire/codec', options));
  out.add(
    '',
    `export type { ${exported(type, own)}, ${exported(init, initName(own))} };`,
    docComment(`Encodes a message like \`${own}.encode\`.`),
    `export function encode${own}(message: ${init}): Uint8Array<ArrayBuffer> {`,
    `  return ${encode}(${part('table')}, ${part('estimate')}, ${part('write')}, message);`,
    '}',
    docComment(`Decodes a message like \`${own}.decode\`.`),
    `export function decode${own}(bytes: Uint8Array): ${type} {`,
    `  return ${decode}(${part('table')}, ${part('read')}, bytes);`,
    '}',
  );
}

// generated/codec/**: the binary codec of each message, in three functions (room, write, read) and the object that offers them.

import { initName } from './emit-inits.js';
import { emitRead } from './emit-read.js';
import { emitWrite } from './emit-write.js';
import { modulePath, outputPath, runtimePath, tableName, typePath } from './generated-paths.js';
import type { MessageModel, Model } from './model.js';
import type { PluginOptions } from './plugin-options.js';
import { docComment, literal } from './quote.js';
import { Source } from './source.js';

/** What the emitters of a message share. */
export interface CodecContext {
  readonly out: Source;
  readonly options: PluginOptions;
  readonly model: Model;
  /** Imports a name of the runtime: `wire('varint', 'pos')`. */
  wire(module: string, name: string): string;
}

export function emitCodecs(model: Model, options: PluginOptions): Source[] {
  return model.files
    .filter((file) => file.messages.length > 0)
    .map((file) => {
      const out = new Source(outputPath('codec', file.desc), file.desc.proto.name);
      for (const { name, desc } of file.messages) {
        out.declare(desc, name, `likely${name}`, `write${name}`, `read${name}`);
      }
      const context: CodecContext = {
        out,
        options,
        model,
        wire: (module, name) => out.import(name, runtimePath(`wire/${module}`, options)),
      };
      for (const message of file.messages) {
        emitWrite(context, message);
        emitRead(context, message);
        emitCodec(context, message);
      }
      return out;
    });
}

function emitCodec({ out, options, wire }: CodecContext, message: MessageModel): void {
  const { name, desc } = message;
  const type = out.importType(name, typePath(desc, options), `${name}Type`);
  const init = out.importType(initName(name), modulePath('init', desc.file, options));
  // Not `Codec`: a message may be called so.
  const codec = out.importType('Codec', runtimePath('wire/create-codec', options), 'CodecOf');
  const create = wire('create-codec', 'createCodec');
  const table = out.import(tableName(desc), modulePath('table', desc.file, options));
  const check = out.import(`check${name}`, modulePath('check', desc.file, options));
  out.add(
    '',
    docComment(`Codec of ${desc.typeName}.`),
    `export const ${name}: ${codec}<${type}, ${init}, ${literal(desc.typeName)}> = /* @__PURE__ */ ${create}({ table: ${table}, likely: likely${name}, write: write${name}, read: read${name}, check: ${check} });`,
  );
}

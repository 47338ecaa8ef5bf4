// *.codec.ts: for each enum of a .proto file its table; for each message its table, four functions (estimate, write, read, check), and the
// codec that contains them.
import { CheckWriter, commandViolationNames } from './check-writer.js';
import { initName } from './emit-inits.js';
import { emitRead } from './emit-read.js';
import { emitEnumTable, emitMessageTable } from './emit-tables.js';
import { emitWrite } from './emit-write.js';
import { outputPath, runtimePath, tableName, typePath } from './generated-paths.js';
import { messagesWithRules } from './messages-with-rules.js';
import { messagesWithSeenRules } from './messages-with-seen-rules.js';
import type { FileModel, MessageModel, Model } from './model.js';
import { importPart, type Part, partName } from './parts.js';
import type { PluginOptions } from './plugin-options.js';
import { docComment, literal } from './quote.js';
import { Scope } from './rule.js';
import { Source } from './source.js';

/** Shared by the emitters of a message. */
export interface CodecContext {
  readonly out: Source;
  readonly options: PluginOptions;
  readonly model: Model;
  /** Imports a name from src/wire: `wire('varint', 'pos')`. */
  wire(module: string, name: string): string;
}

const FUNCTIONS = ['estimate', 'write', 'read', 'check'] as const satisfies readonly Part[];

export function emitCodecs(model: Model, options: PluginOptions): Source[] {
  // Plans take their place (emit-plans.ts).
  if (options.form === 'compact') return [];
  const rules = { ruled: messagesWithRules(model), seen: messagesWithSeenRules(model) };
  return model.files
    .filter(({ messages, enums }) => messages.length + enums.length > 0)
    .map((file) => emitFile(file, model, options, rules));
}

type Rules = Record<'ruled' | 'seen', ReturnType<typeof messagesWithRules>>;

function emitFile({ desc, messages, enums }: FileModel, model: Model, options: PluginOptions, { ruled, seen }: Rules): Source {
  const { settings } = model;
  const out = new Source(outputPath('codec', desc), desc.proto.name);
  for (const type of [...enums, ...messages.map((message) => message.desc)]) out.declare(type, tableName(type));
  for (const message of messages) {
    const names = FUNCTIONS.map((part) => partName(message.desc, part));
    out.declare(message.desc, message.name, ...names, ...commandViolationNames(message, settings));
  }
  for (const type of enums) emitEnumTable(out, type, settings, options);
  for (const message of messages) emitMessageTable(out, message, settings, options);
  const context: CodecContext = {
    out,
    options,
    model,
    wire: (module, name) => out.import(name, runtimePath(`wire/${module}`, options)),
  };
  const checks = new CheckWriter(new Scope(out, options), settings, ruled, seen);
  for (const message of messages) {
    emitWrite(context, message);
    emitRead(context, message);
    checks.message(message);
    emitCodec(context, message);
  }
  return out;
}

function emitCodec({ out, options, wire }: CodecContext, message: MessageModel): void {
  const { name, desc } = message;
  const type = out.importType(name, typePath(desc, options), `${name}Type`);
  const init = out.importType(initName(name), typePath(desc, options));
  // Not `Codec`: a message may be called so.
  const codec = out.importType('Codec', runtimePath('wire/codec', options), 'CodecOf');
  const create = wire('codec', 'createCodec');
  const parts = (['table', ...FUNCTIONS] as const).map((part) => `${part}: ${importPart(out, desc, part, options)}`);
  out.add(
    '',
    docComment(`Codec of ${desc.typeName}.`),
    `export const ${name}: ${codec}<${type}, ${init}, ${literal(desc.typeName)}> = /* @__PURE__ */ ${create}({ ${parts.join(', ')} });`,
  );
}

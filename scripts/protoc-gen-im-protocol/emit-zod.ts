// *.zod.ts: a zod schema for each message, created from its table and its check.
import type { DescMessage } from '@bufbuild/protobuf';
import { initName } from './emit-inits.js';
import { outputPath, runtimePath, typePath } from './generated-paths.js';
import type { MessageModel, Model } from './model.js';
import { typeName } from './names.js';
import { importPart } from './parts.js';
import type { PluginOptions } from './plugin-options.js';
import { docComment } from './quote.js';
import { Source } from './source.js';

/** Name of the schema of a message. */
const schemaName = (desc: DescMessage): string => `${typeName(desc)}Schema`;

export function emitZod({ files }: Model, options: PluginOptions): Source[] {
  if (!options.zod) return [];
  return files
    .filter((file) => file.messages.length > 0)
    .map((file) => {
      const out = new Source(outputPath('zod', file.desc), file.desc.proto.name);
      for (const { desc } of file.messages) out.declare(desc, schemaName(desc));
      for (const message of file.messages) emitSchema(out, message, options);
      return out;
    });
}

function emitSchema(out: Source, { name, desc }: MessageModel, options: PluginOptions): void {
  const schema = out.importType('MessageSchema', runtimePath('wire/zod-message', options));
  const make = out.import('message', runtimePath('wire/zod-message', options));
  const init = out.importType(initName(name), typePath(desc, options));
  const table = importPart(out, desc, 'table', options);
  const check = importPart(out, desc, 'check', options);
  out.add(
    '',
    docComment(`The zod schema of ${name}: accepts what its check accepts.`),
    `export const ${schemaName(desc)}: ${schema}<${init}> = /* @__PURE__ */ ${make}(${table}, ${check});`,
  );
}

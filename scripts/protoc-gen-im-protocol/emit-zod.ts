// generated/zod/**: a zod schema for each message, made from the same rules as its check.
import { outputPath } from './generated-paths.js';
import type { FileModel, MessageModel, Model } from './model.js';
import type { PluginOptions } from './plugin-options.js';
import { Scope } from './rule.js';
import { SchemaWriter, schemaName } from './schema-writer.js';
import { Source } from './source.js';

export function emitZod({ files, settings }: Model, options: PluginOptions): Source[] {
  if (!options.zod) return [];
  return files
    .filter((file) => file.messages.length > 0)
    .map((file) => {
      const out = new Source(outputPath('zod', file.desc), file.desc.proto.name);
      out.declare('zod', 'z');
      for (const { desc } of file.messages) out.declare(desc.typeName, schemaName(desc));
      const writer = new SchemaWriter(new Scope(out, options), settings);
      for (const message of childrenFirst(file)) writer.message(message);
      writer.scope.addConstants();
      return out;
    });
}

/** A schema is a value: it is there before those that contain it, unless they contain each other. */
function childrenFirst({ messages }: FileModel): MessageModel[] {
  const order = new Set<MessageModel>();
  const begun = new Set<MessageModel>();
  const visit = (message: MessageModel): void => {
    if (begun.has(message)) return;
    begun.add(message);
    for (const field of message.desc.fields) {
      const child = messages.find(({ desc }) => desc === field.message);
      if (child) visit(child);
    }
    order.add(message);
  };
  messages.forEach(visit);
  return [...order];
}

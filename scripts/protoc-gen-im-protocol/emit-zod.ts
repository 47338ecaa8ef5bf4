// generated/zod/**: a zod schema for each message, made from the same rules as its check.
import { modulePath } from './generated-paths.js';
import type { FileModel, MessageModel, Model } from './model.js';
import type { PluginOptions } from './plugin-options.js';
import { Scope } from './rule.js';
import { SchemaWriter } from './schema-writer.js';
import { Source } from './source.js';

export function emitZod({ files, settings }: Model, options: PluginOptions): Source[] {
  return files
    .filter((file) => file.messages.length > 0)
    .map((file) => {
      const out = new Source(modulePath('zod', file.desc).slice(2).replace(/\.js$/, '.ts'), file.desc.proto.name);
      out.add("import * as z from 'zod/mini';");
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

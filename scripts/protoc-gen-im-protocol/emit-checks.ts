// generated/check/**: for each message a function that tells which of the schema's rules it breaks. Plain straight code that makes
// nothing while all is well: no path, no text, no closure.
import { CheckWriter } from './check-writer.js';
import { outputPath } from './generated-paths.js';
import { messagesWithRules } from './messages-with-rules.js';
import { messagesWithSeenRules } from './messages-with-seen-rules.js';
import type { Model } from './model.js';
import type { PluginOptions } from './plugin-options.js';
import { Scope } from './rule.js';
import { Source } from './source.js';

export function emitChecks(model: Model, options: PluginOptions): Source[] {
  const ruled = messagesWithRules(model);
  const seen = messagesWithSeenRules(model);
  return model.files
    .filter((file) => file.messages.length > 0)
    .map((file) => {
      const out = new Source(outputPath('check', file.desc), file.desc.proto.name);
      for (const { name, desc } of file.messages) out.declare(desc, `check${name}`);
      const writer = new CheckWriter(new Scope(out, options), model.settings, ruled, seen);
      for (const message of file.messages) writer.message(message);
      writer.scope.addConstants();
      return out;
    });
}

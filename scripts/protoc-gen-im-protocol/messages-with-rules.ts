import type { DescMessage } from '@bufbuild/protobuf';
import { fieldRules } from './field-rules.js';
import { messageRules } from './message-rules.js';
import { allMessages, type MessageModel, type Model } from './model.js';
import type { Settings } from './settings.js';

/** Messages that have rules, at any depth. */
export function messagesWithRules(model: Model): ReadonlySet<DescMessage> {
  const { settings } = model;
  const messages = allMessages(model);
  const ruled = new Set(messages.filter((message) => hasOwnRules(message, settings)).map((message) => message.desc));
  for (let before = -1; before < ruled.size; ) {
    before = ruled.size;
    for (const { desc } of messages) {
      if (desc.fields.some((field) => field.message && ruled.has(field.message))) ruled.add(desc);
    }
  }
  return ruled;
}

function hasOwnRules(message: MessageModel, settings: Settings): boolean {
  if (messageRules(message, settings).length > 0) return true;
  return message.fields.some((field) => {
    const { required, whole, items, keys } = fieldRules(field, settings);
    return required || whole.length + items.length + keys.length > 0;
  });
}

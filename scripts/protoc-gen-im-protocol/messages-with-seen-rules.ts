import type { DescMessage } from '@bufbuild/protobuf';
import { fieldRules } from './field-rules.js';
import { allMessages, type FieldModel, type Model } from './model.js';
import { areIds, precheckedVarintBytes, refusedCharacters } from './seen-rules.js';
import type { Settings } from './settings.js';

/** Messages with rules that readers precheck, at any depth. */
export function messagesWithSeenRules(model: Model): ReadonlySet<DescMessage> {
  const { settings } = model;
  const messages = allMessages(model);
  const seen = new Set(messages.filter(({ fields }) => fields.some((field) => isSeen(field, settings))).map(({ desc }) => desc));
  for (let before = -1; before < seen.size; ) {
    before = seen.size;
    for (const { desc } of messages) {
      if (desc.fields.some((field) => field.message && seen.has(field.message))) seen.add(desc);
    }
  }
  return seen;
}

function isSeen(field: FieldModel, settings: Settings): boolean {
  const { whole, items, keys } = fieldRules(field, settings);
  if (areIds(field, items) || precheckedVarintBytes(field, whole) !== undefined) return true;
  return refusedCharacters([...whole, ...items, ...keys]) !== undefined;
}

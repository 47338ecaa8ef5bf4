// The tables of docs/rules.md: each rule of im/options/v1/options.proto, with what it is in buf.validate.
import type { DescField } from '@bufbuild/protobuf';
import type { DocumentedSchema } from './documented-schema.js';
import { markdownTable } from './markdown-table.js';
import { commentOf } from './reference.js';

/** By the name of an option. An option that is no rule of a value has none. */
const COUNTERPARTS: Readonly<Record<string, string>> = {
  required: '`required`; of a oneof `(buf.validate.oneof).required`',
  format: 'the rules that the format stands for',
  min: '`gte`; of an enum CEL',
  max: '`lte`; of an enum CEL',
  min_bytes: '`string.min_bytes`, `bytes.min_len`; equal to the maximum: `len_bytes`, `len`',
  max_bytes: '`string.max_bytes`, `bytes.max_len`',
  or_default: '`ignore = IGNORE_IF_ZERO_VALUE`',
  alphabet: '`string.pattern`',
  forbidden: '`string.pattern`',
  not_blank: 'CEL',
  not_in: '`string.not_in`',
  not_prefix: 'CEL',
  min_items: '`repeated.min_items`, `map.min_pairs`',
  max_items: '`repeated.max_items`, `map.max_pairs`',
  unique: '`repeated.unique`',
  items: '`repeated.items`',
  keys: '`map.keys`',
  values: '`map.values`',
  at_most_one: '`(buf.validate.message).oneof`',
  exactly_one: '`(buf.validate.message).oneof` with `required`',
  at_least_one: 'CEL',
  ascending: 'CEL',
  byte_total: 'CEL',
  command_data: 'CEL, reported at the message instead of the oneof',
  later_members: 'none: a oneof that has it is not `required`',
};

/** Options that are not checked in a value. */
const NO_RULES = ['sensitive', 'routing', 'platform', 'since', 'ignorable', 'frame_type', 'handshake'];

export function ruleTables({ optionMessages, formats, messages, settings }: DocumentedSchema): ReadonlyMap<string, string> {
  const rules = optionMessages.flatMap(({ fields }) => fields).filter(({ name }) => !NO_RULES.includes(name));
  const later = messages.flatMap(({ oneofs }) => oneofs).filter((oneof) => settings.oneof(oneof)?.laterMembers !== undefined);
  return new Map([
    ['rules', markdownTable(['rule', 'of', 'meaning', '`buf.validate`'], onceEach(rules).map(ruleRow))],
    [
      'formats',
      markdownTable(
        ['format', 'meaning'],
        formats.values.slice(1).map((value) => [`\`${value.name}\``, commentOf(value)]),
      ),
    ],
    [
      'later-members',
      markdownTable(
        ['message', 'oneof'],
        later.map(({ name, parent }) => [parent.name, `\`${name}\``]),
      ),
    ],
  ]);
}

/** `required` is a rule of fields and of oneofs. */
function onceEach(rules: readonly DescField[]): DescField[] {
  return rules.filter((rule, i) => rules.findIndex(({ name }) => name === rule.name) === i);
}

function ruleRow(rule: DescField): string[] {
  const counterpart = COUNTERPARTS[rule.name];
  if (counterpart === undefined) throw new Error(`the option ${rule.name} has no row for docs/rules.md`);
  const subject = { FieldSettings: 'a value', MessageSettings: 'a message', OneofSettings: 'a oneof' }[rule.parent.name] ?? '';
  return [`\`${rule.name}\``, subject, commentOf(rule), counterpart];
}

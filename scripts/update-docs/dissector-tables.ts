// The display filters of the Wireshark dissector, from the schema.
import { sharedFilter } from '../generate-dissector/field-table.js';
import { filterName } from '../generate-dissector/message-table.js';
import { withUsedMessages } from '../generate-dissector/schema-table.js';
import type { DocumentedSchema } from './documented-schema.js';
import { markdownTable } from './markdown-table.js';

/** The tables, by the name in their marker. */
export function dissectorTables(schema: DocumentedSchema): [string, string][] {
  return [
    ['filters', filters(schema)],
    ['shared-filters', sharedFilters(schema)],
  ];
}

function filters({ messages }: DocumentedSchema): string {
  return markdownTable(
    ['message', 'filter', 'suffixes, after a dot'],
    withUsedMessages(messages).map((message) => [
      message.name,
      `\`im.${filterName(message)}\``,
      message.fields.map(({ name }) => `\`${name}\``).join(', '),
    ]),
  );
}

function sharedFilters({ messages, settings }: DocumentedSchema): string {
  const shared = new Map<string, string[]>();
  for (const message of messages) {
    for (const field of message.fields) {
      const name = sharedFilter(field, settings.field(field));
      if (name !== undefined) shared.set(name, [...(shared.get(name) ?? []), `\`im.${filterName(message)}.${field.name}\``]);
    }
  }
  return markdownTable(
    ['filter', 'matches'],
    [...shared].map(([name, fields]) => [`\`im.${name}\``, fields.join(', ')]),
  );
}

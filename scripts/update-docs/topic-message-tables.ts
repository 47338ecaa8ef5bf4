// What docs/rocketmq.md tells of TopicMessage: its fields, and the names that are refused.
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { getComments } from '@bufbuild/protoplugin';
import type { DocumentedSchema } from './documented-schema.js';
import { type Cell, markdownTable } from './markdown-table.js';

export function topicMessageTables(schema: DocumentedSchema): [string, string][] {
  const message = schema.messages.find(({ name }) => name === 'TopicMessage');
  if (!message) throw new Error('the schema has no TopicMessage');
  return [
    ['topic-message', fields(message)],
    ['topic-limits', limits(schema, message)],
    ['topic-refused', refused(schema, message)],
  ];
}

function fields(message: DescMessage): string {
  return markdownTable(
    ['field', 'what it is'],
    message.fields.map((field): Cell[] => [`\`${field.name}\``, comment(field)]),
  );
}

/** The constants that stand beside TopicMessage, and the rule that spans its fields. */
function limits({ settings }: DocumentedSchema, message: DescMessage): string {
  const rows = (settings.file(message.file)?.constants ?? []).map(({ name, values, meaning }): Cell[] => [
    meaning,
    `${values[0]}`,
    `\`${name}\``,
  ]);
  const total = settings.message(message)?.byteTotal;
  if (total)
    rows.push([
      `The most bytes of ${total.fields.join(', ')} together, in UTF-8, keys and values of properties included.`,
      total.maxBytes,
      ' ',
    ]);
  for (const { field, maxItems, maxBytes } of bounded(message)) {
    rows.push([`The most ${maxItems ? 'entries' : 'bytes'} of \`${field}\`.`, maxItems ?? maxBytes, ' ']);
  }
  return markdownTable(['limit', 'figure', 'constant'], rows);

  function bounded(of: DescMessage): { field: string; maxItems: number | undefined; maxBytes: number | undefined }[] {
    return of.fields.flatMap((field) => {
      const { maxItems, maxBytes } = settings.field(field) ?? {};
      return maxItems || maxBytes ? [{ field: field.name, maxItems, maxBytes }] : [];
    });
  }
}

function refused({ settings }: DocumentedSchema, message: DescMessage): string {
  const topic = settings.field(message.field.topic);
  const key = settings.field(message.field.properties)?.keys;
  const rows: Cell[][] = [
    ['topic', 'is', names(topic?.notIn)],
    ['topic', 'begins with', names(topic?.notPrefix)],
    ['property', 'is', names(key?.notIn)],
    ['property', 'begins with', names(key?.notPrefix)],
  ];
  return markdownTable(['a name of a', 'that', 'is refused'], rows);
}

function names(list: readonly string[] | undefined): string {
  return (list ?? []).map((name) => `\`${name}\``).join(', ');
}

function comment(field: DescField): string {
  return (getComments(field).leading ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
}

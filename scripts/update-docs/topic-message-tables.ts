// The tables of docs/rocketmq.md: the fields of TopicMessage, its limits, and the refused names.
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
    ['field', 'meaning'],
    message.fields.map((field): Cell[] => [`\`${field.name}\``, comment(field)]),
  );
}

/** The constants in the file of TopicMessage, and the limits of its fields. */
function limits({ settings }: DocumentedSchema, message: DescMessage): string {
  const rows = (settings.file(message.file)?.constants ?? []).map(({ name, values, meaning }): Cell[] => [
    meaning,
    `${values[0]}`,
    `\`${name}\``,
  ]);
  const total = settings.message(message)?.byteTotal;
  if (total)
    rows.push([
      `Maximum total size of ${total.fields.join(', ')} in UTF-8, including keys and values of properties, in bytes.`,
      total.maxBytes,
      ' ',
    ]);
  for (const { field, maxItems, maxBytes } of bounded(message)) {
    rows.push([
      maxItems ? `Maximum number of elements of \`${field}\`.` : `Maximum size of \`${field}\`, in bytes.`,
      maxItems ?? maxBytes,
      ' ',
    ]);
  }
  return markdownTable(['limit', 'value', 'constant'], rows);

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
    ['topic', 'equal to', names(topic?.notIn)],
    ['topic', 'with the prefix', names(topic?.notPrefix)],
    ['property', 'equal to', names(key?.notIn)],
    ['property', 'with the prefix', names(key?.notPrefix)],
  ];
  return markdownTable(['name of a', 'refused if', 'names'], rows);
}

function names(list: readonly string[] | undefined): string {
  return (list ?? []).map((name) => `\`${name}\``).join(', ');
}

function comment(field: DescField): string {
  return (getComments(field).leading ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
}

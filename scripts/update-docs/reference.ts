// The models and enums of docs/reference.md, from the comments and the rules of the schema.
import {
  type AnyDesc,
  type DescEnum,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescOneof,
  ScalarType,
} from '@bufbuild/protobuf';
import { getComments } from '@bufbuild/protoplugin';
import { ruleSummary } from '../protoc-gen-im-protocol/rule-summary.js';
import type { MessageSettings } from '../protoc-gen-im-protocol/settings.js';
import type { DocumentedSchema } from './documented-schema.js';
import { type Cell, markdownTable } from './markdown-table.js';

/** A section per message: first the payloads of frames, by type. */
export function modelsReference(schema: DocumentedSchema): string {
  const typeOf = (message: DescMessage): number => schema.settings.message(message)?.frameType || Number.POSITIVE_INFINITY;
  const sorted = [...schema.messages].sort((a, b) => typeOf(a) - typeOf(b) || (a.name < b.name ? -1 : 1));
  return sorted.map((message) => messageSection(message, schema)).join('\n\n');
}

/** A section per enum, except commands and errors, which have their own tables. */
export function enumsReference({ enums, settings }: DocumentedSchema): string {
  const plain = enums.filter(({ values }) =>
    values.every((value) => {
      const { command, error } = settings.value(value) ?? {};
      return command === undefined && error === undefined;
    }),
  );
  return plain
    .map((one) => {
      const rows = one.values.map((value): Cell[] => [
        value.number,
        value.localName,
        settings.value(value)?.legacyCode,
        commentOf(value),
      ]);
      return `### ${one.name}\n\n${commentOf(one)}\n\n${markdownTable(['number', 'name', 'legacy number', 'meaning'], rows)}`;
    })
    .join('\n\n');
}

function messageSection(message: DescMessage, schema: DocumentedSchema): string {
  const declared: Partial<MessageSettings> = schema.settings.message(message) ?? {};
  const { frameType = 0, atMostOne = [], atLeastOne = [], exactlyOne = [], ascending = [], byteTotal } = declared;
  const lines = [`### ${message.name}`, commentOf(message)];
  if (frameType > 0) lines.push(`Frame type ${frameType}.`);
  const rows = message.fields.map((field): Cell[] => [
    field.number,
    field.name,
    typeText(field),
    [field.oneof && `of ${field.oneof.name}`, ruleSummary(field, schema.settings)].filter(Boolean).join('; '),
    commentOf(field),
  ]);
  lines.push(markdownTable(['number', 'field', 'type', 'rules', 'meaning'], rows));
  const notes = [
    ...message.oneofs.flatMap((oneof) => oneofNote(oneof, schema)),
    ...atMostOne.map(({ fields }) => `At most one of ${names(fields)} is set.`),
    ...atLeastOne.map(({ fields }) => `At least one of ${names(fields)} is set.`),
    ...ascending.map(({ fields }) => `${names(fields)} do not decrease in this order.`),
    ...exactlyOne.map(({ fields }) => `Exactly one of ${names(fields)} is set.`),
    ...(byteTotal ? [`The total size of ${names(byteTotal.fields)} is at most ${byteTotal.maxBytes} bytes.`] : []),
  ];
  if (notes.length > 0) lines.push(notes.join(' '));
  return lines.filter((text) => text !== '').join('\n\n');
}

function oneofNote(oneof: DescOneof, { settings }: DocumentedSchema): string[] {
  const { required = false, commandData, laterMembers } = settings.oneof(oneof) ?? {};
  return [
    ...(required ? [`Exactly one member of \`${oneof.name}\` is set.`] : []),
    ...(commandData ? [`\`${commandData.command}\` determines which member of \`${oneof.name}\` is set.`] : []),
    ...(laterMembers
      ? [
          `Unknown fields ${laterMembers.first} to ${laterMembers.last} count as members of \`${oneof.name}\` that a later version added.`,
        ]
      : []),
  ];
}

function names(fields: readonly string[]): string {
  return fields.map((name) => `\`${name}\``).join(', ');
}

/** `repeated sfixed64`, `map<string, string>`, `Content`. */
function typeText(field: DescField): string {
  switch (field.fieldKind) {
    case 'map':
      return `map<${scalarName(field.mapKey)}, ${field.mapKind === 'scalar' ? scalarName(field.scalar) : nameOf(field)}>`;
    case 'list':
      return `repeated ${field.listKind === 'scalar' ? scalarName(field.scalar) : nameOf(field)}`;
    case 'scalar':
      return scalarName(field.scalar);
    default:
      return nameOf(field);
  }
}

function nameOf({
  message,
  enum: type,
}: {
  readonly message?: DescMessage | undefined;
  readonly enum?: DescEnum | undefined;
}): string {
  return message?.name ?? type?.name ?? '';
}

function scalarName(type: ScalarType): string {
  return ScalarType[type].toLowerCase();
}

/** The comment above a declaration, on one line. */
export function commentOf(desc: Exclude<AnyDesc, DescFile>): string {
  return (getComments(desc).leading ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
}

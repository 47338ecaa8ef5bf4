// The tables of the pages, by the name in their marker. Facts and texts come from the options and comments of the schema.
import type { DescEnumValue, DescMessage } from '@bufbuild/protobuf';
import type { FileSettings } from '../protoc-gen-im-protocol/settings.js';
import { dissectorTables } from './dissector-tables.js';
import type { DocumentedSchema } from './documented-schema.js';
import { legacyTables } from './legacy-tables.js';
import { type Cell, markdownTable } from './markdown-table.js';
import { commentOf, enumsReference, modelsReference } from './reference.js';
import { ruleTables } from './rule-tables.js';
import { topicMessageTables } from './topic-message-tables.js';

type Constant = FileSettings['constants'][number];

export function createTables(schema: DocumentedSchema): ReadonlyMap<string, string> {
  return new Map([
    ['frame-types', frameTypes(schema)],
    ['commands', commands(schema)],
    ['errors', errors(schema)],
    ['constants', constants(schema)],
    ['models', modelsReference(schema)],
    ['enums', enumsReference(schema)],
    ...ruleTables(schema),
    ...topicMessageTables(schema),
    ...dissectorTables(schema),
    ...legacyTables(),
  ]);
}

function frameTypes(schema: DocumentedSchema): string {
  const { messages, settings } = schema;
  const last = constant('ASSIGNED_VERSIONS_END', schema) - 1;
  const frames = messages.flatMap((message) => {
    const { frameType = 0, handshake = false, since = 0 } = settings.message(message) ?? {};
    return frameType > 0 ? [{ frameType, handshake, since: since || 1, message }] : [];
  });
  frames.sort((a, b) => a.frameType - b.frameType);
  return markdownTable(
    ['type', 'message', 'version byte', 'meaning'],
    frames.map(({ frameType, handshake, since, message }) => [
      frameType,
      message.name,
      handshake ? '0' : `${since} to ${last}`,
      firstSentence(message),
    ]),
  );
}

function commands({ enums, settings }: DocumentedSchema): string {
  const head = [
    'number',
    'command',
    'sent by',
    'reply',
    '`data` in a SendInfo',
    'between services',
    '`data` in a SendResult',
    'legacy number',
  ];
  const rows = enums
    .flatMap((all) => all.values)
    .flatMap((value): Cell[][] => {
      const { command, legacyCode } = settings.value(value) ?? {};
      if (!command) return [];
      const inResult = command.resultWithoutData ? 'none' : either([...command.data, 'none']);
      const between = command.betweenServices ? 'yes' : 'no';
      const senders = [...(command.fromClient ? ['client'] : []), ...(command.fromServer ? ['server'] : [])];
      const sentBy = senders.join(', ') || 'replies only';
      return [
        [
          value.number,
          value.localName,
          sentBy,
          command.reply,
          either(command.data),
          between,
          between === 'yes' ? inResult : '',
          legacyCode,
        ],
      ];
    });
  for (const { applicationFrom, applicationData } of enums.flatMap((all) => settings.enum(all) ?? [])) {
    if (applicationFrom === 0 || applicationData === '') continue;
    const data = either([applicationData, 'none']);
    rows.push([`${applicationFrom} and up`, 'applications', 'client, server', 'the same command', data, 'yes', data]);
  }
  return markdownTable(head, rows);
}

function errors(schema: DocumentedSchema): string {
  const { enums, settings } = schema;
  const closeCodeBase = constant('CLOSE_CODE_BASE', schema);
  const row = (value: DescEnumValue): Cell[][] => {
    const error = settings.value(value)?.error;
    if (!error) return [];
    const { closes, reconnect, retry, local } = error;
    return [[value.number, value.localName, closeCodeBase + value.number, closes, reconnect, retry, local, commentOf(value)]];
  };
  return markdownTable(
    ['number', 'code', 'WebSocket close code', 'closes', 'client may reconnect', 'request may be retried', 'local', 'meaning'],
    enums.flatMap((all) => all.values).flatMap(row),
  );
}

function constants(schema: DocumentedSchema): string {
  const { files, settings, featuresMeaning } = schema;
  const rows = constantsOf(schema).map(({ name, values, meaning }): Cell[] => [name, valueText(name, values), meaning]);
  const features = files.flatMap((file) => settings.file(file)?.features ?? []);
  rows.push(['FEATURES', features.join(', '), commentOf(featuresMeaning)]);
  return markdownTable(['constant', 'value', 'meaning'], rows);
}

function constantsOf({ files, settings }: DocumentedSchema): readonly Constant[] {
  return files.flatMap((file) => settings.file(file)?.constants ?? []);
}

function constant(name: string, schema: DocumentedSchema): number {
  const found = constantsOf(schema).find((candidate) => candidate.name === name);
  if (!found) throw new Error(`the schema has no constant ${name}`);
  return Number(found.values[0]);
}

/** Flags in hexadecimal, everything else in decimal. */
function valueText(name: string, values: readonly bigint[]): string {
  const isFlags = /(^|_)FLAGS?(_|$)/.test(name);
  return values.map((value) => (isFlags ? `0x${value.toString(16).toUpperCase().padStart(4, '0')}` : String(value))).join(', ');
}

function firstSentence(desc: DescMessage): string {
  return commentOf(desc).replace(/(?<=\.) .*/, '');
}

/** `login or session` */
function either(names: readonly string[]): string {
  return names.join(' or ');
}

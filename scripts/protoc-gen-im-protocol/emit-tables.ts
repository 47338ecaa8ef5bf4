// The table of a message or enum: a description as data (src/wire/table.ts).
import type { DescEnum, DescEnumValue, DescField, DescMessage } from '@bufbuild/protobuf';
import { runtimePath, tableName, typePath } from './generated-paths.js';
import type { FieldModel, MessageModel } from './model.js';
import { enumPrefix, memberName, typeName } from './names.js';
import { importEnumTable, importPart } from './parts.js';
import type { PluginOptions } from './plugin-options.js';
import { literal, propertyKey } from './quote.js';
import { schemaError } from './schema-error.js';
import type { Settings } from './settings.js';
import type { Source } from './source.js';

/** Writes the table of an enum. */
export function emitEnumTable(out: Source, desc: DescEnum, settings: Settings, options: PluginOptions): void {
  const prefix = enumPrefix(desc);
  if (!desc.values.every((value) => value.name === prefix + memberName(value))) {
    emitWholeEnum(out, desc, settings, options);
    return;
  }
  const table = out.importType('EnumTable', runtimePath('wire/table', options));
  const make = out.import('enumTable', runtimePath('wire/table', options));
  const members = out.import(typeName(desc), typePath(desc, options));
  const versions = Object.entries(versionsOf(desc, settings)).map(([name, entry]) => `${name}: ${entry}`);
  out.add(
    '',
    `export const ${tableName(desc)}: ${table} = /* @__PURE__ */ ${make}(${literal(desc.typeName)}, ${literal(prefix)}, ${members}${versions.length > 0 ? `, { ${versions.join(', ')} }` : ''});`,
  );
}

/** The number of an enum value as a property. */
const numberKey = (number: number): string => (number < 0 ? `[${number}]` : String(number));

/** The versions of an enum's values, and the values for older peers, as entries of its table. */
function versionsOf(desc: DescEnum, settings: Settings): { since?: string; ignorable?: string; older?: string } {
  const later = desc.values.filter((v) => (settings.value(v)?.since ?? 0) > 1);
  const ignorable = later.filter((v) => settings.value(v)?.ignorable);
  const older = later.flatMap((v) => {
    const name = settings.value(v)?.olderValue ?? '';
    return name === '' ? [] : [`${numberKey(v.number)}: ${olderNumber(v, name)}`];
  });
  return {
    ...(later.length > 0 && {
      since: `{ ${later.map((v) => `${numberKey(v.number)}: ${settings.value(v)?.since}`).join(', ')} }`,
    }),
    ...(ignorable.length > 0 && { ignorable: `[${ignorable.map((v) => v.number).join(', ')}]` }),
    ...(older.length > 0 && { older: `{ ${older.join(', ')} }` }),
  };
}

export function olderNumber(value: DescEnumValue, name: string): number {
  const older = value.parent.values.find(({ localName }) => localName === name);
  if (older === undefined) throw schemaError(value.parent, `${value.name} names the older value ${name}, which is none`);
  return older.number;
}

/** An enum whose values have no common prefix. */
function emitWholeEnum(out: Source, desc: DescEnum, settings: Settings, options: PluginOptions): void {
  const first = new Map<number, string>();
  const aliases: string[] = [];
  for (const value of desc.values) {
    if (first.has(value.number)) aliases.push(`${propertyKey(value.name)}: ${value.number}`);
    else first.set(value.number, value.name);
  }
  const { since, ignorable, older } = versionsOf(desc, settings);
  out.add(
    '',
    `export const ${tableName(desc)}: ${out.importType('EnumTable', runtimePath('wire/table', options))} = {`,
    `  name: ${literal(desc.typeName)},`,
    '  values: {',
    ...[...first].map(([number, name]) => `    ${numberKey(number)}: ${literal(name)},`),
    '  },',
  );
  if (aliases.length > 0) out.add(`  aliases: { ${aliases.join(', ')} },`);
  if (since) out.add(`  since: ${since},`);
  if (ignorable) out.add(`  ignorable: ${ignorable},`);
  if (older) out.add(`  older: ${older},`);
  out.add('};');
}

/** Writes the table of a message. */
export function emitMessageTable(out: Source, message: MessageModel, settings: Settings, options: PluginOptions): void {
  const since = settings.message(message.desc)?.since ?? 0;
  const newest = newestIn(message.desc, settings);
  out.add(
    '',
    `export const ${tableName(message.desc)}: ${out.importType('MessageTable', runtimePath('wire/table', options))} = {`,
    `  name: ${literal(message.desc.typeName)},`,
    ...(since > 1 ? [`  since: ${since},`] : []),
    ...(newest > 1 ? [`  newest: ${newest},`] : []),
    '  fields: [',
    ...message.fields.map((field) => `    { ${fieldEntries(out, field, settings, options).join(', ')} },`),
    '  ],',
    '};',
  );
}

function fieldEntries(out: Source, field: FieldModel, settings: Settings, options: PluginOptions): string[] {
  const { desc, name, oneof, kind, type, key } = field;
  const entries = [`number: ${desc.number}`, `name: ${literal(name)}`];
  if (desc.name !== snakeCase(name)) entries.push(`proto: ${literal(desc.name)}`);
  if (desc.jsonName !== name) entries.push(`json: ${literal(desc.jsonName)}`);
  if (oneof !== undefined) entries.push(`oneof: ${literal(oneof)}`);
  if (kind !== 'one') entries.push(`kind: '${kind}'`);
  entries.push(`type: '${type.kind === 'scalar' ? type.scalar : type.kind}'`);
  if (key?.kind === 'scalar') entries.push(`key: '${key.scalar}'`);
  if (type.kind === 'enum') entries.push(`enum: () => ${importEnumTable(out, type.enum, options)}`);
  if (type.kind === 'message') entries.push(`message: () => ${importPart(out, type.message, 'table', options)}`);
  if (desc.proto.proto3Optional) entries.push('optional: true');
  const { sensitive, items, keys, values, routing, since = 0, ignorable, platform } = settings.field(desc) ?? {};
  // A list or map is redacted as a whole.
  if (sensitive || items?.sensitive || keys?.sensitive || values?.sensitive) entries.push('sensitive: true');
  if (routing) entries.push('routing: true');
  if (since > 1) entries.push(`since: ${since}`);
  if (ignorable) entries.push('ignorable: true');
  if (platform) entries.push('platform: true');
  return entries;
}

/** The same conversion as in src/json/enum-json.ts. A name that follows from it is not in the table. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

/**
 * The newest `since` of anything in a message, at any depth, that makes a frame of an older version impossible, so that the check of a
 * downgrade can skip all else. An ignorable field does not count, nor does its content, unless that is newer than the field.
 * @param floor only what is newer counts.
 * @param seen the lowest floor with which each message was visited.
 */
export function newestIn(desc: DescMessage, settings: Settings, floor = 1, seen = new Map<DescMessage, number>()): number {
  if ((seen.get(desc) ?? Number.POSITIVE_INFINITY) <= floor) return 0;
  seen.set(desc, floor);
  const above = (least: number, since = 0, ignorable = false): number => (ignorable || since <= least ? 0 : since);
  const ofField = (field: DescField): number[] => {
    const { since = 0, ignorable } = settings.field(field) ?? {};
    const inner = ignorable ? Math.max(floor, since) : floor;
    return [
      above(floor, since, ignorable),
      ...(field.enum?.values.map((v) => above(inner, settings.value(v)?.since, settings.value(v)?.ignorable)) ?? []),
      field.message ? newestIn(field.message, settings, inner, seen) : 0,
    ];
  };
  return Math.max(above(floor, settings.message(desc)?.since), ...desc.fields.flatMap(ofField));
}

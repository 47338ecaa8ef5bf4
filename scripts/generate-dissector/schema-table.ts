// The schema as a Lua table.
import type { DescEnum, DescMessage } from '@bufbuild/protobuf';
import { foreignProtocol } from '../../src/frame/framing-error.js';
import type { DocumentedSchema } from '../update-docs/documented-schema.js';
import { characterRanges } from './character-ranges.js';
import type { LuaTable, LuaValue } from './lua-literal.js';
import { messageTable } from './message-table.js';

/** @param messages the messages of the protocol, and others that its fields use. */
export function schemaTable({ settings, files, enums }: DocumentedSchema, messages: readonly DescMessage[]): LuaTable {
  const constants = files.flatMap((file) => settings.file(file)?.constants ?? []);
  const commands = enums.find((desc) => settings.enum(desc)?.applicationFrom);
  const errors = enums.find((desc) => desc.values.some((value) => settings.value(value)?.error));
  if (!commands || !errors) throw new Error('the schema has no commands or no errors');
  return {
    constants: Object.fromEntries(constants.map(({ name, values }) => [name, values.length === 1 ? values[0] : values])),
    errors: valueNames(errors, (number) => number > 0),
    firstApplicationCommand: settings.enum(commands)?.applicationFrom,
    enums: Object.fromEntries(enums.map((desc) => [desc.typeName, valueNames(desc)])),
    messages: Object.fromEntries(messages.map((desc) => [desc.typeName, messageTable(desc, settings)])),
    foreignProtocols: foreignProtocols(),
    whiteSpace: { ranges: characterRanges((character) => character.trim() === '') },
  };
}

/** The names of an enum's values, without its prefix. */
function valueNames(desc: DescEnum, isWanted = (_: number): boolean => true): LuaValue {
  const values = desc.values.filter(({ number }) => isWanted(number));
  return new Map(values.map(({ number, localName }) => [number, localName]));
}

/** Other protocols by the first byte of a stream. */
function foreignProtocols(): LuaValue {
  const unknown = foreignProtocol(1);
  const known = Array.from({ length: 256 }, (_, byte): [number, string] => [byte, foreignProtocol(byte)]);
  return new Map(known.filter(([, text]) => text !== unknown));
}

/** `messages` and the messages that their fields use, at any depth. */
export function withUsedMessages(messages: readonly DescMessage[]): DescMessage[] {
  const all = new Set(messages);
  for (const message of all) {
    for (const field of message.fields) if (field.message) all.add(field.message);
  }
  return [...all];
}

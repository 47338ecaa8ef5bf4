// The Lua table of a message, for the modules in wireshark/src/.
import type { DescField, DescMessage, DescOneof } from '@bufbuild/protobuf';
import type { MessageSettings, Settings } from '../protoc-gen-im-protocol/settings.js';
import { commandTable } from './command-table.js';
import { fieldTable, firstSentence } from './field-table.js';
import type { LuaTable, LuaValue } from './lua-literal.js';

export function messageTable(desc: DescMessage, settings: Settings): LuaTable {
  const declared: Partial<MessageSettings> = settings.message(desc) ?? {};
  const {
    frameType = 0,
    handshake = false,
    since = 0,
    atMostOne = [],
    atLeastOne = [],
    exactlyOne = [],
    ascending = [],
    byteTotal,
  } = declared;
  const fields = [...desc.fields].sort((a, b) => a.number - b.number);
  const numbers = (names: readonly string[]): number[] => names.map((name) => fieldNamed(desc, name).number);
  return {
    name: desc.name,
    filter: filterName(desc),
    doc: firstSentence(desc),
    type: frameType || undefined,
    handshake: frameType ? handshake : undefined,
    since: frameType ? since || 1 : undefined,
    fields: new Map(fields.map((field) => [field.number, fieldTable(field, settings)])),
    oneofs: Object.fromEntries(desc.oneofs.map((oneof) => [oneof.name, oneofTable(oneof, settings)])),
    atMostOne: atMostOne.map((group) => numbers(group.fields)),
    atLeastOne: atLeastOne.map((group) => numbers(group.fields)),
    ascending: ascending.map((group) => numbers(group.fields)),
    exactlyOne: exactlyOne.map((group) => numbers(group.fields)),
    byteTotal: byteTotal && { fields: numbers(byteTotal.fields), max: byteTotal.maxBytes },
  };
}

/** The name of a message in display filters: `private_message`. */
export function filterName({ name }: DescMessage): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (capital) => `_${capital}`).toLowerCase();
}

function oneofTable(oneof: DescOneof, settings: Settings): LuaValue {
  const { required, laterMembers, commandData } = settings.oneof(oneof) ?? {};
  return {
    name: oneof.name,
    members: oneof.fields.map((field) => field.number),
    required: required || undefined,
    later: laterMembers && [laterMembers.first, laterMembers.last],
    command: commandData && commandTable(oneof, fieldNamed(oneof.parent, commandData.command), commandData, settings),
  };
}

function fieldNamed(desc: DescMessage, name: string): DescField {
  const field = desc.fields.find((candidate) => candidate.name === name);
  if (!field) throw new Error(`${desc.toString()}: its rules refer to an unknown field ${name}`);
  return field;
}

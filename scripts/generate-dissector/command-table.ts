// The members of a oneof that each command carries, by the option command_data.
import type { DescField, DescOneof } from '@bufbuild/protobuf';
import type { CommandData, CommandSettings, Settings } from '../protoc-gen-im-protocol/settings.js';
import type { LuaTable } from './lua-literal.js';

type DataSettings = Pick<CommandSettings, 'data' | 'betweenServices' | 'resultWithoutData'>;

/** 0 is not a command and carries no data. */
const NOTHING: DataSettings = { data: [], betweenServices: true, resultWithoutData: true };

export function commandTable(oneof: DescOneof, field: DescField, data: CommandData, settings: Settings): LuaTable {
  const commands = field.enum;
  if (!commands) throw new Error(`${oneof.toString()}: command_data refers to ${field.name}, which is not an enum field`);
  const known = commands.values.flatMap((value): [number, LuaTable][] => {
    const { command = value.number === 0 ? NOTHING : undefined, since = 0 } = settings.value(value) ?? {};
    return command ? [[value.number, { ...carried(value.localName, command, data, oneof), since: since || 1 }]] : [];
  });
  const { applicationData = '' } = settings.enum(commands) ?? {};
  return {
    field: field.number,
    replyTo: oneof.parent.fields.find(({ name }) => name === data.replyTo)?.number,
    known: new Map(known),
    application: { ...allowed('a command of an application', members(oneof, [applicationData]), true), since: 1 },
  };
}

function carried(name: string, command: DataSettings, data: CommandData, oneof: DescOneof): LuaTable {
  // Only commands between services occur here.
  if (data.betweenServices && !command.betweenServices) {
    const reply = data.replyTo === '' ? undefined : allowed(name, members(oneof, command.data), command.data.length === 0);
    return { members: {}, none: false, text: `${name} does not go between services`, reply };
  }
  // The oneof with optional data is that of SendResult.
  const own = data.optional && command.resultWithoutData ? [] : members(oneof, command.data);
  return allowed(name, own, data.optional || command.data.length === 0);
}

function members(oneof: DescOneof, names: readonly string[]): DescField[] {
  return oneof.fields.filter((field) => names.includes(field.name));
}

function allowed(command: string, own: readonly DescField[], none: boolean): LuaTable {
  const names = [...own.map((field) => field.jsonName), ...(none ? ['nothing'] : [])];
  return {
    members: new Map(own.map((field) => [field.number, true])),
    none,
    text: names.length === 0 ? `${command} has no data here` : `${command} carries ${names.join(' or ')}`,
  };
}

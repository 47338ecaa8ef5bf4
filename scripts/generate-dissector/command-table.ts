// Which members of a oneof each command carries: "Ties a oneof to the command of its message".
import type { DescField, DescOneof } from '@bufbuild/protobuf';
import type { CommandData, CommandSettings, Settings } from '../protoc-gen-im-protocol/settings.js';
import type { LuaTable } from './lua-literal.js';

type DataSettings = Pick<CommandSettings, 'data' | 'betweenServices' | 'resultWithoutData'>;

/** 0 is no command: without data it is none, with data it is a mismatch. */
const NOTHING: DataSettings = { data: [], betweenServices: true, resultWithoutData: true };

export function commandTable(oneof: DescOneof, field: DescField, data: CommandData, settings: Settings): LuaTable {
  const commands = field.enum;
  if (!commands) throw new Error(`${oneof.toString()}: command_data names ${field.name}, which is no enum field`);
  const known = commands.values.flatMap((value): [number, LuaTable][] => {
    const command = settings.value(value)?.command ?? (value.number === 0 ? NOTHING : undefined);
    return command ? [[value.number, carried(value.localName, command, data, oneof)]] : [];
  });
  const { applicationData = '' } = settings.enum(commands) ?? {};
  return {
    field: field.number,
    replyTo: oneof.parent.fields.find(({ name }) => name === data.replyTo)?.number,
    known: new Map(known),
    application: allowed('a command of an application', members(oneof, [applicationData]), true),
  };
}

function carried(name: string, command: DataSettings, data: CommandData, oneof: DescOneof): LuaTable {
  // "Only commands that go between the services occur here."
  if (data.betweenServices && !command.betweenServices) {
    const reply = data.replyTo === '' ? undefined : allowed(name, members(oneof, command.data), command.data.length === 0);
    return { members: {}, none: false, text: `${name} does not go between services`, reply };
  }
  // "A SendResult for the command carries no data": the oneof whose data is optional is that of the result.
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

// Which data each command carries, in CEL. It says what the functions of ../command-data.ts compute.
import type { FieldModel, MessageModel, OneofModel } from '../model.js';
import type { CommandData, CommandSettings, Settings } from '../settings.js';
import { celField, celHas, celNumbers, celRule } from './cel.js';
import type { TextMessage } from './text-format.js';

type DataSettings = Pick<CommandSettings, 'data' | 'betweenServices' | 'resultWithoutData'>;

/** 0 is not a command, and carries nothing. */
const NOTHING: DataSettings = { data: [], betweenServices: true, resultWithoutData: true };

/** A command of the schema, with the members of the oneof that it may carry. */
interface Command {
  readonly number: number;
  readonly members: readonly string[];
  readonly mayBeEmpty: boolean;
  /** It occurs only in replies, or never. */
  readonly isForeign: boolean;
}

export function commandDataRule(message: MessageModel, oneof: OneofModel, data: CommandData, settings: Settings): TextMessage {
  const field = message.fields.find(({ desc }) => desc.name === data.command);
  const reply = message.fields.find(({ desc }) => desc.name === data.replyTo);
  // Both were found by the rule for our own check.
  if (field?.type.kind !== 'enum') throw new Error(`${data.command} is not an enum`);
  const commands = commandsOf(field.type.enum.values, oneof, data, settings);
  const { applicationFrom = 0, applicationData = '' } = settings.enum(field.type.enum) ?? {};
  const command = celField(field.desc);
  const numbersOf = (those: (command: Command) => boolean): number[] => commands.filter(those).map(({ number }) => number);
  const foreign = numbersOf(({ isForeign }) => isForeign);
  const isReply = reply === undefined ? undefined : celHas(reply.desc);
  const needing = numbersOf(({ mayBeEmpty }) => !mayBeEmpty);
  const isCarried = ({ desc }: FieldModel): boolean => commands.some(({ members }) => members.includes(desc.name));
  const known = [
    ...(foreign.length === 0 ? [] : [either(`!(${command} in ${celNumbers(foreign)})`, isReply)]),
    ...(needing.length === 0
      ? []
      : [either(`!(${command} in ${celNumbers(needing)})`, ...oneof.fields.filter(isCarried).map(({ desc }) => celHas(desc)))]),
    // Members of no command last: CEL in Java fails for an Any of an unknown type.
    ...[...oneof.fields.filter(isCarried), ...oneof.fields.filter((field) => !isCarried(field))].map(({ desc }) => {
      const carrying = numbersOf(({ members }) => members.includes(desc.name));
      return carrying.length === 0 ? `!${celHas(desc)}` : `(!${celHas(desc)} || ${command} in ${celNumbers(carrying)})`;
    }),
  ];
  const others = oneof.fields.filter(({ desc }) => desc.name !== applicationData).map(({ desc }) => `!${celHas(desc)}`);
  // What is not listed is unknown to this version, and carries anything.
  const unknown =
    applicationFrom > 0 ? `${command} < ${applicationFrom}${others.length > 0 ? ` || (${others.join(' && ')})` : ''}` : 'true';
  const numbers = celNumbers(commands.map(({ number }) => number));
  const expression = `${command} in ${numbers} ? ${known.join(' && ') || 'true'} : ${unknown}`;
  return celRule('command_data', `${oneof.desc.name} must be that of ${data.command}`, expression);
}

function either(...conditions: (string | undefined)[]): string {
  const all = conditions.filter((condition) => condition !== undefined);
  return all.length === 1 ? all[0] : `(${all.join(' || ')})`;
}

function commandsOf(
  values: readonly Parameters<Settings['value']>[0][],
  oneof: OneofModel,
  { betweenServices, optional }: CommandData,
  settings: Settings,
): Command[] {
  const commands = new Map<number, Command>();
  for (const value of values) {
    const command = settings.value(value)?.command ?? (value.number === 0 ? NOTHING : undefined);
    if (command === undefined || commands.has(value.number)) continue;
    const isForeign = betweenServices && !command.betweenServices;
    // In a reply, the rules are those of the command alone.
    const carried = !isForeign && optional && command.resultWithoutData ? [] : command.data;
    commands.set(value.number, {
      number: value.number,
      members: oneof.fields.map(({ desc }) => desc.name).filter((name) => carried.includes(name)),
      mayBeEmpty: (!isForeign && optional) || command.data.length === 0,
      isForeign,
    });
  }
  return [...commands.values()];
}

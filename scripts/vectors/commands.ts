// commands.json: every command with each member of the data, and with none, wherever a command occurs, as far as version 1 has no vector for it.
import type { DescEnumValue, DescField, DescMessage, DescOneof } from '@bufbuild/protobuf';
import type { Vector } from '../../test/vectors/vector.js';
import { isNewField, isNewMessage, kebab } from './newer.js';
import { join, MESSAGES, placed } from './place.js';
import { APPLICATION_DATA, APPLICATION_FROM, COMMANDS, fieldOf, minimal, settings, valueFor } from './values.js';
import { accepted, refused } from './write-vector.js';

/** One that no version has, the last of the platform, the first of applications. */
const UNNAMED = [900, APPLICATION_FROM - 1, APPLICATION_FROM];

export function commandVectors(): Vector[] {
  return MESSAGES.flatMap((desc) =>
    desc.oneofs.filter((oneof) => settings.oneof(oneof)?.commandData).flatMap((oneof) => ofCarrier(desc, oneof)),
  );
}

function ofCarrier(desc: DescMessage, oneof: DescOneof): Vector[] {
  const { replyTo } = settings.oneof(oneof)!.commandData!;
  const numbers = [...COMMANDS.values.map(({ number }) => number).filter((number) => number > 0), ...UNNAMED];
  return [...(replyTo === '' ? [false] : [false, true])].flatMap((isReply) =>
    numbers.flatMap((number) =>
      [undefined, ...oneof.fields]
        .filter((member) => isReply || isNew(number, member, desc))
        .filter((member) => !isReply || isAlone(number, member))
        .map((member) => vectorOf(desc, oneof, number, member, isReply)),
    ),
  );
}

/** Of replies, the requests that only a reply answers and what cannot be one: the rest is as without reply_to. */
function isAlone(number: number, member: DescField | undefined): boolean {
  const command = commandOf(number);
  return command === undefined ? member === undefined : member === undefined || command.data.includes(member.name);
}

function isNew(number: number, member: DescField | undefined, desc: DescMessage): boolean {
  const value: DescEnumValue | undefined = COMMANDS.value[number];
  const isNewCommand =
    value === undefined ? number !== APPLICATION_FROM || member === undefined : (settings.value(value)?.since ?? 0) > 1;
  return isNewMessage(desc) || isNewCommand || (member !== undefined && isNewField(member));
}

function vectorOf(desc: DescMessage, oneof: DescOneof, number: number, member: DescField | undefined, isReply: boolean): Vector {
  const { command, replyTo } = settings.oneof(oneof)!.commandData!;
  const message = minimal(desc);
  if (member !== undefined) message.set(member, valueFor(member) as never);
  message.set(fieldOf(desc, command), number);
  if (replyTo !== '') message.clear(fieldOf(desc, replyTo));
  if (isReply) message.set(fieldOf(desc, replyTo), 7);
  const { frame, path } = placed(message);
  const name = `v2-${kebab(desc.name)}-command-${number}${isReply ? '-reply' : ''}-${member === undefined ? 'without-data' : `with-${kebab(member.name)}`}`;
  if (isCarried(oneof, number, member, isReply)) return accepted(name, frame);
  return refused(name, frame, { code: 'COMMAND_DATA_MISMATCH', path: join(path, oneof.name) });
}

function commandOf(
  number: number,
): { data: readonly string[]; betweenServices: boolean; resultWithoutData: boolean } | undefined {
  const value: DescEnumValue | undefined = COMMANDS.value[number];
  return value && settings.value(value)!.command!;
}

/** "COMMAND_DATA_MISMATCH: the member that is set is not its own, or none is set where it has one." */
function isCarried(oneof: DescOneof, number: number, member: DescField | undefined, isReply: boolean): boolean {
  const { betweenServices, optional } = settings.oneof(oneof)!.commandData!;
  const command = commandOf(number);
  // "A command that is not known carries anything", and one of an application its own member or nothing.
  if (command === undefined) return number < APPLICATION_FROM || member === undefined || member.name === APPLICATION_DATA;
  if (betweenServices && !command.betweenServices && !isReply) return false;
  const own = optional && command.resultWithoutData ? [] : command.data;
  return member === undefined ? optional || own.length === 0 : own.includes(member.name);
}

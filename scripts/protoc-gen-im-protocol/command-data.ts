// "Ties a oneof to the command of its message": which member each command carries, as a function beside the check.
import type { DescEnum } from '@bufbuild/protobuf';
import type { FieldModel, MessageModel, OneofModel } from './model.js';
import { docComment, literal } from './quote.js';
import { either, type Rule } from './rule.js';
import { schemaError } from './schema-error.js';
import type { CommandData, CommandSettings, Settings } from './settings.js';
import type { Source } from './source.js';

/** The rule that the oneof carries the data of the message's command. */
export function commandDataRule(message: MessageModel, oneof: OneofModel, { command, replyTo }: CommandData): Rule {
  const cmd = commandField(message, command);
  const reply = replyTo === '' ? undefined : replyField(message, replyTo);
  const name = commandViolationName(message, oneof);
  const call: Rule['violated'] = (m, scope) => {
    const isReply = reply === undefined ? '' : `, (${m}.${reply.name} ?? 0) !== 0`;
    return `${scope.check(name, message)}(${m}.${cmd.name} ?? 0, ${m}.${oneof.name}?.$case${isReply})`;
  };
  return {
    name: 'command_data',
    oneof: oneof.name,
    violation: call,
    violated: (m, scope) => `${call(m, scope)} !== undefined`,
    text: (m, scope) => `${call(m, scope)} ?? ''`,
    refusesDefault: false,
  };
}

/** Name of the function that judges the data of a command. */
export const commandViolationName = ({ name }: MessageModel, oneof: OneofModel): string =>
  `commandViolation_${name}_${oneof.name}`;

function commandField({ desc, fields }: MessageModel, name: string): FieldModel & { type: { kind: 'enum'; enum: DescEnum } } {
  const field = fields.find((f) => f.desc.name === name);
  if (field?.type.kind !== 'enum' || field.kind !== 'one' || field.oneof !== undefined) {
    throw schemaError(desc, `command_data names ${name}, which is not an enum field`);
  }
  return field as FieldModel & { type: { kind: 'enum'; enum: DescEnum } };
}

function replyField({ desc, fields }: MessageModel, name: string): FieldModel {
  const field = fields.find((f) => f.desc.name === name);
  const isNumber = field?.type.kind === 'scalar' && field.type.scalar === 'uint32';
  if (field === undefined || !isNumber || field.kind !== 'one' || field.presence) {
    throw schemaError(desc, `reply_to names ${name}, which is no uint32 field`);
  }
  return field;
}

/** Writes the function that checks the data of a command. */
export function emitCommandViolation(out: Source, message: MessageModel, oneof: OneofModel, settings: Settings): void {
  const data = settings.oneof(oneof.desc)?.commandData;
  if (!data) return;
  const commands = commandField(message, data.command).type.enum;
  const { applicationFrom = 0, applicationData = '' } = settings.enum(commands) ?? {};
  out.add(
    '',
    docComment(
      `Checks that the ${oneof.name} of a ${message.name} is of the command; \`data\` is the case that is set. Returns the text of an issue.`,
    ),
    `export function ${commandViolationName(message, oneof)}(command: number, data: string | undefined${data.replyTo && ', isReply = false'}): string | undefined {`,
    '  switch (command) {',
  );
  const done = new Set<number>();
  for (const value of commands.values) {
    const command = settings.value(value)?.command ?? (value.number === 0 ? nothing : undefined);
    if (!command || done.has(value.number)) continue;
    done.add(value.number);
    out.add(`    case ${value.number}:`, `      return ${violationOf(value.localName, command, data, oneof)};`);
  }
  out.add('    default:');
  if (applicationFrom > 0) {
    const members = membersOf(oneof, [applicationData]);
    out.add(
      '      // What is not listed is unknown to this version, and carries anything.',
      `      if (command < ${applicationFrom}) return undefined;`,
      `      return ${carries('a command of an application', members, true)};`,
    );
  } else {
    out.add('      return undefined;');
  }
  out.add('  }', '}');
}

/** The settings of a command that are about its data. */
type DataSettings = Pick<CommandSettings, 'data' | 'betweenServices' | 'resultWithoutData'>;

/** 0 is not a command: with data, it is a mismatch. */
const nothing: DataSettings = { data: [], betweenServices: true, resultWithoutData: true };

/** An expression for the text of the violation by the data of a known command, or undefined. */
function violationOf(name: string, command: DataSettings, data: CommandData, oneof: OneofModel): string {
  // "Only commands that go between the services occur here."
  if (data.betweenServices && !command.betweenServices) {
    const fault = literal(`${name} does not go between services`);
    // "While it is not 0 the message is the reply to the request of a client, and commands that do not go between the services occur here too."
    return data.replyTo === ''
      ? fault
      : `isReply ? ${carries(name, membersOf(oneof, command.data), command.data.length === 0)} : ${fault}`;
  }
  // "A SendResult for the command carries no data": the oneof whose data is optional is that of the result.
  const members = data.optional && command.resultWithoutData ? [] : membersOf(oneof, command.data);
  return carries(name, members, data.optional || command.data.length === 0);
}

function membersOf(oneof: OneofModel, names: readonly string[]): FieldModel[] {
  return oneof.fields.filter((field) => names.includes(field.desc.name));
}

/** "COMMAND_DATA_MISMATCH: the member that is set is not its own, or none is set where it has one." */
function carries(command: string, members: readonly FieldModel[], optional: boolean): string {
  const allowed = [...members.map((field) => `data === ${literal(field.name)}`), ...(optional ? ['data === undefined'] : [])];
  const names = [...members.map((field) => field.desc.jsonName), ...(optional ? ['nothing'] : [])];
  if (allowed.length === 0) return literal(`${command} has no data here`);
  return `${allowed.join(' || ')} ? undefined : ${literal(`${command} carries ${either(names)}, got `)} + (data ?? 'nothing')`;
}

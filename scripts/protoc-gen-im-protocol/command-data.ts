// "Ties a oneof to the command of its message": which member each command carries, as functions beside the check: one for every message, which
// is small enough to be inlined, and one for the text of a violation.
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
  const call =
    (name: string): Rule['violated'] =>
    (m, scope) => {
      const isReply = reply === undefined ? '' : `, (${m}.${reply.name} ?? 0) !== 0`;
      return `${scope.check(name, message)}(${m}.${cmd.name} ?? 0, ${m}.${oneof.name}?.$case${isReply})`;
    };
  const { fits, violation } = commandDataNames(message, oneof);
  return {
    name: 'command_data',
    oneof: oneof.name,
    violated: (m, scope) => `!${call(fits)(m, scope)}`,
    text: call(violation),
    refusesDefault: false,
  };
}

/** Names of the functions that judge the data of a command. */
export const commandDataNames = ({ name }: MessageModel, oneof: OneofModel): Record<'fits' | 'violation', string> => ({
  fits: `fitsCommand_${name}_${oneof.name}`,
  violation: `commandViolation_${name}_${oneof.name}`,
});

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

/** Writes the functions that check the data of a command. */
export function emitCommandViolation(out: Source, message: MessageModel, oneof: OneofModel, settings: Settings): void {
  const data = settings.oneof(oneof.desc)?.commandData;
  if (!data) return;
  const commands = commandField(message, data.command).type.enum;
  const { applicationFrom = 0, applicationData = '' } = settings.enum(commands) ?? {};
  const cases = judgements(commands, data, oneof, settings);
  const byFit = new Map<string, number[]>();
  for (const each of cases) byFit.set(each.fits, [...(byFit.get(each.fits) ?? []), each.number]);
  const application = carries('a command of an application', membersOf(oneof, [applicationData]), true);
  const { fits, violation } = commandDataNames(message, oneof);
  const parameters = `command: number, data: string | undefined${data.replyTo && ', isReply = false'}`;
  out.add(
    '',
    docComment(`True if the ${oneof.name} of a ${message.name} is of the command; \`data\` is the case that is set.`),
    `export function ${fits}(${parameters}): boolean {`,
    '  switch (command) {',
    ...[...byFit].flatMap(([fit, numbers]) => [...numbers.map((number) => `    case ${number}:`), `      return ${fit};`]),
    '    default:',
    '      // What is not listed is unknown to this version, and carries anything.',
    `      return ${applicationFrom > 0 ? `command < ${applicationFrom} || ${application.fits}` : 'true'};`,
    '  }',
    '}',
    '',
    docComment('The text of the issue, if it is not.'),
    `export function ${violation}(${parameters}): string {`,
    "  const got = data ?? 'nothing';",
    '  switch (command) {',
    ...cases.flatMap((each) => [`    case ${each.number}:`, `      return ${each.text};`]),
    '    default:',
    `      return ${applicationFrom > 0 ? application.text : "''"};`,
    '  }',
    '}',
  );
}

/** All commands with what is allowed with each. */
function judgements(
  commands: DescEnum,
  data: CommandData,
  oneof: OneofModel,
  settings: Settings,
): (Judgement & { readonly number: number })[] {
  const seen = new Set<number>();
  return commands.values.flatMap((value) => {
    const command = settings.value(value)?.command ?? (value.number === 0 ? nothing : undefined);
    if (!command || seen.has(value.number)) return [];
    seen.add(value.number);
    return [{ number: value.number, ...judge(value.localName, command, data, oneof) }];
  });
}

/** The field of the command, and for members of the oneof a command with which each is allowed in any case. */
export interface UsualCommands {
  readonly command: string;
  readonly of: ReadonlyMap<FieldModel, number>;
  /** A number that is no command, with which anything is allowed. */
  readonly none: number;
}

/** Undefined if the oneof is not tied to a command. */
export function usualCommands(message: MessageModel, oneof: OneofModel, settings: Settings): UsualCommands | undefined {
  const data = settings.oneof(oneof.desc)?.commandData;
  if (!data) return undefined;
  const command = commandField(message, data.command);
  const of = new Map<FieldModel, number>();
  const all = judgements(command.type.enum, data, oneof, settings);
  for (const { members, number } of all) {
    for (const member of members) if (!of.has(member)) of.set(member, number);
  }
  return { command: command.name, of, none: Math.min(0, ...all.map(({ number }) => number)) - 1 };
}

/** The settings of a command that are about its data. */
type DataSettings = Pick<CommandSettings, 'data' | 'betweenServices' | 'resultWithoutData'>;

/** 0 is not a command: with data, it is a mismatch. */
const nothing: DataSettings = { data: [], betweenServices: true, resultWithoutData: true };

/** Expressions: whether data is of a command, and the text of the violation. */
interface Judgement {
  readonly fits: string;
  readonly text: string;
  /** The data that is allowed in any case. */
  readonly members: readonly FieldModel[];
}

function judge(name: string, command: DataSettings, data: CommandData, oneof: OneofModel): Judgement {
  // "Only commands that go between the services occur here."
  if (data.betweenServices && !command.betweenServices) {
    const text = literal(`${name} does not go between services`);
    if (data.replyTo === '') return { fits: 'false', text, members: [] };
    // "While it is not 0 the message is the reply to the request of a client, and commands that do not go between the services occur here too."
    const reply = carries(name, membersOf(oneof, command.data), command.data.length === 0);
    const fits = reply.fits === 'false' ? 'false' : `isReply && ${reply.fits}`;
    return { fits, text: `isReply ? ${reply.text} : ${text}`, members: [] };
  }
  // "A SendResult for the command carries no data": the oneof whose data is optional is that of the result.
  const members = data.optional && command.resultWithoutData ? [] : membersOf(oneof, command.data);
  return carries(name, members, data.optional || command.data.length === 0);
}

function membersOf(oneof: OneofModel, names: readonly string[]): FieldModel[] {
  return oneof.fields.filter((field) => names.includes(field.desc.name));
}

/** "COMMAND_DATA_MISMATCH: the member that is set is not its own, or none is set where it has one." */
function carries(command: string, members: readonly FieldModel[], optional: boolean): Judgement {
  const allowed = [...members.map((field) => `data === ${literal(field.name)}`), ...(optional ? ['data === undefined'] : [])];
  const names = [...members.map((field) => field.desc.jsonName), ...(optional ? ['nothing'] : [])];
  if (allowed.length === 0) return { fits: 'false', text: literal(`${command} has no data here`), members };
  const fits = allowed.length === 1 ? allowed[0] : `(${allowed.join(' || ')})`;
  return { fits, text: `${literal(`${command} carries ${either(names)}, got `)} + got`, members };
}

// generated/commands.ts: the commands of this protocol and the data of each, from the enum whose values have command settings.
import type { DescEnum } from '@bufbuild/protobuf';
import type { Model } from './model.js';
import { maybeSnakeToCamel } from './names.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';
import { docComment, literal } from './quote.js';
import { schemaError } from './schema-error.js';
import { Source } from './source.js';

/** Names of im.options.v1.Topic by number; UNSPECIFIED = SYSTEM. */
export const TOPICS = ['system', 'private', 'group', 'system', 'event'];

/** As source code. */
const DEFAULTS = {
  betweenServices: false,
  fromClient: false,
  fromServer: false,
  reply: undefined,
  topic: literal('system'),
  stored: false,
  maxAgeMs: 0,
  feature: undefined,
  since: 1,
  ignorable: false,
};

export function emitCommands({ files, settings }: Model, options: PluginOptions): Source[] {
  if (!isOwnRuntime(options)) return [];
  const command = files.flatMap((file) => file.enums).find((e) => e.values.some((v) => settings.value(v)?.command));
  if (!command) return [];
  const out = new Source('commands.ts', command.file.proto.name);
  const { applicationFrom = 0, applicationData = '' } = settings.enum(command) ?? {};
  out.add(
    docComment('A command: its name without the prefix of the enum, and the members of `data` that it may carry.'),
    'export interface CommandProperties {',
    '  readonly name: string;',
    '  readonly data: readonly string[];',
    docComment('It is sent between services, in ReceiveInfo and SendResult.', '  '),
    '  readonly betweenServices: boolean;',
    docComment('A client may send it as a request or a push.', '  '),
    '  readonly fromClient: boolean;',
    docComment('A server may send it as a request or a push.', '  '),
    '  readonly fromServer: boolean;',
    docComment('The command of the reply to a request, other than ERROR; undefined = it is never a request.', '  '),
    '  readonly reply: number | undefined;',
    docComment('The kind of topic on which it goes to an IM server.', '  '),
    "  readonly topic: 'private' | 'group' | 'system' | 'event';",
    docComment('The platform stores what it carries.', '  '),
    '  readonly stored: boolean;',
    docComment('A consumer drops what is older, in milliseconds; 0 = never.', '  '),
    '  readonly maxAgeMs: number;',
    docComment('The feature under which it is sent; undefined = always.', '  '),
    '  readonly feature: string | undefined;',
    docComment('The version of the protocol that introduced it.', '  '),
    '  readonly since: number;',
    docComment('A reader that does not know it may be sent it all the same.', '  '),
    '  readonly ignorable: boolean;',
    '}',
    '',
    docComment('The commands of this specification, by number.'),
    'export const COMMANDS: Readonly<Record<number, CommandProperties>> = {',
  );
  for (const value of command.values) {
    const of = settings.value(value)?.command;
    if (!of) continue;
    const data = of.data.map((name) => literal(maybeSnakeToCamel(name))).join(', ');
    const properties = {
      betweenServices: of.betweenServices,
      fromClient: of.fromClient,
      fromServer: of.fromServer,
      reply: replyNumber(command, of.reply),
      topic: literal(TOPICS[of.topic] ?? 'system'),
      stored: of.stored,
      maxAgeMs: of.maxAgeMs,
      feature: of.feature === '' ? undefined : literal(of.feature),
      since: settings.value(value)?.since || 1,
      ignorable: settings.value(value)?.ignorable ?? false,
    };
    // Bundles of clients have this table: without the defaults it is half as large.
    const others = Object.entries(properties).filter(([name, property]) => property !== DEFAULTS[name as keyof typeof DEFAULTS]);
    const shown = others.length === 0 ? '{}' : `{ ${others.map(([name, property]) => `${name}: ${property}`).join(', ')} }`;
    out.add(`  ${value.number}: /* @__PURE__ */ command(${literal(value.localName)}, [${data}], ${shown}),`);
  }
  out.add(
    '};',
    '',
    'function command(',
    '  name: string,',
    '  data: readonly string[],',
    "  properties: Partial<Omit<CommandProperties, 'name' | 'data'>>,",
    '): CommandProperties {',
    '  return {',
    '    name,',
    '    data,',
    ...Object.entries(DEFAULTS).map(([name, property]) => `    ${name}: ${property},`),
    '    ...properties,',
    '  };',
    '}',
    '',
    docComment('First command of applications. Their commands carry APPLICATION_DATA, or no data.'),
    `export const FIRST_APPLICATION_COMMAND = ${applicationFrom};`,
    `export const APPLICATION_DATA = ${literal(maybeSnakeToCamel(applicationData))};`,
  );
  return [out];
}

/** @param name a command without the prefix of the enum; empty = no reply. */
function replyNumber(command: DescEnum, name: string): number | undefined {
  if (name === '') return undefined;
  const reply = command.values.find(({ localName }) => localName === name);
  if (reply === undefined) throw schemaError(command, `the reply ${name} is not a command`);
  return reply.number;
}

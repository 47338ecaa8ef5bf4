// commands.ts of an application: each of its commands with the codecs of payload and reply, from the enum whose values declare them.
import type { DescEnum, DescEnumValue, DescMessage } from '@bufbuild/protobuf';
import { getComments } from '@bufbuild/protoplugin';
import { FIRST_APPLICATION_COMMAND } from './application-numbers.js';
import { TOPICS } from './emit-commands.js';
import { initName } from './emit-inits.js';
import { codecPath, runtimePath, typePath } from './generated-paths.js';
import { allMessages, type Model } from './model.js';
import { topLevelName, typeName } from './names.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';
import { docComment, literal } from './quote.js';
import { schemaError } from './schema-error.js';
import { Source } from './source.js';

export function emitApplicationCommands(model: Model, options: PluginOptions): Source[] {
  const { files, settings } = model;
  if (!isOwnRuntime(options)) refuseOthers(model);
  const enums = files.flatMap((file) => file.enums).filter((e) => e.values.some((v) => settings.value(v)?.applicationCommand));
  if (enums.length === 0) return [];
  const out = new Source('commands.ts', enums.map(({ file }) => file.proto.name).join(', '));
  const commands = enums.flatMap((desc) => desc.values.filter(({ number }) => number !== 0));
  for (const value of commands) out.declare(value, constantName(value));
  out.declare('the list of all commands', 'APPLICATION_COMMANDS');
  for (const value of commands) emitCommand(out, value, model, options);
  const names = new Map<number, DescEnumValue>();
  for (const value of commands) {
    const other = names.get(value.number);
    if (other !== undefined) throw schemaError(value, `${other} has the number ${value.number} too`);
    names.set(value.number, value);
  }
  out.add(
    '',
    docComment(
      'All names by number, for the option `commands` of `connect`, `listen` and `createHello`, so that both sides can compare them.',
    ),
    'export const APPLICATION_COMMANDS = {',
    ...commands.map(({ number, localName }) => `  ${number}: ${literal(localName)},`),
    '} as const;',
  );
  return [out];
}

/** Refuses options that are only for this protocol's own commands and errors. */
function refuseOthers({ files, settings }: Model): void {
  for (const value of files.flatMap((file) => file.enums).flatMap((desc) => desc.values)) {
    const { command, error } = settings.value(value) ?? {};
    if (command) throw schemaError(value, 'command is only for commands of this protocol: use application_command');
    if (error) throw schemaError(value, 'error is only for errors of this protocol');
  }
}

function emitCommand(out: Source, value: DescEnumValue, model: Model, options: PluginOptions): void {
  if (value.number < FIRST_APPLICATION_COMMAND) {
    throw schemaError(value, `got the number ${value.number}, commands of applications are ${FIRST_APPLICATION_COMMAND} and up`);
  }
  const { payload = '', reply = '', topic = 0 } = model.settings.value(value)?.applicationCommand ?? {};
  const names = { payload, reply };
  const entries = [`number: ${value.number}`, `name: ${literal(value.localName)}`];
  const types: string[] = [];
  for (const key of ['payload', 'reply'] as const) {
    const desc = messageNamed(names[key], value, model);
    if (desc === undefined) {
      types.push('undefined', 'void');
      continue;
    }
    const name = typeName(desc);
    entries.push(`${key}: ${out.import(name, codecPath(desc, options), `${name}Codec`)}`);
    types.push(
      out.importType(name, typePath(desc, options), `${name}Type`),
      out.importType(initName(name), typePath(desc, options)),
    );
  }
  if (topic !== 0) entries.push(`topic: ${literal(TOPICS[topic] ?? 'system')}`);
  const create = out.import('applicationCommand', runtimePath('codec/application-command', options));
  const type = out.importType('ApplicationCommand', runtimePath('codec/application-command', options));
  out.add(
    '',
    docComment(`${(getComments(value).leading ?? value.name).trimEnd()}${value.deprecated ? '\n@deprecated' : ''}`),
    `export const ${constantName(value)}: ${type}<${types.join(', ')}> = /* @__PURE__ */ ${create}({ ${entries.join(', ')} });`,
  );
}

/** Without the prefix of the enum. */
const constantName = (value: DescEnumValue): string => topLevelName(value.localName);

/** A message by its name in the package of the enum, or by its full name; undefined for an empty name. */
function messageNamed(name: string, value: DescEnumValue, model: Model): DescMessage | undefined {
  if (name === '') return undefined;
  const { parent }: { parent: DescEnum } = value;
  const messageOf = (full: string) => allMessages(model).find(({ desc }) => desc.typeName === full);
  const found = messageOf(`${parent.file.proto.package}.${name}`) ?? messageOf(name);
  if (found === undefined) throw schemaError(value, `there is no message ${name} among the files to generate`);
  return found.desc;
}

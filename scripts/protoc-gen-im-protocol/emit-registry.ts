// generated/registry.ts: the frames of the protocol, generated/models.ts: every model and enum, type and codec under one name.
// generated/functions.ts: encode and decode of each, as functions.

import type { DescField } from '@bufbuild/protobuf';
import { FIRST_APPLICATION_TYPE } from './application-numbers.js';
import { emitFunctions } from './emit-functions.js';
import { initName } from './emit-inits.js';
import { emitModels } from './emit-models.js';
import { codecPath, isOwnProtocol, runtimePath, typePath } from './generated-paths.js';
import type { MessageModel, Model } from './model.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';
import { docComment, literal } from './quote.js';
import { schemaError } from './schema-error.js';
import type { Settings } from './settings.js';
import { Source } from './source.js';

export function emitRegistry(model: Model, options: PluginOptions): Source[] {
  const frames = framesOf(model, options);
  const registry = new Source('registry.ts', 'the frame types of the schema');
  // Of this protocol, the registry has a twin: registry.plan.ts.
  const codecs = isOwnRuntime(options) && isOwnProtocol(model) ? new Source('registry.codec.ts', registry.origin) : registry;
  if (frames.length > 0) emitFrames(codecs, frames, model, options);
  if (codecs !== registry) registry.add('', "export * from './registry.codec.js';");
  const sources = [registry, emitModels(model, options), emitFunctions(model, options)].filter((out) => !out.empty);
  return codecs === registry ? sources : [codecs, ...sources];
}

/** The messages with a frame type, ordered by it. The registry finds them by type, and by name without the package. */
export function framesOf({ files, settings }: Model, options: PluginOptions): MessageModel[] {
  const frames = new Map<number, MessageModel>();
  for (const message of files.flatMap((file) => file.messages)) {
    const type = frameType(message, settings, options);
    if (type === 0) continue;
    const twin = frames.get(type);
    if (twin !== undefined) throw schemaError(message.desc, `${twin.desc} has the frame type ${type} too`);
    const namesake = [...frames.values()].find(({ name }) => name === message.name);
    if (namesake !== undefined) throw schemaError(message.desc, `${namesake.desc} has frames too, and the same name: rename one`);
    frames.set(type, message);
  }
  return [...frames].sort(([a], [b]) => a - b).map(([, message]) => message);
}

function frameType({ desc }: MessageModel, settings: Settings, options: PluginOptions): number {
  const { frameType: type = 0 } = settings.message(desc) ?? {};
  const first = isOwnRuntime(options) ? 1 : FIRST_APPLICATION_TYPE;
  if (type !== 0 && (type < first || type > 255)) {
    throw schemaError(desc, `got the frame type ${type}, those of applications are ${FIRST_APPLICATION_TYPE} to 255`);
  }
  return type;
}

function emitFrames(out: Source, frames: readonly MessageModel[], model: Model, options: PluginOptions): void {
  out.add(
    '',
    '/** The messages that a frame may carry, decoded and encodable, by name. */',
    'export type FrameMessages = {',
    ...frames.map(({ name, desc }) => {
      const type = out.importType(name, typePath(desc, options), `${name}Type`);
      const init = out.importType(initName(name), typePath(desc, options));
      return `  ${name}: { message: ${type}; init: ${init} };`;
    }),
    '};',
    '',
    ...(isOwnRuntime(options) ? frames.flatMap((message) => entryConstant(out, message, model.settings, options)) : []),
    '/** The messages that a frame may carry, by name. */',
    `export const REGISTRY: ${out.importType('Registry', runtimePath('wire/codec', options))}<FrameMessages> = {`,
    `  version: ${protocolVersion(model)},`,
    '  frames: {',
    ...frames.map((message) => {
      const value = isOwnRuntime(options) ? entryName(message) : entry(out, message, model.settings, options);
      return `    ${message.name}: ${value},`;
    }),
    '  },',
    '};',
  );
}

/** The entry of one message, so that a bundle which needs only that has no others. */
function entryConstant(out: Source, message: MessageModel, settings: Settings, options: PluginOptions): string[] {
  const { name, desc } = message;
  const type = out.importType(name, typePath(desc, options), `${name}Type`);
  const init = out.importType(initName(name), typePath(desc, options));
  const frameEntry = out.importType('FrameEntry', runtimePath('wire/codec', options));
  return [
    docComment(`The frames of ${name}.`),
    `export const ${entryName(message)}: ${frameEntry}<${literal(name)}, ${type}, ${init}> = ${entry(out, message, settings, options)};`,
    '',
  ];
}

/** The name of the entry of a message. */
export function entryName({ name }: MessageModel): string {
  return `${name}Frame`;
}

/** The newest version of the protocol in the schema. */
export function protocolVersion({ files, settings }: Model): bigint {
  const constants = files.flatMap((file) => settings.file(file.desc)?.constants ?? []);
  return constants.find(({ name }) => name === 'PROTOCOL_VERSION')?.values[0] ?? 1n;
}

function entry(out: Source, message: MessageModel, settings: Settings, options: PluginOptions): string {
  const { name, desc } = message;
  const { frameType = 0, handshake = false } = settings.message(desc) ?? {};
  const codec = out.import(name, codecPath(desc, options));
  const field = commandField(message, settings);
  const commandEntry = field ? `, command: ${field.number}` : '';
  return `{ name: ${literal(name)}, type: ${frameType}, handshake: ${handshake}, codec: ${codec}${commandEntry} }`;
}

/** The field with the command of a message that carries data of commands. */
export function commandField({ desc, oneofs }: MessageModel, settings: Settings): DescField | undefined {
  const command = oneofs.map((oneof) => settings.oneof(oneof.desc)?.commandData?.command).find(Boolean);
  return desc.fields.find((candidate) => candidate.name === command);
}

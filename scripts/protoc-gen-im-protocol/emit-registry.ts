// generated/registry.ts: the frames of the protocol. generated/models.ts: every model and enum, type and codec under one name.
// generated/functions.ts: encode and decode of each, as functions.

import { FIRST_APPLICATION_TYPE } from './application-numbers.js';
import { emitFunctions } from './emit-functions.js';
import { initName } from './emit-inits.js';
import { emitModels } from './emit-models.js';
import { modulePath, runtimePath, typePath } from './generated-paths.js';
import type { MessageModel, Model } from './model.js';
import type { PluginOptions } from './plugin-options.js';
import { schemaError } from './schema-error.js';
import type { Settings } from './settings.js';
import { Source } from './source.js';

export function emitRegistry(model: Model, options: PluginOptions): Source[] {
  const { files, settings } = model;
  const frames = files
    .flatMap((file) => file.messages)
    .filter((message) => frameType(message, settings) > 0)
    .sort((a, b) => frameType(a, settings) - frameType(b, settings));
  const registry = new Source('registry.ts', 'the frame types of the schema');
  if (frames.length > 0) emitFrames(registry, frames, model, options);
  return [registry, emitModels(model, options), emitFunctions(model, options)].filter((out) => !out.empty);
}

function frameType({ desc }: MessageModel, settings: Settings): number {
  const { frameType: type = 0 } = settings.message(desc) ?? {};
  // Names in `im.` are this protocol's own.
  const first = desc.typeName.startsWith('im.') ? 1 : FIRST_APPLICATION_TYPE;
  if (type !== 0 && (type < first || type > 255)) {
    throw schemaError(desc, `got the frame type ${type}, those of applications are ${FIRST_APPLICATION_TYPE} to 255`);
  }
  return type;
}

function emitFrames(out: Source, frames: readonly MessageModel[], { files, settings }: Model, options: PluginOptions): void {
  const version = files
    .flatMap((file) => settings.file(file.desc)?.constants ?? [])
    .find((constant) => constant.name === 'PROTOCOL_VERSION')?.values[0];
  out.add(
    '',
    '/** The messages that a frame may carry, decoded and encodable, by name. */',
    'export type FrameMessages = {',
    ...frames.map(({ name, desc }) => {
      const type = out.importType(name, typePath(desc, options), `${name}Type`);
      const init = out.importType(initName(name), modulePath('init', desc.file, options));
      return `  ${name}: { message: ${type}; init: ${init} };`;
    }),
    '};',
    '',
    '/** The messages that a frame may carry, by name. */',
    `export const REGISTRY: ${out.importType('Registry', runtimePath('wire/registry', options))}<FrameMessages> = {`,
    `  version: ${version ?? 1},`,
    '  frames: {',
    ...frames.map((message) => `    ${message.name}: ${entry(out, message, settings, options)},`),
    '  },',
    '};',
  );
}

function entry(out: Source, message: MessageModel, settings: Settings, options: PluginOptions): string {
  const { name, desc } = message;
  const { frameType = 0, handshake = false } = settings.message(desc) ?? {};
  const codec = out.import(name, modulePath('codec', desc.file, options));
  const command = message.oneofs.map((oneof) => settings.oneof(oneof.desc)?.commandData?.command).find(Boolean);
  const field = desc.fields.find((candidate) => candidate.name === command);
  const commandEntry = field ? `, command: ${field.number}` : '';
  return `{ name: '${name}', type: ${frameType}, handshake: ${handshake}, codec: ${codec}${commandEntry} }`;
}

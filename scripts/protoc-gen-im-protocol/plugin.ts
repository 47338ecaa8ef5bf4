// protoc-gen-im-protocol: from .proto files to what the runtime in src/ needs. One emitter a file.
import { createEcmaScriptPlugin } from '@bufbuild/protoplugin';
import { emitChecks } from './emit-checks.js';
import { emitCodecs } from './emit-codecs.js';
import { emitCommands } from './emit-commands.js';
import { emitConstants } from './emit-constants.js';
import { emitErrors } from './emit-errors.js';
import { emitInits } from './emit-inits.js';
import { emitJsonSchemas } from './emit-json-schemas.js';
import { emitRegistry } from './emit-registry.js';
import { emitTables } from './emit-tables.js';
import { emitZod } from './emit-zod.js';
import { createModel, type Model } from './model.js';
import { type PluginOptions, parseOptions } from './plugin-options.js';
import type { Source } from './source.js';

const EMITTERS: readonly ((model: Model, options: PluginOptions) => Source[])[] = [
  emitConstants,
  emitErrors,
  emitCommands,
  emitTables,
  emitInits,
  emitCodecs,
  emitChecks,
  emitZod,
  emitRegistry,
  emitJsonSchemas,
];

export const plugin = createEcmaScriptPlugin({
  name: 'protoc-gen-im-protocol',
  version: 'v1',
  parseOptions,
  generateTs(schema) {
    const model = createModel(schema);
    for (const emit of EMITTERS) {
      for (const source of emit(model, schema.options)) {
        schema.generateFile(source.path).print(source.toString());
      }
    }
  },
});

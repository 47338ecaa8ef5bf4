// protoc-gen-im-protocol: generates TypeScript from .proto files. Each emitter has its own file.
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  type CodeGeneratorRequest,
  type CodeGeneratorResponse,
  CodeGeneratorResponse_Feature,
  CodeGeneratorResponseSchema,
  Edition,
} from '@bufbuild/protobuf/wkt';
import { emitApplicationCommands } from './emit-application-commands.js';
import { emitCodecs } from './emit-codecs.js';
import { emitCommands } from './emit-commands.js';
import { emitConstants } from './emit-constants.js';
import { emitEnumTables } from './emit-enum-tables.js';
import { emitErrors } from './emit-errors.js';
import { emitJsonSchemas } from './emit-json-schemas.js';
import { emitLegacyCodes } from './emit-legacy-codes.js';
import { emitPlans } from './emit-plans.js';
import { emitRegistry } from './emit-registry.js';
import { emitTypes } from './emit-types.js';
import { emitZod } from './emit-zod.js';
import { CODEGEN } from './generated-paths.js';
import { createModel, type Model } from './model.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';
import { emitProtovalidate } from './protovalidate/emit-protovalidate.js';
import { readSchema } from './schema.js';
import { SchemaError } from './schema-error.js';
import type { Source } from './source.js';
import { version } from './version.js';

const NAME = 'protoc-gen-im-protocol';

const EMITTERS: readonly ((model: Model, options: PluginOptions) => Source[])[] = [
  emitConstants,
  emitErrors,
  emitCommands,
  emitLegacyCodes,
  emitApplicationCommands,
  emitCodecs,
  emitPlans,
  emitZod,
  emitRegistry,
  emitJsonSchemas,
  emitEnumTables,
];

/** Answers a request. Errors of the schema are part of the response, as the plugin protocol requires. */
export function generate(request: CodeGeneratorRequest): CodeGeneratorResponse {
  try {
    return respond({ file: filesOf(request) });
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return respond({ error: error.message });
  }
}

function filesOf(request: CodeGeneratorRequest): { name: string; content: string }[] {
  const schema = readSchema(request);
  if (schema.options.protovalidate) return emitProtovalidate(schema);
  const model = createModel(schema);
  const sources = EMITTERS.flatMap((emit) => emit(model, schema.options));
  const generator = generatorOf(schema.options);
  return [...sources, ...emitTypes(request, schema, model.settings)].map((source) => ({
    name: source.path,
    content: source.toString(generator),
  }));
}

/** The generator, for the first line of a file. Files of this repository have no version, so that a release does not change them. */
function generatorOf(options: PluginOptions): string {
  return isOwnRuntime(options) ? NAME : `${NAME} v${version()} with ${CODEGEN}`;
}

/** Declares support for all languages, so that `readSchema` reports the error for one that is not supported. */
function respond(answer: MessageInitShape<typeof CodeGeneratorResponseSchema>): CodeGeneratorResponse {
  const { PROTO3_OPTIONAL, SUPPORTS_EDITIONS } = CodeGeneratorResponse_Feature;
  return create(CodeGeneratorResponseSchema, {
    supportedFeatures: BigInt(PROTO3_OPTIONAL | SUPPORTS_EDITIONS),
    minimumEdition: Edition.EDITION_PROTO2,
    maximumEdition: Edition.EDITION_2024,
    ...answer,
  });
}

// The program that the harness starts for each suite: a TestConformanceRequest on stdin, a TestConformanceResponse on stdout. It decodes and
// checks by the code that our plugin generated. For a message that the plugin refuses, the answer is its error.
import { readFileSync } from 'node:fs';
import { create, createFileRegistry, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import { type Any, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { type Issue, ProtocolError } from '../../src/errors.js';
import type { Codec } from '../../src/wire/codec.js';
import type { Places } from './places.js';
import { type ViolationInit, violationOf } from './violations.js';

interface Types {
  readonly places: Places;
  /** The error of the plugin for each message that it refuses. */
  readonly refused: Readonly<Record<string, string>>;
}

type Request = Message & { readonly cases: Readonly<Record<string, Any>> };

type Result =
  | { readonly case: 'success'; readonly value: true }
  | { readonly case: 'validationError'; readonly value: { readonly violations: readonly ViolationInit[] } }
  | { readonly case: 'compilationError' | 'unexpectedError'; readonly value: string };

/**
 * @param models all codecs.
 * @param image file with the descriptors of the harness.
 */
export async function answer(models: object, types: Types, image: string): Promise<void> {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(image)));
  const messageOf = (name: string) => registry.getMessage(`buf.validate.conformance.harness.${name}`)!;
  const codecs = new Map(
    Object.values(models)
      .filter((value): value is Codec<object, object> => 'generated' in value)
      .map((codec) => [codec.typeName, codec]),
  );
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const request = fromBinary(messageOf('TestConformanceRequest'), Buffer.concat(chunks)) as Request;
  const results = Object.fromEntries(
    Object.entries(request.cases).map(([name, input]) => [name, { result: judge(input, codecs, types) }]),
  );
  const response = messageOf('TestConformanceResponse');
  process.stdout.write(toBinary(response, create(response, { results })));
}

function judge({ typeUrl, value }: Any, codecs: ReadonlyMap<string, Codec<object, object>>, { places, refused }: Types): Result {
  const typeName = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
  if (Object.hasOwn(refused, typeName)) return { case: 'compilationError', value: refused[typeName] };
  const codec = codecs.get(typeName);
  if (codec === undefined) return { case: 'unexpectedError', value: `no code for ${typeName}` };
  try {
    const issues = issuesOf(codec, value);
    if (issues.length === 0) return { case: 'success', value: true };
    const violations = issues.map((issue) => violationOf(issue, typeName, places));
    return { case: 'validationError', value: { violations } };
  } catch (error) {
    return { case: 'unexpectedError', value: String(error) };
  }
}

function issuesOf(codec: Codec<object, object>, bytes: Uint8Array): Issue[] {
  let message: object;
  try {
    message = codec.decode(bytes);
  } catch (error) {
    // "INVALID_MESSAGE for a list over its limit", before anything else is checked.
    const isLimit = error instanceof ProtocolError && error.code === 'INVALID_MESSAGE' && error.limit !== undefined;
    if (!isLimit) throw error;
    return [{ path: error.path ?? '', rule: 'max_items', message: error.message }];
  }
  return codec.check(message);
}

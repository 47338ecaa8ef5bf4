// What is fuzzed: each frame message of the protocol and the fixture that has every kind of field, with the same type of both peers.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createFileRegistry, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type protobuf from 'protobufjs';
import { REGISTRY } from '../../generated/registry.js';
import { buildImage, ROOT } from '../../scripts/breaking/baseline.js';
import { readSchema } from '../../scripts/breaking/schema.js';
import * as library from '../../src/index.js';
import type { Codec } from '../../src/wire/codec.js';
import { AllTypes } from '../fixtures/generated/im/fixture/v1/all_types.codec.js';
import { oracleFor } from '../oracle.js';

/** A message type, as the three decoders know it. */
export interface Subject {
  readonly codec: Codec<object, object>;
  readonly protobufjs: protobuf.Type;
  readonly protobufEs: DescMessage;
}

/** The most elements of lists and maps, by full name of the message and number of the field. */
export type MaxItems = ReadonlyMap<string, number>;

const FOLDER = 'im/protocol/v1/';
const FILES = readdirSync(join(ROOT, 'proto', FOLDER)).map((name) => FOLDER + name);

/** All subjects, and the limits that the schema sets on their lists. */
export function loadSubjects(): { subjects: Subject[]; maxItems: MaxItems } {
  const image = buildImage(ROOT);
  const protobufjs = oracleFor(...FILES, 'im/fixture/v1/all_types.proto');
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, withPlainWellKnownTypes(image)));
  const exported: Readonly<Record<string, unknown>> = { ...library };
  const codecs = [...Object.keys(REGISTRY.frames).map((name) => exported[name]), AllTypes] as Codec<object, object>[];
  const subjects = codecs.map((codec) => ({
    codec,
    protobufjs: protobufjs(codec.typeName),
    protobufEs: registry.getMessage(codec.typeName) as DescMessage,
  }));
  return { subjects, maxItems: maxItemsOf(image) };
}

/**
 * @bufbuild/protobuf turns a Struct into a JSON object and a wrapper into its value, which hides what was on the wire. In a package of
 * another name (of the same length, so that no length changes) they are messages like any other.
 */
function withPlainWellKnownTypes(image: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(image).toString('latin1').replaceAll('google.protobuf', 'google_protobuf'), 'latin1');
}

function maxItemsOf(image: Uint8Array): MaxItems {
  const { messages, settings } = readSchema(image);
  const limits = new Map<string, number>();
  for (const desc of messages.values()) {
    if (!desc.typeName.startsWith('im.protocol.')) continue;
    for (const field of desc.fields) {
      const limit = settings.field(field)?.maxItems;
      if (limit !== undefined) limits.set(`${desc.typeName} ${field.number}`, limit);
    }
  }
  return limits;
}

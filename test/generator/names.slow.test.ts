// Messages whose names are those of the language, of every object, of generated code: they are called what names.ts says, and work.
import { execFileSync } from 'node:child_process';
import { createFileRegistry, fromBinary, fromJson, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageFromJson, messageToJson } from '../../src/json/index.js';
import type { MessageTable } from '../../src/wire/table.js';
import * as functions from '../fixtures/generated/functions.js';
import * as v1 from '../fixtures/generated/im/fixture/names/v1/names.codec.js';
import * as schemas from '../fixtures/generated/im/fixture/names/v1/names.zod.js';
import * as v2 from '../fixtures/generated/im/fixture/names/v2/names.codec.js';
import * as models from '../fixtures/generated/models.js';
import { arbitraryMessage } from '../json/arbitrary-message.js';
import { SEED } from '../seed.js';

interface AnyCodec {
  readonly typeName: string;
  readonly generated: { readonly table: MessageTable };
  encode(message: object): Uint8Array;
  decode(bytes: Uint8Array): object;
  create(init?: object): object;
  check(value: unknown): unknown[];
}

const isCodec = (value: unknown): value is AnyCodec => typeof value === 'object' && value !== null && 'generated' in value;
const codecs = [...Object.values<unknown>(v1), ...Object.values<unknown>(v2)].filter(isCodec);

const set = execFileSync('node_modules/.bin/buf', ['build', 'test/fixtures/proto', '--as-file-descriptor-set', '-o', '-']);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));

describe.each(codecs)(`$typeName (seed ${SEED})`, (codec) => {
  const { table } = codec.generated;
  const desc = registry.getMessage(codec.typeName)!;

  it('comes back from its own bytes, and from those of protobuf-es, which reads ours', () => {
    fc.assert(
      fc.property(arbitraryMessage(table), (message) => {
        const bytes = codec.encode(message);
        expect(codec.decode(bytes)).toEqual(message);
        const json = messageToJson(table, message) as JsonValue;
        expect(codec.decode(toBinary(desc, fromJson(desc, json)))).toEqual(message);
        expect(messageFromJson(table, toJson(desc, fromBinary(desc, bytes)))).toEqual(message);
      }),
      { seed: SEED, numRuns: 30 },
    );
  });

  it('has its defaults where everything is left out, and no byte', () => {
    expect(codec.encode({})).toEqual(new Uint8Array(0));
    expect(codec.decode(new Uint8Array(0))).toEqual(codec.create({}));
    expect(codec.create()).toEqual(codec.create({}));
  });
});

it('every message of both packages is there', () => {
  const names = [...registry.files]
    .filter(({ proto }) => proto.package.startsWith('im.fixture.names.'))
    .flatMap((file) => file.messages);
  expect(codecs.map(({ typeName }) => typeName)).toEqual(expect.arrayContaining(names.map(({ typeName }) => typeName)));
  expect(names.length).toBeGreaterThan(25);
});

describe('names', () => {
  it('that are taken get a dollar sign', () => {
    const taken = [
      'Map$',
      'Map$_Map',
      'Uint8Array$',
      'Date$',
      'Object$',
      'Number$',
      'Record$',
      'string$',
      'class$',
      'class$_switch',
    ];
    expect(Object.keys(models)).toEqual(expect.arrayContaining(taken));
    expect(Object.keys(models)).toEqual(expect.arrayContaining(['Error', 'Codec', 'Content', 'ContentType', 'pos', 'z']));
  });

  it('of members of every object are properties that say so, and what they were in JSON', () => {
    const json = { constructor: 'a', toString: '2', valueOf: { message: 'b' }, hasOwnProperty: { c: 'd' }, constructorName: 'e' };
    const message = v1.Inherited.decode(
      v1.Inherited.encode({ constructor$: 'a', toString$: 2n, toLocaleString$: { $case: 'constructorName', value: 'e' } }),
    );
    expect(message.constructor$ + message.toString$).toBe('a2');
    expect(messageToJson(v1.Inherited.generated.table, messageFromJson(v1.Inherited.generated.table, json))).toEqual(json);
    expect(v1.Inherited.check({ constructor: 'a' })).toMatchObject([{ path: 'constructor', rule: 'unknown_key' }]);
  });

  it('that two packages have bear the package; that of a well-known type gives way', () => {
    expect(models.im_fixture_names_v1_Same.typeName).toBe('im.fixture.names.v1.Same');
    expect(models.im_fixture_names_v2_Same.typeName).toBe('im.fixture.names.v2.Same');
    expect(models.im_fixture_names_v2_Status).toEqual({ UNSPECIFIED: 0, NEW: 1 });
    expect(models.FieldMask.typeName).toBe('im.fixture.names.v1.FieldMask');
    expect(models.google_protobuf_FieldMask.typeName).toBe('google.protobuf.FieldMask');
    expect(functions.decodeim_fixture_names_v2_Same(functions.encodeim_fixture_names_v2_Same({ status: 1 })).status).toBe(1);
  });

  it('have checks and zod schemas', () => {
    expect(v1.ContentType.check({ content: { text: 'longer' } })).toMatchObject([{ path: 'content.text', rule: 'max_bytes' }]);
    expect(v2.Same.check({ status: 1, old: {}, all: new Map([[1, { status: 0 }]]) })).toEqual([]);
    expect(schemas.ContentTypeSchema.safeParse({ content: { text: 'longer' } }).success).toBe(false);
    expect(schemas.Map$Schema.safeParse({ entries: new Map([['a', { bytes: {} }]]) }).success).toBe(true);
  });
});

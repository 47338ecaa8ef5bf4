// Random messages against protobuf-es, an independent implementation of ProtoJSON.
import { type JsonValue as EsJson, fromJson, fromJsonString, toJson } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageFromJson, messageToJson, parseJson } from '../../src/json/index.js';
import { tableOf } from '../../src/json/model-json.js';
import { SEED } from '../seed.js';
import { arbitraryMessage } from './arbitrary-message.js';
import { descriptor, everything, protocol, table } from './descriptors.js';
import { fromReflect } from './from-reflect.js';

const registry = everything;

const names = ['Scalars', 'Optionals', 'Lists', 'Maps', 'Tree', 'WellKnown'];
const frames = ['SendInfo', 'ReceiveInfo', 'SendResult', 'TopicMessage', 'Hello', 'Welcome', 'Reject'];
const messages = [
  ...names.map((name) => ({ name, desc: descriptor(name), table: table(name) })),
  // The generated tables.
  ...frames.map((name) => ({ name, desc: protocol.getMessage(`im.protocol.v1.${name}`)!, table: tableOf(name) })),
];

/** protobuf-es takes an Any of a known type alone: these tests leave it out, any.test.ts does not. */
const withoutAny = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(withoutAny);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, withoutAny(item)]));
  if ('typeUrl' in value) return { typeUrl: '', value: new Uint8Array(0) };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutAny(item)]));
};

/** -0 is a string in our JSON, as JSON.stringify would write the number as 0. */
const minusZeroAsNumber = (json: unknown): unknown =>
  JSON.parse(JSON.stringify(json), (_key, value) => (value === '-0' ? -0 : value));

describe.each(messages)(`$name (seed ${SEED})`, ({ desc, table }) => {
  const parameters = { seed: SEED, numRuns: 100 };

  test('comes back whole through JSON text', () => {
    fc.assert(
      fc.property(arbitraryMessage(table), (message) => {
        const text = JSON.stringify(messageToJson(table, message));
        expect(messageFromJson(table, JSON.parse(text))).toEqual(message);
        expect(messageFromJson(table, parseJson(text))).toEqual(message);
      }),
      parameters,
    );
  });

  test('is read by protobuf-es as the same values', () => {
    fc.assert(
      fc.property(arbitraryMessage(table).map(withoutAny), (message) => {
        const text = JSON.stringify(messageToJson(table, message as object));
        expect(fromReflect(reflect(desc, fromJsonString(desc, text, { registry })))).toEqual(message);
      }),
      parameters,
    );
  });

  test('is read as protobuf-es writes it', () => {
    fc.assert(
      fc.property(arbitraryMessage(table).map(withoutAny), (message) => {
        const json = messageToJson(table, message as object) as EsJson;
        const theirs = toJson(desc, fromJson(desc, json, { registry }), { registry });
        expect(theirs).toEqual(minusZeroAsNumber(json));
        expect(messageFromJson(table, theirs)).toEqual(message);
        const byProtoName = toJson(desc, fromJson(desc, json, { registry }), { registry, useProtoFieldName: true });
        expect(messageFromJson(table, byProtoName)).toEqual(message);
      }),
      parameters,
    );
  });
});

// Random messages against protobuf-es, an independent implementation of ProtoJSON.
import { fromJson, fromJsonString, type JsonValue as EsJson, toJson } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageFromJson, messageToJson, parseJson } from '../../src/json/index.js';
import { arbitraryMessage, seed } from './arbitrary-message.js';
import { everything, protocol } from './descriptors.js';
import { fromReflect } from './from-reflect.js';
import { tableOf } from './table-of.js';

const registry = everything;
const messages = [...everything, ...protocol].filter((desc) => desc.kind === 'message' && /^(test|im)\./.test(desc.typeName));

/** protobuf-es takes an Any of a known type alone: these tests leave it out, any.test.ts does not. */
const isAny = (name: string) => name === 'google.protobuf.Any';
const withoutAny = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(withoutAny);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, withoutAny(item)]));
  if ('typeUrl' in value) return { typeUrl: '', value: new Uint8Array(0) };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutAny(item)]));
};

describe.each(messages.flatMap((desc) => (desc.kind === 'message' && !isAny(desc.typeName) ? [desc] : [])))(
  `$typeName (seed ${seed})`,
  (desc) => {
    const table = tableOf(desc);
    const parameters = { seed, numRuns: 150 };

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
          expect(messageFromJson(table, theirs)).toEqual(message);
          const byProtoName = toJson(desc, fromJson(desc, json, { registry }), { registry, useProtoFieldName: true });
          expect(messageFromJson(table, byProtoName)).toEqual(message);
        }),
        parameters,
      );
    });
  },
);

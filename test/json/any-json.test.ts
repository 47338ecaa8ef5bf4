import { fromJson, toJson } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { Any, TextContent, UserInfo } from '../../generated/models.js';
import { fromJSON, type JsonType, toJSON } from '../../src/json/index.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { Struct, Value } from '../fixtures/generated/google/protobuf/struct.codec.js';
import { Timestamp } from '../fixtures/generated/google/protobuf/timestamp.codec.js';
import { Int64Value } from '../fixtures/generated/google/protobuf/wrappers.codec.js';
import { thrownBy } from '../thrown-by.js';
import { descriptor, protocol, table } from './descriptors.js';

const Empty: JsonType = {
  generated: { table: table('google.protobuf.Empty') },
  encode: () => new Uint8Array(0),
  decode: () => ({}),
};
const types = [Any, TextContent, UserInfo, Struct, Value, Timestamp, Int64Value, Empty];
const url = (name: string) => `type.googleapis.com/${name}`;
const refusal = (json: unknown) =>
  thrownBy(() => fromJSON('Any', json, { types })).message.replace('[INVALID_MESSAGE] Any breaks 1 rule: ', '');

describe('an Any of unknown type', () => {
  const any = { typeUrl: 'example.com/com.example.Poll', value: Uint8Array.of(1, 2, 3) };
  const json = { '@type': 'example.com/com.example.Poll', value: 'AQID' };

  test('has its bytes in base64', () => {
    expect(toJSON('Any', any)).toEqual(json);
    expect(fromJSON('Any', json)).toEqual(any);
  });

  test('may be empty', () => {
    const empty = { typeUrl: 'example.com/com.example.Poll', value: new Uint8Array(0) };
    expect(toJSON('Any', empty)).toEqual({ '@type': empty.typeUrl, value: '' });
    expect(fromJSON('Any', { '@type': empty.typeUrl })).toEqual(empty);
    expect(fromJSON('Any', { '@type': empty.typeUrl, value: null })).toEqual(empty);
  });

  test.each(['no slash', 'a/', 'a/b c', ''])(
    'is shown too where its type_url is %j, which names no type, but not read',
    (typeUrl) => {
      const json = toJSON('Any', { typeUrl, value: Uint8Array.of(1) });
      expect(json).toEqual({ '@type': typeUrl, value: 'AQ==' });
      expect(refusal(json)).toBe('@type: the full name of a message must follow the last /');
    },
  );

  test('keeps the unknown fields of the Any on request', () => {
    const kept = { ...any, [UNKNOWN_FIELDS]: Uint8Array.of(0x50, 0x01) };
    expect(toJSON('Any', kept, { unknownFields: true })).toEqual({ ...json, $unknown: 'UAE=' });
    expect(fromJSON('Any', { ...json, $unknown: 'UAE=' })).toEqual(kept);
  });

  test.each<[unknown, string]>([
    [null, 'expected object, got null'],
    [[], 'expected object, got array'],
    [{ value: 'AQID' }, '@type: expected string, got undefined'],
    [{ '@type': 5 }, '@type: expected string, got number'],
    [{ '@type': 'a/\ud800' }, '@type: character 2 is a lone surrogate'],
    [{ '@type': 'a/b.C', value: {} }, 'value: expected base64, got object'],
    [{ '@type': 'a/b.C', value: '*' }, 'value: expected base64, got string that is not'],
    [{ '@type': 'a/b.C', text: 'x' }, 'text: an Any whose type is not known here has its bytes in "value" alone'],
  ])('%j is refused', (value, error) => {
    expect(refusal(value)).toBe(error);
  });
});

test('an Any with nothing in it is an empty object', () => {
  const empty = { typeUrl: '', value: new Uint8Array(0) };
  expect(toJSON('Any', empty)).toEqual({});
  expect(toJSON('Any', {})).toEqual({});
  expect(fromJSON('Any', {})).toEqual(empty);
});

describe('an Any of a type that is given', () => {
  test('shows the fields of its message', () => {
    // UserInfo { user_id: 7, terminal: WEB }
    const any = { typeUrl: 'host/im.protocol.v1.UserInfo', value: Uint8Array.of(0x08, 0x07, 0x10, 0x01) };
    const json = { '@type': 'host/im.protocol.v1.UserInfo', userId: '7', terminal: 'TERMINAL_WEB' };
    expect(toJSON('Any', any, { types })).toEqual(json);
    expect(fromJSON('Any', json, { types })).toEqual(any);
    expect(fromJSON('Any', { terminal: 1, user_id: 7, '@type': any.typeUrl }, { types })).toEqual(any);
  });

  test('shows the unknown fields of its message', () => {
    const any = { typeUrl: url('im.protocol.v1.TextContent'), value: Uint8Array.of(0x0a, 0x01, 0x78, 0x50, 0x01) };
    const json = { '@type': any.typeUrl, text: 'x', $unknown: 'UAE=' };
    expect(toJSON('Any', any, { types, unknownFields: true })).toEqual(json);
    expect(fromJSON('Any', json, { types })).toEqual(any);
  });

  test.each<[string, unknown, number[]]>([
    ['google.protobuf.Timestamp', '1970-01-01T00:00:01Z', [0x08, 0x01]],
    ['google.protobuf.Int64Value', '5', [0x08, 0x05]],
    ['google.protobuf.Struct', { a: true }, [0x0a, 0x07, 0x0a, 0x01, 0x61, 0x12, 0x02, 0x20, 0x01]],
    ['google.protobuf.Value', null, [0x08, 0x00]],
    [
      'google.protobuf.Any',
      { '@type': 'a/google.protobuf.Int64Value', value: '5' },
      [0x0a, 0x1c, ...Buffer.from('a/google.protobuf.Int64Value'), 0x12, 0x02, 0x08, 0x05],
    ],
    ['google.protobuf.Empty', {}, []],
  ])('%s has its JSON in "value"', (name, value, bytes) => {
    const json = { '@type': url(name), value };
    const any = { typeUrl: url(name), value: Uint8Array.from(bytes) };
    expect(toJSON('Any', any, { types })).toEqual(json);
    expect(fromJSON('Any', json, { types })).toEqual(any);
  });

  test('Empty is read without "value" too', () => {
    expect(fromJSON('Any', { '@type': url('google.protobuf.Empty') }, { types })).toEqual({
      typeUrl: url('google.protobuf.Empty'),
      value: new Uint8Array(0),
    });
  });

  test.each<[unknown, string]>([
    [{ '@type': url('im.protocol.v1.UserInfo'), value: 'CAc=' }, 'value: no field of im.protocol.v1.UserInfo'],
    [{ '@type': url('im.protocol.v1.UserInfo'), userId: 'x' }, 'userId: expected integer, got string that is not'],
    [{ '@type': url('google.protobuf.Timestamp') }, 'value: missing: this type has its JSON here'],
    [
      { '@type': url('google.protobuf.Timestamp'), value: '1970-01-01T00:00:01Z', seconds: 1 },
      'seconds: this type has its JSON in "value" alone',
    ],
    [{ '@type': url('google.protobuf.Int64Value'), value: null }, 'value: expected integer, got null'],
    [{ '@type': url('google.protobuf.Empty'), value: { a: 1 } }, 'value.a: no field of google.protobuf.Empty'],
  ])('%j is refused', (value, error) => {
    expect(refusal(value)).toBe(error);
  });

  test('bytes that are no message of it are MALFORMED_PAYLOAD', () => {
    const any = { typeUrl: url('im.protocol.v1.UserInfo'), value: Uint8Array.of(0x08) };
    expect(thrownBy(() => toJSON('Any', any, { types })).code).toBe('MALFORMED_PAYLOAD');
  });

  test('is written and read as protobuf-es does', () => {
    const desc = descriptor('google.protobuf.Any');
    const registry = protocol;
    const any = { typeUrl: url('im.protocol.v1.UserInfo'), value: UserInfo.encode({ userId: 2n ** 60n, terminal: 3 }) };
    const json = toJSON('Any', any, { types });
    const theirs = fromJson(desc, json, { registry });
    expect(toJson(desc, theirs, { registry })).toEqual(json);
    expect(fromJSON('Any', json, { types })).toEqual({ typeUrl: any.typeUrl, value: Uint8Array.from(any.value) });
  });
});

test.each([
  [100, true],
  [101, false],
])('%i Anys in each other', (anys, fits) => {
  const typeUrl = url('google.protobuf.Any');
  let json: object = {};
  for (let i = 0; i < anys; i++) json = { '@type': typeUrl, value: json };
  if (fits) expect(toJSON('Any', fromJSON('Any', json, { types }), { types })).toEqual(json);
  else expect(thrownBy(() => fromJSON('Any', json, { types })).issues?.[0]?.message).toBe('nested deeper than 100');
});

test('thousands of Anys in each other are refused, not followed', () => {
  const typeUrl = url('google.protobuf.Any');
  let value: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < 3000; i++) value = Any.encode({ typeUrl, value });
  const error = thrownBy(() => toJSON('Any', { typeUrl, value }, { types }));
  expect(error.message).toBe('[INVALID_MESSAGE] Any breaks 1 rule: nested deeper than 100');
});

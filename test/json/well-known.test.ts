import { type JsonValue as EsJson, fromJson } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { messageFromJson, messageToJson } from '../../src/json/index.js';
import { thrownBy } from '../thrown-by.js';
import { descriptor, table } from './descriptors.js';

const google = (name: string) => table(`google.protobuf.${name}`);
const write = (name: string, message: object) => messageToJson(google(name), message);
const read = (name: string, json: unknown) => messageFromJson(google(name), json);
const theyRefuse = (name: string, json: unknown) =>
  expect(() => fromJson(descriptor(`google.protobuf.${name}`), json as EsJson)).toThrow();
const refusal = (run: () => unknown) => thrownBy(run).message.replace('[INVALID_MESSAGE] ', '');

describe('Timestamp', () => {
  test.each<[string, { seconds?: bigint; nanos?: number }]>([
    ['1970-01-01T00:00:00Z', { seconds: 0n, nanos: 0 }],
    ['0001-01-01T00:00:00Z', { seconds: -62135596800n, nanos: 0 }],
    ['9999-12-31T23:59:59.999999999Z', { seconds: 253402300799n, nanos: 999999999 }],
    ['1969-12-31T23:59:59.500Z', { seconds: -1n, nanos: 500000000 }],
    ['2024-02-29T12:00:00.010Z', { seconds: 1709208000n, nanos: 10000000 }],
    ['2024-02-29T12:00:00.000010Z', { seconds: 1709208000n, nanos: 10000 }],
    ['2024-02-29T12:00:00.000000010Z', { seconds: 1709208000n, nanos: 10 }],
  ])('%s', (text, message) => {
    expect(write('Timestamp', message)).toBe(text);
    expect(read('Timestamp', text)).toEqual(message);
  });

  test('fields that are left out are 0', () => {
    expect(write('Timestamp', {})).toBe('1970-01-01T00:00:00Z');
  });

  test.each<[string, bigint, number]>([
    ['2024-02-29T12:00:00+08:00', 1709179200n, 0],
    ['2024-02-29T12:00:00-23:59', 1709294340n, 0],
    ['2024-02-29T12:00:00.1Z', 1709208000n, 100000000],
    ['0001-01-01T00:00:00-00:01', -62135596740n, 0],
  ])('reads %s', (text, seconds, nanos) => {
    expect(read('Timestamp', text)).toEqual({ seconds, nanos });
  });

  test.each<[unknown, string]>([
    ['2023-02-29T00:00:00Z', 'Timestamp breaks 1 rule: no such day or time'],
    ['2024-02-30T00:00:00Z', 'Timestamp breaks 1 rule: no such day or time'],
    ['2024-13-01T00:00:00Z', 'Timestamp breaks 1 rule: no such day or time'],
    ['2024-01-01T24:00:00Z', 'Timestamp breaks 1 rule: no such day or time'],
    ['2024-01-01T23:59:60Z', 'Timestamp breaks 1 rule: no such day or time'],
    ['0000-01-01T00:00:00Z', 'Timestamp breaks 1 rule: not in the years 1 to 9999 in UTC'],
    ['0001-01-01T00:00:00+00:01', 'Timestamp breaks 1 rule: not in the years 1 to 9999 in UTC'],
    ['9999-12-31T23:59:59-00:01', 'Timestamp breaks 1 rule: not in the years 1 to 9999 in UTC'],
    ['10000-01-01T00:00:00Z', 'Timestamp breaks 1 rule: expected a time as in 2006-01-02T15:04:05Z, got string'],
    ['2024-01-01t00:00:00Z', 'Timestamp breaks 1 rule: expected a time as in 2006-01-02T15:04:05Z, got string'],
    ['2024-01-01T00:00:00z', 'Timestamp breaks 1 rule: expected a time as in 2006-01-02T15:04:05Z, got string'],
    ['2024-01-01T00:00:00', 'Timestamp breaks 1 rule: expected a time as in 2006-01-02T15:04:05Z, got string'],
    ['2024-01-01 00:00:00Z', 'Timestamp breaks 1 rule: expected a time as in 2006-01-02T15:04:05Z, got string'],
    ['2024-01-01T00:00:00.Z', 'Timestamp breaks 1 rule: expected a time as in 2006-01-02T15:04:05Z, got string'],
    ['2024-01-01T00:00:00.0123456789Z', 'Timestamp breaks 1 rule: expected a time as in 2006-01-02T15:04:05Z, got string'],
    ['2024-01-01T00:00:00+24:00', 'Timestamp breaks 1 rule: expected a time as in 2006-01-02T15:04:05Z, got string'],
    ['2024-01-01T00:00:00Z\n', 'Timestamp breaks 1 rule: expected a time as in 2006-01-02T15:04:05Z, got string'],
    [0, 'Timestamp breaks 1 rule: expected a time as in 2006-01-02T15:04:05Z, got number'],
    [{ seconds: '0' }, 'Timestamp breaks 1 rule: expected a time as in 2006-01-02T15:04:05Z, got object'],
  ])('%j is refused', (json, error) => {
    expect(refusal(() => read('Timestamp', json))).toBe(error);
  });

  test.each<[object, string]>([
    [{ seconds: -62135596801n }, 'Timestamp breaks 1 rule: seconds: got -62135596801, from -62135596800 to 253402300799'],
    [{ seconds: 253402300800n }, 'Timestamp breaks 1 rule: seconds: got 253402300800, from -62135596800 to 253402300799'],
    [{ seconds: 2n ** 63n - 1n }, 'Timestamp breaks 1 rule: seconds: got 9223372036854775807, from -62135596800 to 253402300799'],
    [{ nanos: -1 }, 'Timestamp breaks 1 rule: nanos: got -1, from 0 to 999999999'],
    [{ nanos: 1000000000 }, 'Timestamp breaks 1 rule: nanos: got 1000000000, from 0 to 999999999'],
    [{ seconds: 1 }, 'Timestamp breaks 1 rule: seconds: expected bigint, got number'],
  ])('%s has no JSON', (message, error) => {
    expect(refusal(() => write('Timestamp', message))).toBe(error);
  });
});

describe('Duration', () => {
  test.each<[string, { seconds: bigint; nanos: number }]>([
    ['0s', { seconds: 0n, nanos: 0 }],
    ['1.500s', { seconds: 1n, nanos: 500000000 }],
    ['-0.500s', { seconds: 0n, nanos: -500000000 }],
    ['-3s', { seconds: -3n, nanos: 0 }],
    ['1.000000001s', { seconds: 1n, nanos: 1 }],
    ['0.000001s', { seconds: 0n, nanos: 1000 }],
    ['315576000000s', { seconds: 315576000000n, nanos: 0 }],
    ['-315576000000.999999999s', { seconds: -315576000000n, nanos: -999999999 }],
  ])('%s', (text, message) => {
    expect(write('Duration', message)).toBe(text);
    expect(read('Duration', text)).toEqual(message);
  });

  test('is read with any number of digits up to nine', () => {
    expect(read('Duration', '1.5s')).toEqual({ seconds: 1n, nanos: 500000000 });
    expect(read('Duration', '-0s')).toEqual({ seconds: 0n, nanos: 0 });
  });

  test.each<[unknown, string]>([
    ['315576000001s', 'Duration breaks 1 rule: got 315576000001 seconds, from -315576000000 to 315576000000'],
    ['-315576000001s', 'Duration breaks 1 rule: got -315576000001 seconds, from -315576000000 to 315576000000'],
    ['1', 'Duration breaks 1 rule: expected a duration as in 1.5s, got string'],
    ['1.s', 'Duration breaks 1 rule: expected a duration as in 1.5s, got string'],
    ['.5s', 'Duration breaks 1 rule: expected a duration as in 1.5s, got string'],
    ['+1s', 'Duration breaks 1 rule: expected a duration as in 1.5s, got string'],
    ['1 s', 'Duration breaks 1 rule: expected a duration as in 1.5s, got string'],
    ['1.0000000001s', 'Duration breaks 1 rule: expected a duration as in 1.5s, got string'],
    ['', 'Duration breaks 1 rule: expected a duration as in 1.5s, got string'],
    [1, 'Duration breaks 1 rule: expected a duration as in 1.5s, got number'],
  ])('%j is refused', (json, error) => {
    expect(refusal(() => read('Duration', json))).toBe(error);
  });

  test.each<[object, string]>([
    [{ seconds: 315576000001n }, 'Duration breaks 1 rule: seconds: got 315576000001, from -315576000000 to 315576000000'],
    [{ seconds: 1n, nanos: -1 }, 'Duration breaks 1 rule: nanos: got -1, which has not the sign of 1 seconds'],
    [{ seconds: -1n, nanos: 1 }, 'Duration breaks 1 rule: nanos: got 1, which has not the sign of -1 seconds'],
    [{ nanos: 1000000000 }, 'Duration breaks 1 rule: nanos: got 1000000000, from -999999999 to 999999999'],
  ])('%s has no JSON', (message, error) => {
    expect(refusal(() => write('Duration', message))).toBe(error);
  });
});

describe('FieldMask', () => {
  test('is one string of paths', () => {
    const message = { paths: ['user.display_name', 'photo', 'a_b_c'] };
    expect(write('FieldMask', message)).toBe('user.displayName,photo,aBC');
    expect(read('FieldMask', 'user.displayName,photo,aBC')).toEqual(message);
  });

  test('without paths is empty', () => {
    expect(write('FieldMask', {})).toBe('');
    expect(read('FieldMask', '')).toEqual({ paths: [] });
  });

  test.each(['fooBar', 'foo__bar', 'foo_3', 'foo_', 'a,b'])('the path %s has no JSON', (path) => {
    expect(refusal(() => write('FieldMask', { paths: ['ok', path] }))).toBe(
      'FieldMask breaks 1 rule: paths[1]: not in lower_snake_case',
    );
  });

  test('a path in snake_case is refused', () => {
    expect(refusal(() => read('FieldMask', 'a,foo_bar'))).toBe('FieldMask breaks 1 rule: not in lowerCamelCase');
  });
});

describe('Struct, Value and ListValue', () => {
  const text = '{"null":null,"number":1.5,"text":"x","yes":true,"list":[1,[],{}],"object":{"a":{"b":null}},"__proto__":"x"}';

  test('come back whole', () => {
    for (const [name, value] of [
      ['Struct', text],
      ['Value', text],
      ['ListValue', `[${text},null]`],
      ['Value', 'null'],
      ['Value', '"x"'],
      ['Value', '[[[1]]]'],
    ] as const) {
      expect(JSON.stringify(write(name, read(name, JSON.parse(value))))).toBe(value);
    }
  });

  test('are messages', () => {
    expect(read('Struct', { a: [null] })).toEqual({
      fields: new Map([['a', { kind: { $case: 'listValue', value: { values: [{ kind: { $case: 'nullValue', value: 0 } }] } } }]]),
    });
  });

  test('a bigint is the nearest double, as any number of a Value', () => {
    expect(read('Value', 2n ** 53n + 1n)).toEqual({ kind: { $case: 'numberValue', value: 2 ** 53 } });
  });

  test.each<[string, object, string]>([
    ['Value', {}, 'Value breaks 1 rule: a Value without a kind has no JSON'],
    [
      'ListValue',
      { values: [{ kind: { $case: 'boolValue', value: true } }, {}] },
      'ListValue breaks 1 rule: [1]: a Value without a kind has no JSON',
    ],
    ['Struct', { fields: new Map([['k', {}]]) }, 'Struct breaks 1 rule: ["k"]: a Value without a kind has no JSON'],
    ['Value', { kind: { $case: 'numberValue', value: Number.NaN } }, 'Value breaks 1 rule: a Value of NaN has no JSON'],
    [
      'Value',
      { kind: { $case: 'numberValue', value: Number.NEGATIVE_INFINITY } },
      'Value breaks 1 rule: a Value of -Infinity has no JSON',
    ],
  ])('%s %j has no JSON', (name, message, error) => {
    expect(refusal(() => write(name, message))).toBe(error);
  });

  test.each<[string, unknown, string]>([
    ['Struct', [], 'Struct breaks 1 rule: expected object, got array'],
    ['Struct', null, 'Struct breaks 1 rule: expected object, got null'],
    ['ListValue', {}, 'ListValue breaks 1 rule: expected array, got object'],
    ['Value', Number.NaN, 'Value breaks 1 rule: expected number, got number'],
    ['Value', undefined, 'Value breaks 1 rule: expected number, got undefined'],
    ['Struct', { a: { b: '\udc00' } }, 'Struct breaks 1 rule: ["a"]["b"]: character 0 is a lone surrogate'],
    ['Struct', { '\udc00': 1 }, 'Struct breaks 1 rule: ["\\udc00"]: character 0 is a lone surrogate'],
  ])('%s from %j is refused', (name, value, error) => {
    expect(refusal(() => read(name, value))).toBe(error);
  });

  // Each list of a Value is two messages deep: the ListValue, and the Value in it.
  test.each([
    [50, true],
    [51, false],
  ])('%i lists in each other', (lists, fits) => {
    const value = JSON.parse('['.repeat(lists) + ']'.repeat(lists));
    if (fits) expect(JSON.stringify(write('Value', read('Value', value)))).toBe(JSON.stringify(value));
    else expect(refusal(() => read('Value', value))).toMatch(/nested deeper than 100$/);
  });
});

describe('wrappers', () => {
  test.each<[string, unknown, unknown]>([
    ['DoubleValue', 1.5, 1.5],
    ['FloatValue', 'NaN', Number.NaN],
    ['Int64Value', '-9223372036854775808', -(2n ** 63n)],
    ['UInt64Value', '18446744073709551615', 2n ** 64n - 1n],
    ['Int32Value', 0, 0],
    ['UInt32Value', 4294967295, 4294967295],
    ['BoolValue', false, false],
    ['StringValue', '', ''],
    ['BytesValue', 'AQI=', Uint8Array.of(1, 2)],
  ])('%s is %j', (name, json, value) => {
    expect(read(name, json)).toEqual({ value });
    expect(write(name, { value })).toBe(json);
  });

  test('one that is empty is its default', () => {
    expect(write('Int64Value', {})).toBe('0');
    expect(write('StringValue', { value: undefined })).toBe('');
  });

  test('null in a field leaves it unset; alone it is refused', () => {
    expect(messageFromJson(table('WellKnown'), { int32Wrapper: null }).int32Wrapper).toBeUndefined();
    expect(refusal(() => read('Int32Value', null))).toBe('Int32Value breaks 1 rule: expected integer, got null');
    expect(refusal(() => messageFromJson(table('WellKnown'), { int64Wrappers: ['1', null] }))).toBe(
      'WellKnown breaks 1 rule: int64Wrappers[1]: expected integer, got null',
    );
  });
});

describe('null', () => {
  test('is a value for Value and NullValue, in lists too', () => {
    const message = messageFromJson(table('WellKnown'), {
      value: null,
      values: [null, 1],
      nullValues: [null, 'NULL_VALUE', 0],
      optionalNull: null,
    });
    expect(messageToJson(table('WellKnown'), message)).toEqual({
      value: null,
      values: [null, 1],
      nullValues: [null, null, null],
      optionalNull: null,
    });
  });

  test('leaves other well-known types unset', () => {
    const fields = ['timestamp', 'duration', 'fieldMask', 'struct', 'list', 'empty', 'any', 'nullValue'];
    const message = messageFromJson(table('WellKnown'), Object.fromEntries(fields.map((name) => [name, null])));
    expect(message).toEqual(messageFromJson(table('WellKnown'), {}));
  });
});

test('Empty is an empty object', () => {
  expect(write('Empty', {})).toEqual({});
  expect(read('Empty', {})).toEqual({});
  expect(refusal(() => read('Empty', { a: 1 }))).toBe('Empty breaks 1 rule: a: no field of google.protobuf.Empty');
});

test('protobuf-es refuses the same', () => {
  for (const text of ['2024-13-01T00:00:00Z', '2024-01-01t00:00:00Z', '0000-01-01T00:00:00Z']) theyRefuse('Timestamp', text);
  for (const text of ['315576000001s', '1', '1.0000000001s', '']) theyRefuse('Duration', text);
  theyRefuse('FieldMask', 'foo_bar');
  theyRefuse('Int32Value', '1 ');
});

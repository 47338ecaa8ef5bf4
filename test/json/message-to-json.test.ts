import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { messageToJson } from '../../src/json/index.js';
import type { MessageTable } from '../../src/wire/table.js';
import { thrownBy } from '../thrown-by.js';
import { table } from './descriptors.js';

const text = (name: string, message: object) => JSON.stringify(messageToJson(table(name), message));

describe('scalars', () => {
  test.each<[string, object, string]>([
    ['a 64-bit integer is a string', { int64Value: 9007199254740993n }, '{"int64Value":"9007199254740993"}'],
    ['the smallest int64', { int64Value: -(2n ** 63n) }, '{"int64Value":"-9223372036854775808"}'],
    ['the largest int64', { sint64Value: 2n ** 63n - 1n }, '{"sint64Value":"9223372036854775807"}'],
    ['the largest uint64', { fixed64Value: 2n ** 64n - 1n }, '{"fixed64Value":"18446744073709551615"}'],
    [
      'a 32-bit integer is a number',
      { uint32Value: 4294967295, int32Value: -2147483648 },
      '{"int32Value":-2147483648,"uint32Value":4294967295}',
    ],
    ['bytes are base64 in the standard alphabet', { bytesValue: Uint8Array.of(0xfb, 0xff) }, '{"bytesValue":"+/8="}'],
    ['a double', { doubleValue: 0.1 }, '{"doubleValue":0.1}'],
    ['the largest double', { doubleValue: Number.MAX_VALUE }, '{"doubleValue":1.7976931348623157e+308}'],
    ['NaN', { doubleValue: Number.NaN }, '{"doubleValue":"NaN"}'],
    ['infinity', { doubleValue: Number.POSITIVE_INFINITY }, '{"doubleValue":"Infinity"}'],
    ['minus infinity', { floatValue: Number.NEGATIVE_INFINITY }, '{"floatValue":"-Infinity"}'],
    ['-0, which JSON.stringify would write as 0', { doubleValue: -0, floatValue: -0 }, '{"doubleValue":"-0","floatValue":"-0"}'],
    ['-0 in an integer is 0, its default', { int32Value: -0 }, '{}'],
    ['a float by its fewest digits', { floatValue: Math.fround(0.1) }, '{"floatValue":0.1}'],
    ['a float that needs nine digits', { floatValue: Math.fround(1.00000012) }, '{"floatValue":1.0000001}'],
    [
      'the largest float, not rounded up beyond it',
      { floatValue: 3.4028234663852886e38 },
      '{"floatValue":3.4028234663852886e+38}',
    ],
    ['the smallest float', { floatValue: 1.401298464324817e-45 }, '{"floatValue":1.4013e-45}'],
    ['a double that is no float is rounded to one', { floatValue: 0.1 }, '{"floatValue":0.1}'],
    ['an enum by its full name', { color: 2 }, '{"color":"COLOR_BLUE"}'],
    ['an enum with an alias by its first name', { color: 1 }, '{"color":"COLOR_RED"}'],
    ['an enum below 0', { color: -3 }, '{"color":"COLOR_NEGATIVE"}'],
    ['an enum without a name by its number', { color: 77 }, '{"color":77}'],
    ['a text that JSON escapes', { stringValue: '"\\\n你' }, '{"stringValue":"\\"\\\\\\n你"}'],
    ['a field with a name of its own in JSON', { toString: 'x', constructor: 'y' }, '{"constructor":"y","renamed":"x"}'],
    ['a digit behind an underscore', { value3: 3 }, '{"value3":3}'],
  ])('%s', (_what, message, json) => {
    expect(text('Scalars', { constructor: '', toString: '', ...message })).toBe(json);
  });

  test('bytes of another realm', () => {
    const bytes: unknown = runInNewContext('Uint8Array.of(1, 2, 3)');
    expect(text('Optionals', { bytesValue: bytes })).toBe('{"bytesValue":"AQID"}');
  });
});

describe('defaults and presence', () => {
  test('a default is left out', () => {
    const message = {
      doubleValue: 0,
      int64Value: 0n,
      boolValue: false,
      stringValue: '',
      bytesValue: new Uint8Array(0),
      color: 0,
    };
    expect(text('Scalars', { ...message, constructor: '', toString: '' })).toBe('{}');
  });

  test('empty lists and maps are left out', () => {
    expect(text('Lists', { int64Values: [], scalars: [] })).toBe('{}');
    expect(text('Maps', { strings: new Map() })).toBe('{}');
  });

  test('an optional field with its default is written', () => {
    expect(
      text('Optionals', {
        doubleValue: 0,
        int64Value: 0n,
        boolValue: false,
        stringValue: '',
        bytesValue: new Uint8Array(0),
        color: 0,
      }),
    ).toBe('{"doubleValue":0,"int64Value":"0","boolValue":false,"stringValue":"","bytesValue":"","color":"COLOR_UNSPECIFIED"}');
  });

  test('the member of a oneof with its default is written', () => {
    expect(text('Tree', { node: { $case: 'number', value: 0n } })).toBe('{"number":"0"}');
    expect(text('Tree', { node: { $case: 'leaf', value: {} } })).toBe('{"leaf":{}}');
    expect(text('Tree', { node: { $case: 'nothing', value: 0 } })).toBe('{"nothing":null}');
  });

  test('undefined is left out', () => {
    expect(text('Optionals', { doubleValue: undefined })).toBe('{}');
    expect(text('Tree', { node: undefined })).toBe('{}');
  });
});

describe('maps', () => {
  test('keys of every type are strings', () => {
    const message = {
      strings: new Map([['k', 'v']]),
      int32s: new Map([[-1, 'a']]),
      int64s: new Map([[-(2n ** 63n), 'b']]),
      bools: new Map([
        [true, 'c'],
        [false, 'd'],
      ]),
    };
    expect(text('Maps', message)).toBe(
      '{"strings":{"k":"v"},"int32s":{"-1":"a"},"int64s":{"-9223372036854775808":"b"},"bools":{"true":"c","false":"d"}}',
    );
  });

  test('the key __proto__ is just a key', () => {
    const json = messageToJson(table('Maps'), { strings: new Map([['__proto__', 'x']]) }) as { strings: object };
    expect(JSON.stringify(json)).toBe('{"strings":{"__proto__":"x"}}');
    expect(Object.getPrototypeOf(json.strings)).toBe(Object.prototype);
  });

  test('a Map of another realm', () => {
    const strings: unknown = runInNewContext('new Map([["a", "b"]])');
    expect(text('Maps', { strings })).toBe('{"strings":{"a":"b"}}');
  });
});

describe('what no message may hold', () => {
  test.each<[string, string, object, string]>([
    [
      'Lists',
      'a number where a bigint belongs',
      { int64Values: [1n, 2] },
      'Lists breaks 1 rule: int64Values[1]: expected bigint, got number',
    ],
    [
      'Lists',
      'a lone surrogate',
      { stringValues: ['\ud800'] },
      'Lists breaks 1 rule: stringValues[0]: character 0 is a lone surrogate',
    ],
    ['Optionals', 'an unknown key', { colour: 1 }, 'Optionals breaks 1 rule: colour: no field of test.json.v1.Optionals'],
    ['Optionals', 'null', { boolValue: null }, 'Optionals breaks 1 rule: boolValue: expected boolean, got null'],
    ['Maps', 'a plain object for a map', { strings: { a: 'b' } }, 'Maps breaks 1 rule: strings: expected Map, got object'],
    [
      'Optionals',
      'a number out of range',
      { uint32Value: 4294967296 },
      'Optionals breaks 1 rule: uint32Value: got 4294967296, uint32 is an integer from 0 to 4294967295',
    ],
  ])('%s: %s is refused', (name, _what, message, error) => {
    const thrown = thrownBy(() => text(name, message));
    expect(thrown.message).toBe(`[INVALID_MESSAGE] ${error}`);
  });

  test('all issues are told', () => {
    const error = thrownBy(() => text('Optionals', { boolValue: 1, int64Value: 1 }));
    expect(error.issues?.map((issue) => issue.path)).toEqual(['int64Value', 'boolValue']);
  });

  test('an object that contains itself', () => {
    const tree: { children: object[] } = { children: [] };
    tree.children.push(tree);
    expect(thrownBy(() => text('Tree', tree)).issues?.[0]?.message).toBe('nested deeper than 100');
  });
});

test.each([
  [99, true],
  [100, true],
  [101, false],
])('messages nested %i deep', (depth, fits) => {
  let tree: object = {};
  for (let i = 0; i < depth; i++) tree = { children: [tree] };
  if (fits) expect(text('Tree', tree).match(/children/g)).toHaveLength(depth);
  else expect(thrownBy(() => text('Tree', tree)).code).toBe('INVALID_MESSAGE');
});

test('the message is not changed, and the result shares nothing with it', () => {
  const message = { stringValues: ['a'], scalars: [{ stringValue: 'b', constructor: '', toString: '' }] };
  const before = structuredClone(message);
  const json = messageToJson(table('Lists'), message) as { stringValues: string[]; scalars: object[] };
  json.stringValues.push('x');
  json.scalars.push({});
  expect(message).toEqual(before);
});

test('the key __proto__ of a field is just a key', () => {
  const odd: MessageTable = { name: 'test.Odd', fields: [{ number: 1, name: 'proto', json: '__proto__', type: 'int32' }] };
  expect(JSON.stringify(messageToJson(odd, { proto: 5 }))).toBe('{"__proto__":5}');
});

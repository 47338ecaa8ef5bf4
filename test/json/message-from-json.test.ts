import { describe, expect, test } from 'vitest';
import { messageFromJson, parseJson } from '../../src/json/index.js';
import type { MessageTable } from '../../src/wire/table.js';
import { thrownBy } from '../thrown-by.js';
import { table } from './descriptors.js';

const read = (name: string, json: string) => messageFromJson(table(name), JSON.parse(json));
const issue = (run: () => unknown) => {
  const { code, message, path, issues } = thrownBy(run);
  expect(code).toBe('INVALID_MESSAGE');
  expect(issues).toHaveLength(1);
  expect(path).toBe(issues?.[0]?.path);
  return `${issues?.[0]?.rule} | ${message.slice('[INVALID_MESSAGE] '.length)}`;
};

describe('integers', () => {
  test.each<[string, unknown, unknown]>([
    ['int64Value', '9007199254740993', 9007199254740993n],
    ['int64Value', '-9223372036854775808', -(2n ** 63n)],
    ['int64Value', '9223372036854775807', 2n ** 63n - 1n],
    ['uint64Value', '18446744073709551615', 2n ** 64n - 1n],
    ['int64Value', 9007199254740991, 9007199254740991n],
    ['int64Value', -9007199254740991, -9007199254740991n],
    ['int64Value', 9007199254740993n, 9007199254740993n],
    ['int64Value', '-0', 0n],
    ['int64Value', -0, 0n],
    ['int64Value', '1e3', 1000n],
    ['int64Value', 1e3, 1000n],
    ['int64Value', '1.0', 1n],
    ['int32Value', '2147483647', 2147483647],
    ['int32Value', -2147483648, -2147483648],
    ['int32Value', 5n, 5],
    ['uint32Value', 4294967295, 4294967295],
    ['fixed32Value', '1e2', 100],
    ['sfixed64Value', '-1', -1n],
  ])('%s from %s', (field, value, expected) => {
    expect(messageFromJson(table('Scalars'), { [field]: value })[field]).toBe(expected);
  });

  test.each<[string, unknown, string]>([
    [
      'int64Value',
      9007199254740992,
      'range | Scalars breaks 1 rule: int64Value: got 9007199254740992 as a number, which may have been rounded beyond 2^53: give a string or a bigint',
    ],
    [
      'int64Value',
      -9007199254740992,
      'range | Scalars breaks 1 rule: int64Value: got -9007199254740992 as a number, which may have been rounded beyond 2^53: give a string or a bigint',
    ],
    [
      'int64Value',
      '9223372036854775808',
      'range | Scalars breaks 1 rule: int64Value: got 9223372036854775808, int64 is an integer from -9223372036854775808 to 9223372036854775807',
    ],
    [
      'int64Value',
      '-9223372036854775809',
      'range | Scalars breaks 1 rule: int64Value: got -9223372036854775809, int64 is an integer from -9223372036854775808 to 9223372036854775807',
    ],
    [
      'uint64Value',
      '18446744073709551616',
      'range | Scalars breaks 1 rule: uint64Value: got 18446744073709551616, uint64 is an integer from 0 to 18446744073709551615',
    ],
    [
      'uint64Value',
      -1,
      'range | Scalars breaks 1 rule: uint64Value: got -1, uint64 is an integer from 0 to 18446744073709551615',
    ],
    [
      'int32Value',
      2147483648,
      'range | Scalars breaks 1 rule: int32Value: got 2147483648, int32 is an integer from -2147483648 to 2147483647',
    ],
    [
      'int32Value',
      '-2147483649',
      'range | Scalars breaks 1 rule: int32Value: got -2147483649, int32 is an integer from -2147483648 to 2147483647',
    ],
    [
      'uint32Value',
      4294967296,
      'range | Scalars breaks 1 rule: uint32Value: got 4294967296, uint32 is an integer from 0 to 4294967295',
    ],
    [
      'uint32Value',
      1e20,
      'range | Scalars breaks 1 rule: uint32Value: got 100000000000000000000, uint32 is an integer from 0 to 4294967295',
    ],
    ['int32Value', 0.5, 'type | Scalars breaks 1 rule: int32Value: expected integer, got number'],
    ['int32Value', '0.5', 'type | Scalars breaks 1 rule: int32Value: expected integer, got string that is not'],
    ['int32Value', '', 'type | Scalars breaks 1 rule: int32Value: expected integer, got string that is not'],
    ['int32Value', ' 1', 'type | Scalars breaks 1 rule: int32Value: expected integer, got string that is not'],
    ['int32Value', true, 'type | Scalars breaks 1 rule: int32Value: expected integer, got boolean'],
    ['int32Value', [1], 'type | Scalars breaks 1 rule: int32Value: expected integer, got array'],
    ['int32Value', Number.NaN, 'type | Scalars breaks 1 rule: int32Value: expected integer, got number'],
  ])('%s from %s is refused', (field, value, error) => {
    expect(issue(() => messageFromJson(table('Scalars'), { [field]: value }))).toBe(error);
  });

  test('an integer in JSON text is exact through parseJson, and refused through JSON.parse', () => {
    const text = '{"int64Value": 9007199254740993, "uint64Value": 18446744073709551615, "sint64Value": -9223372036854775808}';
    const message = messageFromJson(table('Scalars'), parseJson(text));
    expect([message.int64Value, message.uint64Value, message.sint64Value]).toEqual([
      2n ** 53n + 1n,
      2n ** 64n - 1n,
      -(2n ** 63n),
    ]);
    expect(() => messageFromJson(table('Scalars'), JSON.parse(text))).toThrow('may have been rounded');
  });
});

describe('other scalars', () => {
  test.each<[string, unknown, unknown]>([
    ['doubleValue', 0.1, 0.1],
    ['doubleValue', '0.1', 0.1],
    ['doubleValue', '1e-7', 1e-7],
    ['doubleValue', 'NaN', Number.NaN],
    ['doubleValue', 'Infinity', Number.POSITIVE_INFINITY],
    ['doubleValue', '-Infinity', Number.NEGATIVE_INFINITY],
    ['doubleValue', '-0', -0],
    ['doubleValue', -0, -0],
    ['doubleValue', 12345678901234567890n, 12345678901234567000],
    ['doubleValue', 1.7976931348623157e308, Number.MAX_VALUE],
    ['floatValue', 0.1, Math.fround(0.1)],
    ['floatValue', 3.4028235e38, 3.4028234663852886e38],
    ['floatValue', 1e-46, 0],
    ['boolValue', true, true],
    ['stringValue', '你好\u0000', '你好\u0000'],
    ['stringValue', '\ud83d\ude00', '😀'],
    ['color', 'COLOR_BLUE', 2],
    ['color', 'COLOR_CRIMSON', 1],
    ['color', 'COLOR_NEGATIVE', -3],
    ['color', 2, 2],
    ['color', 77, 77],
    ['color', -2147483648, -2147483648],
    ['color', 77n, 77],
  ])('%s from %s', (field, value, expected) => {
    expect(messageFromJson(table('Scalars'), { [field]: value })[field]).toBe(expected);
  });

  test.each([
    ['+/8=', [0xfb, 0xff]],
    ['-_8', [0xfb, 0xff]],
    ['', []],
  ])('bytes from %j', (base64, bytes) => {
    expect(messageFromJson(table('Scalars'), { bytesValue: base64 }).bytesValue).toEqual(Uint8Array.from(bytes));
  });

  test.each<[string, unknown, string]>([
    ['doubleValue', Number.NaN, 'type | Scalars breaks 1 rule: doubleValue: expected number, got number'],
    [
      'doubleValue',
      Number.POSITIVE_INFINITY,
      'range | Scalars breaks 1 rule: doubleValue: got a number that is too large for a double',
    ],
    ['doubleValue', '1e309', 'range | Scalars breaks 1 rule: doubleValue: got a number that is too large for a double'],
    ['doubleValue', 'infinity', 'type | Scalars breaks 1 rule: doubleValue: expected number, got string that is not'],
    ['doubleValue', '+Infinity', 'type | Scalars breaks 1 rule: doubleValue: expected number, got string that is not'],
    ['doubleValue', '0x10', 'type | Scalars breaks 1 rule: doubleValue: expected number, got string that is not'],
    ['doubleValue', '', 'type | Scalars breaks 1 rule: doubleValue: expected number, got string that is not'],
    ['doubleValue', '1 ', 'type | Scalars breaks 1 rule: doubleValue: expected number, got string that is not'],
    ['floatValue', 3.502823e38, 'range | Scalars breaks 1 rule: floatValue: got a number that is too large for a float'],
    ['boolValue', 'true', 'type | Scalars breaks 1 rule: boolValue: expected boolean, got string'],
    ['boolValue', 1, 'type | Scalars breaks 1 rule: boolValue: expected boolean, got number'],
    ['stringValue', 5, 'type | Scalars breaks 1 rule: stringValue: expected string, got number'],
    ['stringValue', 'ab\ud800', 'surrogate | Scalars breaks 1 rule: stringValue: character 2 is a lone surrogate'],
    ['bytesValue', 'a', 'type | Scalars breaks 1 rule: bytesValue: expected base64, got string that is not'],
    ['bytesValue', [1], 'type | Scalars breaks 1 rule: bytesValue: expected base64, got array'],
    ['color', 'COLOR_GREEN', 'enum_name | Scalars breaks 1 rule: color: got "COLOR_GREEN", no value of test.json.v1.Color'],
    ['color', 'BLUE', 'enum_name | Scalars breaks 1 rule: color: got "BLUE", no value of test.json.v1.Color'],
    ['color', '2', 'enum_name | Scalars breaks 1 rule: color: got "2", no value of test.json.v1.Color'],
    ['color', '__proto__', 'enum_name | Scalars breaks 1 rule: color: got "__proto__", no value of test.json.v1.Color'],
    ['color', 1.5, 'type | Scalars breaks 1 rule: color: expected integer, got number'],
    [
      'color',
      2147483648,
      'range | Scalars breaks 1 rule: color: got 2147483648, int32 is an integer from -2147483648 to 2147483647',
    ],
    ['color', {}, 'type | Scalars breaks 1 rule: color: expected name or number, got object'],
  ])('%s from %s is refused', (field, value, error) => {
    expect(issue(() => messageFromJson(table('Scalars'), { [field]: value }))).toBe(error);
  });
});

describe('keys', () => {
  test('are read as in JSON and as in the schema', () => {
    expect(read('Scalars', '{"int32_value": 1, "uint32Value": 2, "renamed": "x", "value_3": 3}')).toMatchObject({
      int32Value: 1,
      uint32Value: 2,
      toString: 'x',
      value3: 3,
    });
    expect(read('Scalars', '{"to_string": "x"}').toString).toBe('x');
  });

  test.each([
    [
      'Scalars',
      '{"int32Value": 1, "int32_value": 1}',
      'duplicate | Scalars breaks 1 rule: int32Value: given twice, as int32Value and as int32_value',
    ],
    [
      'Scalars',
      '{"int32_value": null, "int32Value": 1}',
      'duplicate | Scalars breaks 1 rule: int32Value: given twice, as int32_value and as int32Value',
    ],
    ['Scalars', '{"Int32Value": 1}', 'unknown_key | Scalars breaks 1 rule: Int32Value: no field of test.json.v1.Scalars'],
    ['Scalars', '{"toString": "x"}', 'unknown_key | Scalars breaks 1 rule: toString: no field of test.json.v1.Scalars'],
    ['Scalars', '{"__proto__": {}}', 'unknown_key | Scalars breaks 1 rule: __proto__: no field of test.json.v1.Scalars'],
    ['Scalars', '{"a b\\n": 1}', 'unknown_key | Scalars breaks 1 rule: ["a b\\n"]: no field of test.json.v1.Scalars'],
    [
      'Tree',
      '{"tree": {"children": [{}, {"x": 1}]}}',
      'unknown_key | Tree breaks 1 rule: tree.children[1].x: no field of test.json.v1.Tree',
    ],
    [
      'Maps',
      '{"sfixed32s": {"7": {"x": 1}}}',
      'unknown_key | Maps breaks 1 rule: sfixed32s[7].x: no field of test.json.v1.Scalars',
    ],
    [
      'Tree',
      '{"flag": true, "number": "1"}',
      'duplicate | Tree breaks 1 rule: node: got flag and number, at most one is allowed',
    ],
    [
      'Tree',
      '{"tree": {"leaf": {}, "raw": ""}}',
      'duplicate | Tree breaks 1 rule: tree.node: got leaf and raw, at most one is allowed',
    ],
  ])('%s from %s is refused', (name, json, error) => {
    expect(issue(() => read(name, json))).toBe(error);
  });

  test('a long key is cut in the path', () => {
    const error = thrownBy(() => messageFromJson(table('Scalars'), { ['k'.repeat(100_000)]: 1 }));
    expect(error.path).toBe(`["${'k'.repeat(64)}…"]`);
  });

  test('a key that is undefined is not there', () => {
    expect(messageFromJson(table('Tree'), { flag: undefined, number: 1, unknown: undefined }).node).toEqual({
      $case: 'number',
      value: 1n,
    });
  });
});

describe('null', () => {
  test('is the default of every kind of field', () => {
    const fields = ['int64Value', 'stringValue', 'bytesValue', 'color', 'boolValue'];
    expect(messageFromJson(table('Scalars'), Object.fromEntries(fields.map((name) => [name, null])))).toEqual(
      read('Scalars', '{}'),
    );
    expect(read('Lists', '{"scalars": null, "boolValues": null}')).toEqual(read('Lists', '{}'));
    expect(read('Maps', '{"strings": null}')).toEqual(read('Maps', '{}'));
    expect(read('Optionals', '{"boolValue": null}').boolValue).toBeUndefined();
  });

  test('is no member of a oneof', () => {
    expect(read('Tree', '{"flag": null, "number": "1", "leaf": null}').node).toEqual({ $case: 'number', value: 1n });
    expect(read('Tree', '{"flag": null}').node).toBeUndefined();
  });

  test('is a member of a oneof where it is a value', () => {
    expect(read('Tree', '{"nothing": null}').node).toEqual({ $case: 'nothing', value: 0 });
    expect(read('Tree', '{"nothing": "NULL_VALUE"}').node).toEqual({ $case: 'nothing', value: 0 });
    expect(read('Tree', '{"value": null}').node).toEqual({ $case: 'value', value: { kind: { $case: 'nullValue', value: 0 } } });
  });

  test.each([
    ['Lists', '{"boolValues": [true, null]}', 'type | Lists breaks 1 rule: boolValues[1]: expected boolean, got null'],
    ['Lists', '{"scalars": [null]}', 'type | Lists breaks 1 rule: scalars[0]: expected object, got null'],
    ['Lists', '{"colors": [null]}', 'type | Lists breaks 1 rule: colors[0]: expected name or number, got null'],
    ['Lists', '{"uint32Values": [null]}', 'type | Lists breaks 1 rule: uint32Values[0]: expected integer, got null'],
    ['Maps', '{"strings": {"k": null}}', 'type | Maps breaks 1 rule: strings["k"]: expected string, got null'],
    ['Scalars', 'null', 'type | Scalars breaks 1 rule: expected object, got null'],
  ])('%s from %s is refused', (name, json, error) => {
    expect(issue(() => read(name, json))).toBe(error);
  });
});

describe('lists and maps', () => {
  test('keys of every type', () => {
    const json =
      '{"int32s":{"-1":"a"},"uint64s":{"18446744073709551615":"9"},"bools":{"true":"t","false":"f"},"fixed32s":{"7":"COLOR_BLUE"}}';
    const { int32s, uint64s, bools, fixed32s } = read('Maps', json);
    expect(int32s).toEqual(new Map([[-1, 'a']]));
    expect(uint64s).toEqual(new Map([[2n ** 64n - 1n, 9n]]));
    expect(bools).toEqual(
      new Map([
        [true, 't'],
        [false, 'f'],
      ]),
    );
    expect(fixed32s).toEqual(new Map([[7, 2]]));
  });

  test('the key __proto__ is just a key', () => {
    const { strings } = read('Maps', '{"strings": {"__proto__": "x", "constructor": "y"}}');
    expect(strings).toEqual(
      new Map([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ]),
    );
  });

  test.each([
    ['Maps', '{"int32s": {"x": "a"}}', 'type | Maps breaks 1 rule: int32s["x"]: expected integer, got string that is not'],
    [
      'Maps',
      '{"int32s": {"2147483648": "a"}}',
      'range | Maps breaks 1 rule: int32s["2147483648"]: got 2147483648, int32 is an integer from -2147483648 to 2147483647',
    ],
    [
      'Maps',
      '{"int32s": {"1": "a", "1.0": "b"}}',
      'duplicate | Maps breaks 1 rule: int32s[1]: given twice, with keys that read the same',
    ],
    ['Maps', '{"bools": {"True": "a"}}', 'type | Maps breaks 1 rule: bools["True"]: expected the key "true" or "false"'],
    [
      'Maps',
      '{"strings": {"\\ud800": "a"}}',
      'surrogate | Maps breaks 1 rule: strings["\\ud800"]: character 0 is a lone surrogate',
    ],
    ['Maps', '{"strings": [["a", "b"]]}', 'type | Maps breaks 1 rule: strings: expected object, got array'],
    ['Lists', '{"boolValues": true}', 'type | Lists breaks 1 rule: boolValues: expected array, got boolean'],
    ['Lists', '{"boolValues": {"0": true}}', 'type | Lists breaks 1 rule: boolValues: expected array, got object'],
    ['Lists', '[]', 'type | Lists breaks 1 rule: expected object, got array'],
  ])('%s from %s is refused', (name, json, error) => {
    expect(issue(() => read(name, json))).toBe(error);
  });

  test.each<[string, unknown]>([
    ['a Map', new Map([['stringValues', ['a']]])],
    ['bytes', new Uint8Array(1)],
    ['a Date', new Date(0)],
    ['a string', '{}'],
    ['nothing', undefined],
  ])('%s is no object of JSON', (_what, value) => {
    expect(thrownBy(() => messageFromJson(table('Lists'), value)).message).toMatch(
      /^\[INVALID_MESSAGE\] Lists breaks 1 rule: expected object, got \w+$/,
    );
  });

  test('a list with a hole is refused', () => {
    // biome-ignore lint/suspicious/noSparseArray: that is the point.
    expect(issue(() => messageFromJson(table('Lists'), { boolValues: [true, , true] }))).toBe(
      'type | Lists breaks 1 rule: boolValues[1]: expected boolean, got undefined',
    );
  });
});

test.each([
  [99, true],
  [100, true],
  [101, false],
])('messages nested %i deep', (depth, fits) => {
  const json = parseJson(`${'{"children":['.repeat(depth)}{}${']}'.repeat(depth)}`);
  if (fits) {
    expect(messageFromJson(table('Tree'), json).children).toHaveLength(1);
  } else {
    const path = Array(101).fill('children[0]').join('.');
    expect(thrownBy(() => messageFromJson(table('Tree'), json)).issues).toEqual([
      { path, rule: 'depth', message: 'nested deeper than 100' },
    ]);
  }
});

test('messages share no default', () => {
  const [first, second] = [read('Lists', '{}'), read('Lists', '{}')];
  expect(first.boolValues).not.toBe(second.boolValues);
  expect(first).toEqual({
    doubleValues: [],
    floatValues: [],
    int64Values: [],
    uint32Values: [],
    boolValues: [],
    stringValues: [],
    bytesValues: [],
    colors: [],
    scalars: [],
  });
});

test('the JSON is not changed, and the message shares nothing with it', () => {
  const json = { stringValues: ['a'], scalars: [{ stringValue: 'b' }] };
  const before = structuredClone(json);
  const message = messageFromJson(table('Lists'), json) as { stringValues: string[]; scalars: object[] };
  message.stringValues.push('x');
  message.scalars.push({});
  expect(json).toEqual(before);
});

test('no error tells the value of a secret', () => {
  const secret: MessageTable = {
    name: 'test.Secret',
    fields: [
      { number: 1, name: 'pin', type: 'uint32', sensitive: true },
      { number: 2, name: 'big', type: 'int64', sensitive: true },
      { number: 3, name: 'kind', type: 'enum', enum: () => ({ name: 'test.Kind', values: { 0: 'NONE' } }), sensitive: true },
      { number: 4, name: 'keys', kind: 'map', key: 'string', type: 'int32', sensitive: true },
    ],
  };
  const error = (json: object) => issue(() => messageFromJson(secret, json));
  expect(error({ pin: 5_000_000_000 })).toBe(
    'range | Secret breaks 1 rule: pin: out of range, uint32 is an integer from 0 to 4294967295',
  );
  expect(error({ big: 2 ** 60 })).toBe(
    'range | Secret breaks 1 rule: big: got a number, which may have been rounded beyond 2^53: give a string or a bigint',
  );
  expect(error({ kind: 'HUSH' })).toBe('enum_name | Secret breaks 1 rule: kind: got a name, no value of test.Kind');
  expect(error({ keys: { hush: 'x' } })).toBe(
    'type | Secret breaks 1 rule: keys["***"]: expected integer, got string that is not',
  );
});

// "Encode refuses, with the path: a number where a bigint belongs (and the reverse), null, a value out of range": at every edge.
import { expect, test } from 'vitest';
import { AllTypes } from '../fixtures/generated/models.js';
import { thrownBy } from '../thrown-by.js';

type Init = Parameters<typeof AllTypes.encode>[0];

/** Refused with one issue, by encode, create and check alike. */
function expectRefused(init: object, path: string, rule: string, message: string): void {
  const issues = [{ path, rule, message }];
  for (const refuse of [() => AllTypes.encode(init as Init), () => AllTypes.create(init as Init)]) {
    const error = thrownBy(refuse);
    expect({ code: error.code, path: error.path, issues: error.issues, text: error.message }).toEqual({
      code: 'INVALID_MESSAGE',
      path,
      issues,
      text: `[INVALID_MESSAGE] AllTypes breaks 1 rule: ${path}: ${message}`,
    });
  }
  expect(AllTypes.check(init)).toEqual(issues);
}

const INT32 = 'an integer from -2147483648 to 2147483647';
const UINT32 = 'an integer from 0 to 4294967295';
const INT64 = 'an integer from -9223372036854775808 to 9223372036854775807';
const UINT64 = 'an integer from 0 to 18446744073709551615';

const NUMBERS: readonly [type: string, range: string, inside: number[], outside: number[]][] = [
  ['int32', INT32, [-0x8000_0000, -1, 1, 0x7fff_ffff], [-0x8000_0001, 0x8000_0000]],
  ['uint32', UINT32, [1, 0xffff_ffff], [-1, 0x1_0000_0000]],
  ['sint32', INT32, [-0x8000_0000, 0x7fff_ffff], [-0x8000_0001, 0x8000_0000]],
  ['fixed32', UINT32, [1, 0xffff_ffff], [-1, 0x1_0000_0000]],
  ['sfixed32', INT32, [-0x8000_0000, 0x7fff_ffff], [-0x8000_0001, 0x8000_0000]],
  ['enum', INT32, [-0x8000_0000, 99, 0x7fff_ffff], [-0x8000_0001, 0x8000_0000]],
];

const BIGINTS: readonly [type: string, range: string, inside: bigint[], outside: bigint[]][] = [
  ['int64', INT64, [-(1n << 63n), -1n, (1n << 63n) - 1n], [-(1n << 63n) - 1n, 1n << 63n]],
  ['uint64', UINT64, [1n, (1n << 64n) - 1n], [-1n, 1n << 64n]],
  ['sint64', INT64, [-(1n << 63n), (1n << 63n) - 1n], [-(1n << 63n) - 1n, 1n << 63n]],
  ['fixed64', UINT64, [1n, (1n << 64n) - 1n], [-1n, 1n << 64n]],
  ['sfixed64', INT64, [-(1n << 63n), (1n << 63n) - 1n], [-(1n << 63n) - 1n, 1n << 63n]],
];

/** The same value in a field, in the middle of a list. */
const places = (type: string, value: unknown, fill: unknown): [path: string, init: object][] => [
  [`${type}Field`, { [`${type}Field`]: value }],
  [`${type}List[1]`, { [`${type}List`]: [fill, value, fill] }],
];

test.each(NUMBERS)('%s takes its edges and nothing beyond', (type, range, inside, outside) => {
  for (const value of inside) {
    for (const [, init] of places(type, value, 0)) expect(AllTypes.decode(AllTypes.encode(init))).toMatchObject(init);
  }
  for (const value of [...outside, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, -(2 ** 64)]) {
    for (const [path, init] of places(type, value, 0)) expectRefused(init, path, 'range', `got ${value}, ${type} is ${range}`);
  }
});

test.each(BIGINTS)('%s takes its edges and nothing beyond', (type, range, inside, outside) => {
  for (const value of inside) {
    for (const [, init] of places(type, value, 0n)) expect(AllTypes.decode(AllTypes.encode(init))).toMatchObject(init);
  }
  for (const value of outside) {
    for (const [path, init] of places(type, value, 0n)) expectRefused(init, path, 'range', `got ${value}, ${type} is ${range}`);
  }
});

test('a float takes what a float can hold, NaN and the infinite too, and no finite number that would become infinite', () => {
  const largest = 3.4028234663852886e38;
  for (const value of [
    largest,
    -largest,
    3.4028235e38,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
    -0,
    1e-45,
  ]) {
    const { floatField, floatList } = AllTypes.decode(AllTypes.encode({ floatField: value, floatList: [value] }));
    expect([floatField, ...floatList]).toEqual([Math.fround(value), Math.fround(value)]);
  }
  for (const value of [3.4028235677973366e38, -3.5e38, 1e300, Number.MAX_VALUE]) {
    for (const [path, init] of places('float', value, 0)) {
      expectRefused(init, path, 'range', `got ${value}, float is a number of at most 3.4028234663852886e+38, or infinite`);
    }
  }
});

test('a double takes every number', () => {
  for (const value of [Number.MAX_VALUE, Number.MIN_VALUE, -0, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 53 + 2]) {
    const { doubleField, doubleList } = AllTypes.decode(AllTypes.encode({ doubleField: value, doubleList: [value] }));
    expect([doubleField, ...doubleList]).toEqual([value, value]);
  }
});

const TYPES: readonly [type: string, expected: string, fill: unknown][] = [
  ...NUMBERS.map(([type]) => [type, 'number', 0] as [string, string, unknown]),
  ['float', 'number', 0],
  ['double', 'number', 0],
  ...BIGINTS.map(([type]) => [type, 'bigint', 0n] as [string, string, unknown]),
  ['bool', 'boolean', false],
  ['string', 'string', ''],
  ['bytes', 'Uint8Array', new Uint8Array(0)],
];

const WRONG: readonly [kind: string, value: unknown][] = [
  ['null', null],
  ['number', 1],
  ['number', 0],
  ['bigint', 1n],
  ['bigint', 0n],
  ['boolean', true],
  ['boolean', false],
  ['string', ''],
  ['string', '1'],
  ['object', {}],
  ['object', { valueOf: () => 1 }],
  ['array', []],
  ['array', [1]],
  ['Uint8Array', new Uint8Array(1)],
  ['Uint8ClampedArray', new Uint8ClampedArray(1)],
  ['Uint16Array', new Uint16Array(1)],
  ['ArrayBuffer', new ArrayBuffer(1)],
  ['DataView', new DataView(new ArrayBuffer(1))],
  ['Number', Object(1)],
  ['String', Object('a')],
  ['BigInt', Object(1n)],
  ['Boolean', Object(true)],
  ['Date', new Date(0)],
  ['function', () => 1],
  ['symbol', Symbol('s')],
];

test.each(TYPES)('%s takes a %s, and nothing that only looks like one', (type, expected, fill) => {
  for (const [kind, value] of WRONG) {
    if (kind === expected) continue;
    for (const [path, init] of places(type, value, fill)) expectRefused(init, path, 'type', `expected ${expected}, got ${kind}`);
  }
  // In a field undefined is the default; in a list it is no value, and a hole neither.
  expect(AllTypes.encode({ [`${type}Field`]: undefined })).toEqual(new Uint8Array(0));
  expectRefused({ [`${type}List`]: [fill, undefined] }, `${type}List[1]`, 'type', `expected ${expected}, got undefined`);
  const holes = [fill, fill, fill];
  delete holes[1];
  expectRefused({ [`${type}List`]: holes }, `${type}List[1]`, 'type', `expected ${expected}, got undefined`);
});

test('fields with presence are checked where a default would not be written', () => {
  const rows: readonly [init: object, path: string, text: string][] = [
    [{ optionalInt32: null }, 'optionalInt32', 'expected number, got null'],
    [{ optionalInt32: 0n }, 'optionalInt32', 'expected number, got bigint'],
    [{ optionalString: 0 }, 'optionalString', 'expected string, got number'],
    [{ optionalBytes: '' }, 'optionalBytes', 'expected Uint8Array, got string'],
    [{ optionalBool: 0 }, 'optionalBool', 'expected boolean, got number'],
    [{ optionalInt64: 0 }, 'optionalInt64', 'expected bigint, got number'],
    [{ optionalDouble: '' }, 'optionalDouble', 'expected number, got string'],
    [{ optionalEnum: false }, 'optionalEnum', 'expected number, got boolean'],
    [{ choice: { $case: 'choiceInt32', value: 0n } }, 'choiceInt32', 'expected number, got bigint'],
    [{ choice: { $case: 'choiceInt64', value: 0 } }, 'choiceInt64', 'expected bigint, got number'],
    [{ choice: { $case: 'choiceBool', value: 1 } }, 'choiceBool', 'expected boolean, got number'],
    [{ choice: { $case: 'choiceEnum', value: null } }, 'choiceEnum', 'expected number, got null'],
    [{ choice: { $case: 'choiceBytes', value: [] } }, 'choiceBytes', 'expected Uint8Array, got array'],
    [{ choice: { $case: 'choiceString' } }, 'choiceString', 'expected string, got undefined'],
    [{ choice: { $case: 'choiceInt32', value: undefined } }, 'choiceInt32', 'expected number, got undefined'],
    [{ choice: { $case: 'choiceMessage', value: undefined } }, 'choiceMessage', 'expected object, got undefined'],
    [{ unpackedList: [0n, 0] }, 'unpackedList[1]', 'expected bigint, got number'],
    [{ unpackedFixedList: [null] }, 'unpackedFixedList[0]', 'expected bigint, got null'],
    [{ unpackedEnumList: [undefined] }, 'unpackedEnumList[0]', 'expected number, got undefined'],
  ];
  for (const [init, path, text] of rows) expectRefused(init, path, 'type', text);
  expect(AllTypes.encode({ optionalInt32: undefined, choice: undefined })).toEqual(new Uint8Array(0));
});

test('keys and values of maps are checked', () => {
  const rows: readonly [init: object, path: string, rule: string, text: string][] = [
    [{ int32Map: new Map([['1', '']]) }, 'int32Map[?]', 'type', 'key: expected number, got string'],
    [{ int32Map: new Map([[2 ** 31, '']]) }, 'int32Map[2147483648]', 'range', `key: got 2147483648, int32 is ${INT32}`],
    [{ int32Map: new Map([[1, 5]]) }, 'int32Map[1]', 'type', 'expected string, got number'],
    [{ int32Map: new Map([[undefined, '']]) }, 'int32Map[?]', 'type', 'key: expected number, got undefined'],
    [{ int64Map: new Map([[1, 1n]]) }, 'int64Map[?]', 'type', 'key: expected bigint, got number'],
    [{ int64Map: new Map([[1n, 1]]) }, 'int64Map[1]', 'type', 'expected bigint, got number'],
    [{ uint64Map: new Map([[-1n, new Uint8Array(0)]]) }, 'uint64Map[-1]', 'range', `key: got -1, uint64 is ${UINT64}`],
    [{ boolMap: new Map([[0, 0]]) }, 'boolMap[?]', 'type', 'key: expected boolean, got number'],
    [{ boolMap: new Map([[true, '0']]) }, 'boolMap[true]', 'type', 'expected number, got string'],
    [{ stringMap: new Map([['a', null]]) }, 'stringMap["a"]', 'type', 'expected string, got null'],
    [{ stringMap: new Map([['\ud800', '']]) }, 'stringMap["\\ud800"]', 'surrogate', 'key: character 0 is a lone surrogate'],
    [{ messageMap: new Map([['a', undefined]]) }, 'messageMap["a"]', 'type', 'expected object, got undefined'],
    [{ messageMap: new Map([['a', { id: 1 }]]) }, 'messageMap["a"].id', 'type', 'expected bigint, got number'],
    [{ fixed64Map: new Map([[1n, 1.5]]) }, 'fixed64Map[1]', 'range', `got 1.5, enum is ${INT32}`],
    [
      { recursiveMap: new Map([[-(2 ** 31) - 1, {}]]) },
      'recursiveMap[-2147483649]',
      'range',
      `key: got -2147483649, sint32 is ${INT32}`,
    ],
  ];
  for (const [init, path, rule, text] of rows) expectRefused(init, path, rule, text);
});

test('-0 is 0 for integers, and is written for floats', () => {
  expect(AllTypes.encode({ int32Field: -0, sint32Field: -0, uint32Field: -0, fixed32Field: -0, sfixed32Field: -0 })).toEqual(
    new Uint8Array(0),
  );
  expect([...AllTypes.encode({ int32List: [-0], choice: { $case: 'choiceInt32', value: -0 } })]).toEqual([
    0xfa, 0x01, 1, 0, 0x88, 0x05, 0,
  ]);
  expect([...AllTypes.encode({ floatField: -0 })]).toEqual([0x5d, 0, 0, 0, 0x80]);
  expect([...AllTypes.encode({ doubleField: -0 })]).toEqual([0x61, 0, 0, 0, 0, 0, 0, 0, 0x80]);
  expect(AllTypes.encode({ floatField: 0, doubleField: 0 })).toEqual(new Uint8Array(0));
});

test('all issues are told, each with its place', () => {
  const error = thrownBy(() =>
    AllTypes.encode({ int32Field: 1.5, messageField: { id: 1 }, stringList: ['', 5] } as unknown as Init),
  );
  expect(error.issues).toEqual([
    { path: 'int32Field', rule: 'range', message: `got 1.5, int32 is ${INT32}` },
    { path: 'messageField.id', rule: 'type', message: 'expected bigint, got number' },
    { path: 'stringList[1]', rule: 'type', message: 'expected string, got number' },
  ]);
  expect(error.message).toBe(
    `[INVALID_MESSAGE] AllTypes breaks 3 rules: int32Field: got 1.5, int32 is ${INT32}; messageField.id: expected bigint, got number; stringList[1]: expected string, got number`,
  );
});

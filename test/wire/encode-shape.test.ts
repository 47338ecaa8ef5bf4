// What may stand where a message, a list, a map, bytes or a oneof belongs; "an unknown key" is refused.
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { SendInfo } from '../../generated/models.js';
import { AllTypes, Empty } from '../fixtures/generated/models.js';
import { hex } from '../frame/hex.js';
import { thrownBy } from '../thrown-by.js';

type Init = Parameters<typeof AllTypes.encode>[0];

const encode = (init: unknown): Uint8Array => AllTypes.encode(init as Init);

function expectRefused(init: unknown, path: string, rule: string, message: string): void {
  const issues = [{ path, rule, message }];
  expect(thrownBy(() => encode(init))).toMatchObject({ code: 'INVALID_MESSAGE', path, issues });
  expect(thrownBy(() => AllTypes.create(init as Init))).toMatchObject({ code: 'INVALID_MESSAGE', path, issues });
  expect(AllTypes.check(init)).toEqual(issues);
}

const NO_MESSAGES: readonly [kind: string, value: unknown][] = [
  ['null', null],
  ['number', 1],
  ['number', 0],
  ['string', ''],
  ['string', 'text'],
  ['bigint', 1n],
  ['boolean', true],
  ['symbol', Symbol('s')],
  ['function', () => ({})],
  ['array', []],
  ['array', [1]],
  ['array', [undefined]],
  ['Map', new Map()],
  ['Map', new Map([['id', 1n]])],
  ['Set', new Set()],
  ['Date', new Date(0)],
  ['RegExp', /a/],
  ['Error', new Error('no message')],
  ['Promise', Promise.resolve()],
  ['Uint8Array', new Uint8Array(0)],
  ['Uint8Array', new Uint8Array(2)],
  ['ArrayBuffer', new ArrayBuffer(0)],
  ['String', Object('')],
  ['Number', Object(1)],
];

test('a message is an object: nothing else, at the top, in a field, a list, a map, a oneof', () => {
  for (const [kind, value] of NO_MESSAGES) {
    const text = `expected object, got ${kind}`;
    expectRefused(value, '', 'type', text);
    expectRefused({ messageField: value }, 'messageField', 'type', text);
    expectRefused({ messageList: [{}, value] }, 'messageList[1]', 'type', text);
    expectRefused({ messageMap: new Map([['k', value]]) }, 'messageMap["k"]', 'type', text);
    expectRefused({ choice: { $case: 'choiceMessage', value } }, 'choiceMessage', 'type', text);
  }
  const error = thrownBy(() => encode(undefined));
  expect(error.message).toBe('[INVALID_MESSAGE] AllTypes breaks 1 rule: expected object, got undefined');
  expectRefused({ messageList: [undefined] }, 'messageList[0]', 'type', 'expected object, got undefined');
  expectRefused({ messageList: new Array(1) }, 'messageList[0]', 'type', 'expected object, got undefined');
});

test('a list is an array', () => {
  for (const value of [null, 1, 'ab', {}, { length: 1, 0: 1 }, new Set([1]), new Map(), new Uint8Array(2), new Int32Array(2)]) {
    for (const name of ['int32List', 'stringList', 'messageList', 'unpackedList', 'sfixed64List', 'bytesList']) {
      const kind =
        value === null ? 'null' : typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
      expectRefused({ [name]: value }, name, 'type', `expected array, got ${kind === 'Object' ? 'object' : kind}`);
    }
  }
});

test('a map is a Map', () => {
  for (const [kind, value] of [
    ['null', null],
    ['object', {}],
    ['object', { a: 'b' }],
    ['array', []],
    ['array', [['a', 'b']]],
    ['Set', new Set()],
    ['WeakMap', new WeakMap()],
    ['string', ''],
  ] as const) {
    for (const name of ['stringMap', 'messageMap', 'int32Map'])
      expectRefused({ [name]: value }, name, 'type', `expected Map, got ${kind}`);
  }
  // It says that it is one, and has no entries.
  expectRefused({ stringMap: { [Symbol.toStringTag]: 'Map' } }, 'stringMap', 'type', 'expected Map, got Map');
});

test('an unknown key is refused: at the top, inside, next to a oneof, with undefined as its value too', () => {
  const text = 'no field of im.fixture.v1.AllTypes';
  expectRefused({ int32field: 1 }, 'int32field', 'unknown_key', text);
  expectRefused({ int32_field: undefined }, 'int32_field', 'unknown_key', text);
  expectRefused({ recursiveField: { constructor: 1 } }, 'recursiveField.constructor', 'unknown_key', text);
  expectRefused({ choiceInt32: 1 }, 'choiceInt32', 'unknown_key', text);
  expectRefused({ $case: 'choiceInt32' }, '$case', 'unknown_key', text);
  expectRefused(JSON.parse('{"__proto__": 1}'), '__proto__', 'unknown_key', text);
  expectRefused({ 'a b': 1 }, '["a b"]', 'unknown_key', text);
  expectRefused(
    { messageList: [{ id: 1n, extra: 2 }] },
    'messageList[0].extra',
    'unknown_key',
    'no field of im.fixture.v1.AllTypes.Inner',
  );
  expect(thrownBy(() => Empty.encode({ a: 1 } as object)).message).toBe(
    '[INVALID_MESSAGE] Empty breaks 1 rule: a: no field of im.fixture.v1.Empty',
  );
});

test('symbols and what cannot be enumerated are not looked at', () => {
  const message = Object.defineProperty({ int32Field: 1, [Symbol('mine')]: 2 }, 'hidden', { value: 3 });
  expect(encode(message)).toEqual(hex('08 01'));
});

test('a oneof is { $case, value }, with these keys alone', () => {
  expectRefused(
    { choice: { $case: 'choiceInt32', value: 1, extra: 2 } },
    'choice.extra',
    'unknown_key',
    'a oneof has only $case and value',
  );
  const names = 'choiceInt32, choiceString, choiceBytes, choiceMessage, choiceEnum, choiceInt64, choiceBool';
  expectRefused({ choice: {} }, 'choice', 'type', `expected a $case of ${names}, got undefined`);
  expectRefused({ choice: { value: 1 } }, 'choice', 'type', `expected a $case of ${names}, got undefined`);
  expectRefused({ choice: { $case: 'int32Field', value: 1 } }, 'choice', 'type', `expected a $case of ${names}, got another`);
  expectRefused({ choice: { $case: 'scatteredLow', value: 1 } }, 'choice', 'type', `expected a $case of ${names}, got another`);
  expectRefused({ choice: { $case: 'toString', value: 1 } }, 'choice', 'type', `expected a $case of ${names}, got another`);
  expectRefused({ choice: { $case: 1, value: 1 } }, 'choice', 'type', `expected a $case of ${names}, got number`);
  for (const [kind, value] of [
    ['null', null],
    ['array', []],
    ['Map', new Map()],
    ['Date', new Date(0)],
    ['string', 'choiceInt32'],
    ['number', 1],
    ['boolean', false],
  ] as const) {
    expectRefused({ choice: value }, 'choice', 'type', `expected { $case, value }, got ${kind}`);
  }
});

test('paths use JSON names: those of the schema where they differ from the property', () => {
  const names = AllTypes.generated.table.fields.filter((field) => field.json !== undefined);
  expect(names.length).toBeGreaterThan(0);
  for (const field of names) {
    const init = { [field.name]: 'wrong' };
    expect(thrownBy(() => encode(init)).path).toBe(field.json);
    const tag = ((field.number << 3) | 7) >>> 0;
    const bytes = Uint8Array.from([(tag & 127) | 128, tag >>> 7]);
    expect(thrownBy(() => AllTypes.decode(bytes)).path).toBe(field.json);
  }
});

test('values of another realm are taken: objects, arrays, Maps, bytes', () => {
  const foreign = runInNewContext(`({
    bytesField: Uint8Array.of(1, 2),
    int32List: [1, 2],
    sfixed64List: [1n],
    stringMap: new Map([['a', 'b']]),
    messageMap: new Map([['a', { id: 1n }]]),
    messageField: { id: 5n },
    choice: { $case: 'choiceBytes', value: Uint8Array.of(3) },
    struct: { fields: new Map([['k', { kind: { $case: 'boolValue', value: true } }]]) },
  })`);
  expect(foreign.bytesField).not.toBeInstanceOf(Uint8Array);
  expect(foreign.stringMap).not.toBeInstanceOf(Map);
  expect(AllTypes.check(foreign)).toEqual([]);
  const own = {
    bytesField: Uint8Array.of(1, 2),
    int32List: [1, 2],
    sfixed64List: [1n],
    stringMap: new Map([['a', 'b']]),
    messageMap: new Map([['a', { id: 1n }]]),
    messageField: { id: 5n },
    choice: { $case: 'choiceBytes' as const, value: Uint8Array.of(3) },
    struct: { fields: new Map([['k', { kind: { $case: 'boolValue' as const, value: true } }]]) },
  };
  expect(encode(foreign)).toEqual(AllTypes.encode(own));
  const created = AllTypes.create(foreign);
  expect(AllTypes.encode(created)).toEqual(AllTypes.encode(own));
  // Bytes are shared; all else is made here.
  expect(created.bytesField).toBe(foreign.bytesField);
  expect(created).toEqual({ ...AllTypes.create(own), bytesField: foreign.bytesField, choice: created.choice });
  // What belongs nowhere is told by its kind, of another realm too.
  expectRefused(
    { bytesField: runInNewContext('Uint16Array.of(1)') },
    'bytesField',
    'type',
    'expected Uint8Array, got Uint16Array',
  );
  expectRefused({ stringMap: runInNewContext('new Set()') }, 'stringMap', 'type', 'expected Map, got Set');
  expectRefused({ messageField: runInNewContext('[]') }, 'messageField', 'type', 'expected object, got array');
});

test('a Buffer and a part of an array are bytes', () => {
  expect(encode({ bytesField: Buffer.from([1, 2]) })).toEqual(hex('7a 02 01 02'));
  expect(encode({ bytesField: Uint8Array.of(9, 1, 2, 9).subarray(1, 3) })).toEqual(hex('7a 02 01 02'));
  class Own extends Uint8Array {}
  expect(encode({ bytesField: Own.of(1) })).toEqual(hex('7a 01 01'));
});

test('messages may have any prototype: none, a class, getters that they inherit', () => {
  expect(encode(Object.assign(Object.create(null), { int32Field: 1 }))).toEqual(hex('08 01'));
  class Model {
    int32Field = 1;
    get stringField(): string {
      return 'a';
    }
  }
  expect(encode(new Model())).toEqual(hex('08 01 72 01 61'));
  expect(encode(Object.create({ int32Field: 1 }))).toEqual(hex('08 01'));
  expectRefused(Object.create({ unknown: 1 }), 'unknown', 'unknown_key', 'no field of im.fixture.v1.AllTypes');
});

test('a member is found by its $case, however the object is made', () => {
  class Member {
    get $case(): 'heartbeat' {
      return 'heartbeat';
    }
    get value(): object {
      return { sentAtMs: 5n };
    }
  }
  expect(SendInfo.encode({ cmd: 2, data: new Member() })).toEqual(hex('08 02 62 02 08 05'));
});

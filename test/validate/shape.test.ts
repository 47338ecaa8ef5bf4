import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { LoginInfoTable } from '../../generated/im/protocol/v1/login_info.codec.js';
import { SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import { TopicMessageTable } from '../../generated/im/protocol/v1/topic_message.codec.js';
import type { Issue } from '../../src/errors.js';
import { shapeIssues } from '../../src/validate.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { AllTypesTable } from '../fixtures/generated/im/fixture/v1/all_types.codec.js';
import { CollectionsTable, TreeTable } from '../fixtures/generated/im/fixture/v1/rules.codec.js';
import { issue } from './issue.js';

const type = (path: string, expected: string, got: string): Issue => issue(path, 'type', `expected ${expected}, got ${got}`);
const all = (value: unknown): Issue[] => shapeIssues(AllTypesTable, value);

describe('values of their types', () => {
  it('are what a decoder makes', () => {
    const values = {
      int32Field: -(2 ** 31),
      uint32Field: 2 ** 32 - 1,
      int64Field: -(2n ** 63n),
      uint64Field: 2n ** 64n - 1n,
      floatField: Number.NaN,
      doubleField: Number.NEGATIVE_INFINITY,
      boolField: false,
      stringField: '😀',
      bytesField: new Uint8Array(1),
      enumField: 12345,
      messageField: {},
      int32List: [],
      bytesList: [Buffer.from('x')],
      stringMap: new Map([['__proto__', 'x']]),
      messageMap: new Map([['k', { deeper: { parent: {} } }]]),
      choice: { $case: 'choiceBytes', value: new Uint8Array(0) },
      [UNKNOWN_FIELDS]: new Uint8Array(2),
    };
    expect(all(values)).toEqual([]);
  });

  it('may be undefined or left out, wherever a field is', () => {
    expect(all({})).toEqual([]);
    expect(all(Object.create(null))).toEqual([]);
    const fields = AllTypesTable.fields.map((field) => [field.oneof ?? field.name, undefined]);
    expect(all({ ...Object.fromEntries(fields), [UNKNOWN_FIELDS]: undefined })).toEqual([]);
  });

  it('may come from another realm', () => {
    const value: unknown = runInNewContext(`({
      bytesField: new Uint8Array([1]), int64List: [1n], stringMap: new Map([['a', 'b']]), choice: { $case: 'choiceBytes', value: new Uint8Array(1) },
    })`);
    expect(all(value)).toEqual([]);
  });

  it('may be held by an object of a class', () => {
    class Reading {
      int32Field = 1;
      shown(): string {
        return `${this.int32Field}`;
      }
    }
    expect(all(new Reading())).toEqual([]);
  });
});

describe('a message', () => {
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [1, 'number'],
    ['s3cret', 'string'],
    [[], 'array'],
    [new Map(), 'Map'],
    [new Date(0), 'Date'],
    [new Uint8Array(1), 'Uint8Array'],
    [() => ({}), 'function'],
    [Object('x'), 'String'],
  ])('is an object: %o is none', (value, got) => {
    expect(all(value)).toEqual([type('', 'object', got)]);
    expect(all({ messageField: { deeper: { parent: value ?? null } } })).toEqual([
      type('messageField.deeper.parent', 'object', value === undefined ? 'null' : got),
    ]);
  });

  it('has no key that the schema does not have', () => {
    const login = { accessToken: 'a', AccessToken: 'b', access_token: undefined, 'a b': 1, [Symbol('s')]: 1 };
    expect(shapeIssues(SendInfoTable, { data: { $case: 'login', value: login } })).toEqual([
      issue('login.AccessToken', 'unknown_key', 'no field of im.protocol.v1.LoginInfo'),
      issue('login.access_token', 'unknown_key', 'no field of im.protocol.v1.LoginInfo'),
      issue('login["a b"]', 'unknown_key', 'no field of im.protocol.v1.LoginInfo'),
    ]);
  });

  it('has no unknown key by inheritance either, as an encoder sees it', () => {
    expect(shapeIssues(LoginInfoTable, Object.create({ token: 1 }))).toEqual([
      issue('token', 'unknown_key', 'no field of im.protocol.v1.LoginInfo'),
    ]);
    expect(shapeIssues(LoginInfoTable, JSON.parse('{"__proto__": 1}'))).toEqual([
      issue('__proto__', 'unknown_key', 'no field of im.protocol.v1.LoginInfo'),
    ]);
  });

  it('does not have the members of a oneof as fields', () => {
    expect(shapeIssues(SendInfoTable, { login: {} })).toEqual([
      issue('login', 'unknown_key', 'no field of im.protocol.v1.SendInfo'),
    ]);
  });

  it('keeps unknown fields as bytes', () => {
    expect(all({ messageField: { [UNKNOWN_FIELDS]: 'bytes' } })).toEqual([type('messageField.$unknown', 'Uint8Array', 'string')]);
  });
});

describe('a list', () => {
  it('is an array', () => {
    expect(all({ int64List: new BigInt64Array(1) })).toEqual([type('int64List', 'array', 'BigInt64Array')]);
    expect(all({ stringList: 'ab' })).toEqual([type('stringList', 'array', 'string')]);
    expect(all({ stringList: null })).toEqual([type('stringList', 'array', 'null')]);
  });

  it('has no hole and no undefined element', () => {
    const list = ['a', undefined, 'b'];
    delete list[2];
    expect(all({ stringList: list })).toEqual([
      type('stringList[1]', 'string', 'undefined'),
      type('stringList[2]', 'string', 'undefined'),
    ]);
  });

  it('has elements of one type', () => {
    expect(all({ int64List: [1n, 1], messageList: [{}, null, { id: 1 }] })).toEqual([
      type('int64List[1]', 'bigint', 'number'),
      type('messageList[1]', 'object', 'null'),
      type('messageList[2].id', 'bigint', 'number'),
    ]);
  });
});

describe('a map', () => {
  it('is a Map', () => {
    expect(all({ stringMap: { a: 'b' } })).toEqual([type('stringMap', 'Map', 'object')]);
    expect(all({ stringMap: Object.create(Map.prototype) })).toEqual([type('stringMap', 'Map', 'Map')]);
    expect(all({ stringMap: [['a', 'b']] })).toEqual([type('stringMap', 'Map', 'array')]);
  });

  it('has keys and values of their types', () => {
    const stringMap = new Map<unknown, unknown>([
      [1, 'x'],
      ['k', 2],
      ['\ud800', 'y'],
      [{}, null],
    ]);
    expect(all({ stringMap, int32Map: new Map([[2 ** 31, 'x']]), boolMap: new Map([['true', 1]]) })).toEqual([
      issue('int32Map[2147483648]', 'range', 'key: got 2147483648, int32 is an integer from -2147483648 to 2147483647'),
      issue('boolMap[?]', 'type', 'key: expected boolean, got string'),
      issue('stringMap[?]', 'type', 'key: expected string, got number'),
      type('stringMap["k"]', 'string', 'number'),
      issue('stringMap["\\ud800"]', 'surrogate', 'key: character 0 is a lone surrogate'),
      issue('stringMap[?]', 'type', 'key: expected string, got object'),
      type('stringMap[?]', 'string', 'null'),
    ]);
  });

  it('that is a secret shows no key', () => {
    expect(shapeIssues(CollectionsTable, { secrets: new Map([['s3cret', 1]]) })).toEqual([
      type('secrets["***"]', 'string', 'number'),
    ]);
  });
});

describe('a oneof', () => {
  const of = (payload: unknown): Issue[] => shapeIssues(TopicMessageTable, { payload });

  it('is { $case, value }, with a known case', () => {
    const CASES = 'a $case of receiveInfo, sendResult, raw, sessionEvent, uplinkInfo';
    expect(of({ $case: 'raw', value: new Uint8Array(1) })).toEqual([]);
    expect(of(null)).toEqual([type('payload', '{ $case, value }', 'null')]);
    expect(of([])).toEqual([type('payload', '{ $case, value }', 'array')]);
    expect(of({})).toEqual([type('payload', CASES, 'undefined')]);
    expect(of({ $case: 's3cret', value: 1 })).toEqual([type('payload', CASES, 'another')]);
    expect(of({ $case: ['raw'], value: 1 })).toEqual([type('payload', CASES, 'array')]);
  });

  it('has a value of the type of the case', () => {
    expect(of({ $case: 'raw' })).toEqual([type('raw', 'Uint8Array', 'undefined')]);
    expect(of({ $case: 'raw', value: null })).toEqual([type('raw', 'Uint8Array', 'null')]);
    expect(of({ $case: 'sendResult', value: { code: 1n } })).toEqual([type('sendResult.code', 'number', 'bigint')]);
  });

  it('has no other key', () => {
    expect(of({ $case: 'raw', value: new Uint8Array(1), raw: 1 })).toEqual([
      issue('payload.raw', 'unknown_key', 'a oneof has only $case and value'),
    ]);
  });
});

describe('nesting', () => {
  const chain = (depth: number): object => (depth === 0 ? {} : { next: chain(depth - 1) });

  it.each([
    [99, false],
    [100, false],
    [101, true],
  ])('%i deep', (depth, isTooDeep) => {
    const path = 'next.'.repeat(101).slice(0, -1);
    expect(shapeIssues(TreeTable, chain(depth))).toEqual(isTooDeep ? [issue(path, 'depth', 'nested deeper than 100')] : []);
  });

  it('counts lists, maps and oneofs by the messages in them alone', () => {
    const wrap = (inner: object, i: number): object =>
      i % 3 === 0
        ? { branches: [inner] }
        : i % 3 === 1
          ? { named: new Map([['k', inner]]) }
          : { content: { $case: 'sub', value: inner } };
    let value: object = {};
    for (let i = 0; i < 100; i++) value = wrap(value, i);
    expect(shapeIssues(TreeTable, value)).toEqual([]);
    expect(shapeIssues(TreeTable, wrap(value, 0)).map((found) => found.rule)).toEqual(['depth']);
  });

  it('ends in a message that contains itself', () => {
    const value: { next?: object } = {};
    value.next = value;
    expect(shapeIssues(TreeTable, value)).toEqual([issue('next.'.repeat(101).slice(0, -1), 'depth', 'nested deeper than 100')]);
  });
});

describe('very many issues', () => {
  it('are told up to 1000', () => {
    const found = all({
      int32List: new Array(5000),
      int64Map: new Map(Array.from({ length: 5000 }, (_, i) => [i, i])),
      stringField: 1,
    });
    expect(found).toHaveLength(1000);
    expect(found.at(-1)).toEqual(type('int32List[998]', 'number', 'undefined'));
  });
});

// "Nesting deeper than 100" is an error: 100 messages or groups below the outermost are read, the 101st is not. Writers keep to it too.
import { expect, test } from 'vitest';
import { AllTypes, Empty, Struct } from '../fixtures/generated/models.js';
import { thrownBy } from '../thrown-by.js';

/** Wraps bytes `times` times in tag and length. */
function nested(times: number, tag: readonly number[], inner: readonly number[] = []): Uint8Array {
  const heads: number[][] = [];
  let length = inner.length;
  for (let i = 0; i < times; i++) {
    heads.unshift([...tag, ...varint(length)]);
    length += heads[0].length;
  }
  return Uint8Array.from([...heads.flat(), ...inner]);
}

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);

const groups = (times: number): number[] => [
  ...Array<number[]>(times).fill([0x93, 0x0f]).flat(),
  ...Array<number[]>(times).fill([0x94, 0x0f]).flat(),
];

/** Field 18, recursive_field. */
const RECURSIVE = [0x92, 0x01];

test('a message 100 deep is read and written, the 101st is refused', () => {
  const deepest = nested(100, RECURSIVE, [0x08, 0x07]);
  const message = AllTypes.decode(deepest);
  let at = message;
  for (let i = 0; i < 100; i++) at = at.recursiveField!;
  expect(at.int32Field).toBe(7);
  expect(at.recursiveField).toBeUndefined();
  expect(AllTypes.encode(message)).toEqual(deepest);
  const path = Array(101).fill('recursiveField').join('.');
  const error = thrownBy(() => AllTypes.decode(nested(101, RECURSIVE)));
  const offset = nested(101, RECURSIVE).length - 3;
  expect(error).toMatchObject({
    code: 'MALFORMED_PAYLOAD',
    message: `[MALFORMED_PAYLOAD] AllTypes.${path}: nested deeper than 100, at byte ${offset}`,
    offset,
    path,
    limit: 100,
    actual: 101,
  });
});

test('a message that goes through another one counts each of them', () => {
  // inner.deeper.parent.deeper ... : two messages a round.
  const inner = (times: number): Uint8Array => {
    let bytes: number[] = [];
    for (let i = 0; i < times; i++) bytes = [(times - i) % 2 === 1 ? 0x1a : 0x0a, ...varint(bytes.length), ...bytes];
    return nested(1, [0x8a, 0x01], bytes);
  };
  expect(AllTypes.decode(inner(99)).messageField?.deeper).toBeDefined();
  expect(thrownBy(() => AllTypes.decode(inner(100))).message).toMatch(/: nested deeper than 100, at byte \d+$/);
});

test('groups count as messages do, on their own and within messages', () => {
  const kept = Uint8Array.from(groups(100));
  expect(Empty.encode(Empty.decode(kept))).toEqual(kept);
  const error = thrownBy(() => Empty.decode(Uint8Array.from(groups(101))));
  expect(error.message).toBe('[MALFORMED_PAYLOAD] Empty: nested deeper than 100, at byte 200');
  for (const [messages, ok] of [
    [60, 40],
    [99, 1],
    [100, 0],
  ] as const) {
    expect(() => AllTypes.decode(nested(messages, RECURSIVE, groups(ok)))).not.toThrow();
    expect(thrownBy(() => AllTypes.decode(nested(messages, RECURSIVE, groups(ok + 1)))).message).toMatch(
      /: nested deeper than 100, at byte \d+$/,
    );
  }
});

test('a value of a map counts as one message', () => {
  // Field 68, recursive_map: an entry with a value alone.
  let bytes: number[] = [];
  const wrap = (inner: number[]): number[] => {
    const entry = [0x12, ...varint(inner.length), ...inner];
    return [0xa2, 0x04, ...varint(entry.length), ...entry];
  };
  for (let i = 0; i < 100; i++) bytes = wrap(bytes);
  const message = AllTypes.decode(Uint8Array.from(bytes));
  expect(AllTypes.decode(AllTypes.encode(message))).toEqual(message);
  const error = thrownBy(() => AllTypes.decode(Uint8Array.from(wrap(bytes))));
  expect(error.message).toMatch(/^\[MALFORMED_PAYLOAD\] AllTypes\.recursiveMap: nested deeper than 100, at byte \d+$/);
  // An unknown group within an entry lies as deep as the value would.
  const inEntry = (inner: number[]): number[] => [0xa2, 0x04, ...varint(inner.length), ...inner];
  const entries = (deep: number, count: number): Uint8Array =>
    nested(deep, RECURSIVE, inEntry(Array(count).fill(0x1b).concat(Array(count).fill(0x1c))));
  expect(() => AllTypes.decode(entries(99, 1))).not.toThrow();
  expect(thrownBy(() => AllTypes.decode(entries(99, 2))).message).toMatch(/: nested deeper than 100, at byte \d+$/);
});

test('10,000 levels are refused as soon as the 101st begins', () => {
  const bytes = nested(10_000, RECURSIVE);
  const error = thrownBy(() => AllTypes.decode(bytes));
  expect(error).toMatchObject({ code: 'MALFORMED_PAYLOAD', limit: 100, actual: 101 });
  expect(error.offset).toBeLessThan(600);
  expect(thrownBy(() => Empty.decode(Uint8Array.from(groups(10_000)))).message).toBe(
    '[MALFORMED_PAYLOAD] Empty: nested deeper than 100, at byte 200',
  );
});

const chain = (depth: number): object => {
  let message = {};
  for (let i = 0; i < depth; i++) message = { recursiveField: message };
  return message;
};

test('encode, create and check refuse a message 101 deep, with its path', () => {
  expect(AllTypes.encode(chain(100))).toEqual(nested(100, RECURSIVE));
  expect(AllTypes.check(chain(100))).toEqual([]);
  const path = Array(101).fill('recursiveField').join('.');
  const issues = [{ path, rule: 'depth', message: 'nested deeper than 100' }];
  for (const refuse of [() => AllTypes.encode(chain(101)), () => AllTypes.create(chain(101))]) {
    expect(thrownBy(refuse)).toMatchObject({ code: 'INVALID_MESSAGE', path, issues });
  }
  expect(AllTypes.check(chain(101))).toEqual(issues);
});

test('encode counts the depth through lists, maps, oneofs and other messages', () => {
  const value = (depth: number): object => {
    let kind: object = { $case: 'boolValue', value: true };
    for (let i = 0; i < depth; i++) {
      kind =
        i % 2 === 0
          ? { $case: 'listValue', value: { values: [{ kind }] } }
          : { $case: 'structValue', value: { fields: new Map([['k', { kind }]]) } };
    }
    return { fields: new Map([['k', { kind }]]) };
  };
  // A Struct holds a Value (1 deep), and each round puts two messages around that.
  expect(() => Struct.encode(value(49))).not.toThrow();
  expect(thrownBy(() => Struct.encode(value(50))).issues?.[0]).toMatchObject({
    rule: 'depth',
    message: 'nested deeper than 100',
  });
  expect(() => AllTypes.encode({ struct: value(49) })).not.toThrow();
  expect(thrownBy(() => AllTypes.encode({ recursiveField: { struct: value(49) } })).issues?.[0]).toMatchObject({ rule: 'depth' });
  expect(() => Struct.decode(Struct.encode(value(49)))).not.toThrow();
});

test('an object that contains itself is refused, not followed', () => {
  const loop: { recursiveField?: object } = {};
  loop.recursiveField = loop;
  const error = thrownBy(() => AllTypes.encode(loop));
  expect(error.issues).toEqual([
    { path: Array(101).fill('recursiveField').join('.'), rule: 'depth', message: 'nested deeper than 100' },
  ]);
});

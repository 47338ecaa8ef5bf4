// Values near the edges of the rules, values of other types, and rubbish.
import fc from 'fast-check';
import type { FieldTable, MessageTable } from '../../src/wire/table.js';

/** The limits of the schema and of its types, for sizes and for numbers. */
const LIMITS = [0, 1, 2, 3, 9, 20, 32, 64, 127, 128, 255, 256, 512, 1000, 1024, 2048, 8192, 16384, 600000, 86400000, 16777219];
const LONG_LIMITS = [0n, 1n, 3n, 253402300799999n, 9007199254740993n, 2n ** 63n, 2n ** 64n, -(2n ** 63n)];

const around = (limits: readonly number[]): number[] => limits.flatMap((limit) => [limit - 1, limit, limit + 1]);
const numbers = [...around([...LIMITS, 2 ** 31, 2 ** 32, -(2 ** 31)]), -0, 0.5, 1e39, Number.NaN, Number.POSITIVE_INFINITY];
const longs = LONG_LIMITS.flatMap((limit) => [limit - 1n, limit, limit + 1n]);

/** Text of about so many bytes, of one character. */
const sized = fc
  .tuple(
    fc.constantFrom(...around(LIMITS).filter((n) => n >= 0 && n <= 8193)),
    fc.constantFrom('a', '~', 'é', '你', '😀', ' ', '\u00a0', '|', '_'),
  )
  .map(([bytes, character]) => character.repeat(Math.floor(bytes / new TextEncoder().encode(character).length)));
const texts = fc.oneof(
  sized,
  fc.constantFrom(
    'KEYS',
    'im_x',
    '__x',
    'rmq_sys_x',
    'TBW102',
    'a b',
    'x/im.A',
    '/a',
    'a/1',
    'x\u0000',
    '\ud800',
    'a\udc00',
    'ok',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 10 }),
);
const anyBytes = fc.oneof(
  fc.constantFrom(0, 1, 2, 31, 32, 33).map((n) => new Uint8Array(n)),
  fc.uint8Array({ maxLength: 4 }),
);

/** Any JavaScript value at all. */
export const rubbish: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    true,
    '',
    'x',
    0,
    1n,
    [],
    {},
    new Map(),
    new Set(),
    new Date(0),
    Symbol('s'),
    () => 1,
    new DataView(new ArrayBuffer(1)),
  ),
  fc.constantFrom(
    new Uint16Array(1),
    new Uint8ClampedArray(1),
    Object(1n),
    Object('x'),
    Object.create(null),
    Object.create({ cmd: 1 }),
    [undefined],
  ),
  fc.constantFrom(
    new Array(2),
    new Map([[null, null]]),
    { $case: 'text' },
    { $case: 'text', value: undefined },
    { $case: 'login', value: {}, more: 1 },
  ),
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, maxDepth: 3 }),
);

/** A value of a scalar type, often out of its range; not always of its type. */
export function scalar(type: FieldTable['type']): fc.Arbitrary<unknown> {
  if (type === 'string') return texts;
  if (type === 'bytes') return anyBytes;
  if (type === 'bool') return fc.boolean();
  return type.endsWith('64') ? fc.constantFrom(...longs) : fc.constantFrom(...numbers);
}

/** A value that looks like a message of the table, and seldom keeps its rules. */
export function messageLike(table: MessageTable, depth = 0): fc.Arbitrary<unknown> {
  const names = new Set(table.fields.map((field) => field.oneof ?? field.name));
  const fields = Object.fromEntries([...names].map((name) => [name, property(table, name, depth)]));
  return fc.record(fields, { requiredKeys: [], noNullPrototype: true });
}

function property(table: MessageTable, name: string, depth: number): fc.Arbitrary<unknown> {
  const members = table.fields.filter((field) => field.oneof === name);
  const field = table.fields.find((candidate) => candidate.name === name) as FieldTable;
  const good = members.length > 0 ? fc.oneof(...members.map((member) => memberLike(member, depth))) : fieldLike(field, depth);
  return fc.oneof({ weight: 20, arbitrary: good }, { weight: 1, arbitrary: rubbish });
}

function memberLike(member: FieldTable, depth: number): fc.Arbitrary<unknown> {
  return valueLike(member, depth).map((value) => ({ $case: member.name, value }));
}

function fieldLike(field: FieldTable, depth: number): fc.Arbitrary<unknown> {
  const value = valueLike(field, depth);
  if (field.kind === 'list') return fc.array(value, { maxLength: 2 });
  if (field.kind === 'map')
    return fc.array(fc.tuple(scalar(field.key ?? 'string'), value), { maxLength: 2 }).map((entries) => new Map(entries));
  return value;
}

function valueLike(field: FieldTable, depth: number): fc.Arbitrary<unknown> {
  if (field.type !== 'message' || !field.message) return scalar(field.type);
  return depth > 1 ? fc.constant({}) : messageLike(field.message(), depth + 1);
}

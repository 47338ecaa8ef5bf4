// "More elements than the rule allows": refused by decode itself, before the element too many is read, whether rules are checked or not.
import { expect, test } from 'vitest';
import { GroupMessage, Hello, ReceiveInfo, TopicMessage } from '../../generated/models.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeRawFrame } from '../../src/frame/encode-raw-frame.js';
import { thrownBy } from '../thrown-by.js';

const repeat = (bytes: readonly number[], times: number): number[] => Array<readonly number[]>(times).fill(bytes).flat();

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);

const ID = [1, 0, 0, 0, 0, 0, 0, 0];
/** GroupMessage.receiver_ids, packed and not. */
const packedIds = (count: number): number[] => [0x1a, ...varint(count * 8), ...repeat(ID, count)];
const unpackedIds = (count: number): number[] => repeat([0x19, ...ID], count);
/** Hello.versions, packed and not. */
const packedVersions = (count: number): number[] => [0x0a, count, ...repeat([1], count)];
const unpackedVersions = (count: number): number[] => repeat([0x08, 1], count);

interface Row {
  readonly what: string;
  readonly codec: { readonly typeName: string; decode(bytes: Uint8Array): object };
  readonly path: string;
  readonly max: number;
  /** Bytes with so many elements. */
  readonly bytes: (count: number) => number[];
  /** Where the field begins that holds the element number max + 1. */
  readonly offset: (bytes: number[]) => number;
}

const ROWS: readonly Row[] = [
  { what: 'sfixed64, packed', codec: GroupMessage, path: 'receiverIds', max: 10_000, bytes: packedIds, offset: () => 0 },
  {
    what: 'sfixed64, unpacked',
    codec: GroupMessage,
    path: 'receiverIds',
    max: 10_000,
    bytes: unpackedIds,
    offset: (b) => b.length - 9,
  },
  {
    what: 'sfixed64, packed twice',
    codec: GroupMessage,
    path: 'receiverIds',
    max: 10_000,
    bytes: (n) => [...packedIds(n - 3), ...packedIds(3)],
    offset: (b) => b.length - 26,
  },
  {
    what: 'sfixed64, packed and then unpacked',
    codec: GroupMessage,
    path: 'receiverIds',
    max: 10_000,
    bytes: (n) => [...packedIds(n - 2), ...unpackedIds(2)],
    offset: (b) => b.length - 9,
  },
  {
    what: 'sfixed64, unpacked and then packed',
    codec: GroupMessage,
    path: 'receiverIds',
    max: 10_000,
    bytes: (n) => [...unpackedIds(1), ...packedIds(n - 1)],
    offset: () => 9,
  },
  { what: 'uint32, packed', codec: Hello, path: 'versions', max: 32, bytes: packedVersions, offset: () => 0 },
  { what: 'uint32, unpacked', codec: Hello, path: 'versions', max: 32, bytes: unpackedVersions, offset: (b) => b.length - 2 },
  {
    what: 'uint32, mixed',
    codec: Hello,
    path: 'versions',
    max: 32,
    bytes: (n) => [...packedVersions(n - 5), ...unpackedVersions(1), ...packedVersions(4)],
    offset: (b) => b.length - 6,
  },
  {
    what: 'strings',
    codec: Hello,
    path: 'features',
    max: 32,
    bytes: (n) => repeat([0x12, 1, 0x61], n),
    offset: (b) => b.length - 3,
  },
  {
    what: 'messages',
    codec: ReceiveInfo,
    path: 'receivers',
    max: 16,
    bytes: (n) => repeat([0x1a, 0], n),
    offset: (b) => b.length - 2,
  },
  {
    what: 'entries of a map',
    codec: Hello,
    path: 'commandDigests',
    max: 512,
    bytes: (n) => Array.from({ length: n }, (_, i) => [0x2a, 3, 0x08, 0x80 | (i & 127), i >>> 7]).flat(),
    offset: (b) => b.length - 5,
  },
  {
    what: 'entries of a map with text',
    codec: TopicMessage,
    path: 'properties',
    max: 120,
    bytes: (n) => Array.from({ length: n }, (_, i) => [0x32, 3, 0x0a, 1, i]).flat(),
    offset: (b) => b.length - 5,
  },
];

test.each(ROWS)('$what: $max elements are read, one more is refused with its place', ({ codec, path, max, bytes, offset }) => {
  const size = (message: object): number => {
    const found = (message as Record<string, unknown[] | Map<unknown, unknown>>)[path];
    return found instanceof Map ? found.size : found.length;
  };
  for (const count of [max - 1, max]) expect(size(codec.decode(Uint8Array.from(bytes(count))))).toBe(count);
  const over = bytes(max + 1);
  const error = thrownBy(() => codec.decode(Uint8Array.from(over)));
  const text = `got ${max + 1} elements, limit ${max}`;
  const name = codec.typeName.slice('im.protocol.v1.'.length);
  expect(error).toMatchObject({
    code: 'INVALID_MESSAGE',
    message: `[INVALID_MESSAGE] ${name}.${path}: ${text}, at byte ${offset(over)}`,
    offset: offset(over),
    path,
    limit: max,
    actual: max + 1,
    issues: [{ path, rule: 'max_items', message: text }],
  });
});

test('a packed list tells how many elements it would have made, and the place is within the outer message', () => {
  const receivers = [0x12, ...varint(10_001 * 8), ...repeat(ID, 10_001)];
  const bytes = Uint8Array.from([0x08, 0x04, 0x1a, 0, 0x1a, ...varint(receivers.length), ...receivers]);
  const error = thrownBy(() => ReceiveInfo.decode(bytes));
  expect(error.message).toBe('[INVALID_MESSAGE] ReceiveInfo.receivers[1].userIds: got 10001 elements, limit 10000, at byte 8');
  const twice = Uint8Array.from([...packedIds(6000), ...packedIds(6000)]);
  expect(thrownBy(() => GroupMessage.decode(twice)).message).toBe(
    '[INVALID_MESSAGE] GroupMessage.receiverIds: got 12000 elements, limit 10000, at byte 48004',
  );
});

test('limits of lists hold with validate: false', () => {
  const frame = encodeRawFrame(64, Uint8Array.from(packedVersions(33)), { version: 0 });
  for (const validate of [true, false]) {
    expect(thrownBy(() => decodeFrame(frame, { validate })).message).toBe(
      '[INVALID_MESSAGE] Hello.versions: got 33 elements, limit 32, at byte 8',
    );
  }
  // 32 times the same version breaks another rule, which is not checked then.
  const most = encodeRawFrame(64, Uint8Array.from(packedVersions(32)), { version: 0 });
  expect(decodeFrame(most, { validate: false }).message).toMatchObject({ versions: Array(32).fill(1) });
});

test('a key that comes again does not count: the map does not grow', () => {
  const entries = Array.from({ length: 120 }, (_, i) => [0x32, 3, 0x0a, 1, i]).flat();
  const again = [0x32, 6, 0x0a, 1, 0, 0x12, 1, 0x78];
  const { properties } = TopicMessage.decode(Uint8Array.from([...entries, ...again, ...again]));
  expect(properties.size).toBe(120);
  expect(properties.get('\0')).toBe('x');
});

test('the limit counts what a message given twice adds up to', () => {
  // group_message twice, with 6000 receivers each: they merge to 12000.
  const group = packedIds(6000);
  const member = [0x7a, ...varint(group.length), ...group];
  const error = thrownBy(() => ReceiveInfo.decode(Uint8Array.from([...member, ...member])));
  expect(error).toMatchObject({ code: 'INVALID_MESSAGE', path: 'groupMessage.receiverIds', limit: 10_000, actual: 12_000 });
});

// An entry of a map is a message with key 1 and value 2, each of which may be missing, repeated or out of order.
import { expect, test } from 'vitest';
import { TopicMessage } from '../../generated/models.js';
import { AllTypes } from '../fixtures/generated/models.js';
import { hex } from '../frame/hex.js';

const stringMap = (bytes: string) => AllTypes.decode(hex(bytes)).stringMap;

test('key and value are read in either order', () => {
  expect(stringMap('8a 04 06 0a 01 61 12 01 62')).toEqual(new Map([['a', 'b']]));
  expect(stringMap('8a 04 06 12 01 62 0a 01 61')).toEqual(new Map([['a', 'b']]));
});

test('a missing key or value has its default', () => {
  expect(stringMap('8a 04 03 12 01 62')).toEqual(new Map([['', 'b']]));
  expect(stringMap('8a 04 03 0a 01 61')).toEqual(new Map([['a', '']]));
  expect(stringMap('8a 04 00')).toEqual(new Map([['', '']]));
  const empty = AllTypes.decode(hex('ea 03 00 f2 03 00 fa 03 00 82 04 00 92 04 00 9a 04 00'));
  expect(empty.int32Map).toEqual(new Map([[0, '']]));
  expect(empty.int64Map).toEqual(new Map([[0n, 0n]]));
  expect(empty.uint64Map).toEqual(new Map([[0n, new Uint8Array(0)]]));
  expect(empty.boolMap).toEqual(new Map([[false, 0]]));
  expect(empty.messageMap).toEqual(new Map([['', { id: 0n, name: '', deeper: undefined }]]));
  expect(empty.fixed64Map).toEqual(new Map([[0n, 0]]));
});

test('a missing message is a whole one', () => {
  const { recursiveMap } = AllTypes.decode(hex('a2 04 02 08 02'));
  expect([...recursiveMap.keys()]).toEqual([1]);
  expect(recursiveMap.get(1)).toEqual(AllTypes.decode(new Uint8Array(0)));
});

test('within an entry, the last key and the last value count; messages merge', () => {
  expect(stringMap('8a 04 0c 0a 01 61 12 01 62 0a 01 63 12 01 64')).toEqual(new Map([['c', 'd']]));
  const { messageMap } = AllTypes.decode(hex('92 04 0c 0a 01 61 12 02 08 01 12 03 12 01 62'));
  expect(messageMap).toEqual(new Map([['a', { id: 1n, name: 'b', deeper: undefined }]]));
});

test('an entry whose key is there already replaces the value, in its place', () => {
  const map = stringMap('8a 04 06 0a 01 61 12 01 31 8a 04 06 0a 01 62 12 01 32 8a 04 06 0a 01 61 12 01 33');
  expect([...map]).toEqual([
    ['a', '3'],
    ['b', '2'],
  ]);
  // A message is replaced, not merged: the entry is what comes twice, not its value.
  const { messageMap } = AllTypes.decode(hex('92 04 07 0a 01 61 12 02 08 01 92 04 08 0a 01 61 12 03 12 01 62'));
  expect(messageMap).toEqual(new Map([['a', { id: 0n, name: 'b', deeper: undefined }]]));
});

test('unknown fields of an entry are skipped: there is no place to keep them', () => {
  const message = AllTypes.decode(hex('8a 04 0b 0a 01 61 18 05 22 01 78 12 01 62'));
  expect(message.stringMap).toEqual(new Map([['a', 'b']]));
  expect(Object.getOwnPropertySymbols(message)).toEqual([]);
});

test('entries keep their order, and are written in it', () => {
  const bytes = hex('8a 04 06 0a 01 62 12 01 31 8a 04 06 0a 01 61 12 01 32');
  expect([...AllTypes.decode(bytes).stringMap.keys()]).toEqual(['b', 'a']);
  expect(AllTypes.encode(AllTypes.decode(bytes))).toEqual(bytes);
});

test('every type of key is read and written back', () => {
  const maps: readonly [name: string, bytes: string, key: unknown][] = [
    ['int32Map', 'ea 03 0d 08 ff ff ff ff ff ff ff ff ff 01 12 00', -1],
    ['int64Map', 'f2 03 0d 08 80 80 80 80 80 80 80 80 80 01 10 00', -0x8000_0000_0000_0000n],
    ['uint64Map', 'fa 03 0d 08 ff ff ff ff ff ff ff ff ff 01 12 00', 0xffff_ffff_ffff_ffffn],
    ['boolMap', '82 04 0b 08 01 11 00 00 00 00 00 00 00 80', true],
    ['fixed64Map', '9a 04 0b 09 ff ff ff ff ff ff ff ff 10 00', 0xffff_ffff_ffff_ffffn],
    ['recursiveMap', 'a2 04 04 08 01 12 00', -1],
  ];
  for (const [name, bytes, key] of maps) {
    const message = AllTypes.decode(hex(bytes));
    expect([...(message as unknown as Record<string, Map<unknown, unknown>>)[name].keys()]).toEqual([key]);
    expect(AllTypes.encode(message)).toEqual(hex(bytes));
  }
});

test('a key __proto__ is just a key', () => {
  const bytes = hex('32 0e 0a 09 5f 5f 70 72 6f 74 6f 5f 5f 12 01 78');
  const message = TopicMessage.decode(bytes);
  expect([...message.properties]).toEqual([['__proto__', 'x']]);
  expect(Object.getPrototypeOf(message.properties)).toBe(Map.prototype);
  expect('x' in {}).toBe(false);
  expect(TopicMessage.encode(message)).toEqual(bytes);
});

// "A field given twice follows protobuf": the last value wins, lists append, messages merge.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SendInfo } from '../../generated/models.js';
import { messages } from '../arbitrary.js';
import { AllTypes } from '../fixtures/generated/models.js';
import { hex, join } from '../frame/hex.js';
import { oracleFor } from '../oracle.js';
import { SEED } from '../seed.js';

test('of a scalar, the last value wins, the default too', () => {
  expect(AllTypes.decode(hex('08 01 08 02')).int32Field).toBe(2);
  expect(AllTypes.decode(hex('08 01 08 00')).int32Field).toBe(0);
  expect(AllTypes.decode(hex('72 01 61 72 00')).stringField).toBe('');
  expect(AllTypes.decode(hex('7a 01 61 7a 02 62 63')).bytesField).toEqual(hex('62 63'));
  expect(AllTypes.decode(hex('a8 01 01 a8 01 00')).optionalInt32).toBe(0);
  expect(AllTypes.decode(hex('68 01 68 00')).boolField).toBe(false);
});

test('elements of a list append in their order, packed and unpacked mixed', () => {
  expect(AllTypes.decode(hex('f8 01 01 fa 01 02 02 03 f8 01 04 fa 01 00 fa 01 01 05')).int32List).toEqual([1, 2, 3, 4, 5]);
  expect(AllTypes.decode(hex('82 03 01 07 80 03 08')).unpackedList).toEqual([7n, 8n]);
  expect(AllTypes.decode(hex('92 03 02 01 02 90 03 01')).unpackedEnumList).toEqual([1, 2, 1]);
  const one = '01 00 00 00 00 00 00 00';
  expect(AllTypes.decode(hex('c1 02', one, 'c2 02 10', one, one)).sfixed64List).toEqual([1n, 1n, 1n]);
  expect(AllTypes.decode(hex('8a 03 08', one, '89 03', one)).unpackedFixedList).toEqual([1n, 1n]);
  expect(AllTypes.decode(hex('d8 02 01 da 02 02 00 01')).boolList).toEqual([true, false, true]);
  expect(AllTypes.decode(hex('cd 02 00 00 80 3f ca 02 04 00 00 00 40')).floatList).toEqual([1, 2]);
});

test('a message merges: what comes later replaces, what does not come stays', () => {
  const merged = AllTypes.decode(hex('8a 01 05 08 01 12 01 61', '8a 01 02 08 02', '8a 01 00'));
  expect(merged.messageField).toEqual({ id: 2n, name: 'a', deeper: undefined });
});

test('messages merge at any depth, with their lists and maps', () => {
  // Each with an int32_list of one, a string_map of one, and a field of message_field.deeper.parent.
  const first = hex('92 01 16', 'fa 01 01 01', '8a 04 06 0a 01 61 12 01 31', '8a 01 06 1a 04 0a 02 08 01');
  const second = hex('92 01 17', 'fa 01 01 02', '8a 04 06 0a 01 62 12 01 32', '8a 01 07 1a 05 0a 03 12 01 78');
  const { recursiveField } = AllTypes.decode(join(first, second));
  expect(recursiveField?.int32List).toEqual([1, 2]);
  expect(recursiveField?.stringMap).toEqual(
    new Map([
      ['a', '1'],
      ['b', '2'],
    ]),
  );
  expect(recursiveField?.messageField?.deeper?.parent).toEqual({ id: 1n, name: 'x', deeper: undefined });
});

test('a member of a oneof that comes again merges; another member replaces it', () => {
  const login = '52 03 0a 01 61';
  const device = '52 03 12 01 62';
  expect(SendInfo.decode(hex(login, device)).data).toMatchObject({
    $case: 'login',
    value: { accessToken: 'a', deviceId: 'b', terminal: 0 },
  });
  const session = '5a 02 08 01';
  expect(SendInfo.decode(hex(login, session)).data).toMatchObject({
    $case: 'session',
    value: { userId: 1n, terminal: 0, sessionId: '' },
  });
  // The login that comes after another member starts anew.
  expect(SendInfo.decode(hex(login, session, device)).data).toMatchObject({
    $case: 'login',
    value: { accessToken: '', deviceId: 'b', terminal: 0 },
  });
});

test('scalar members of a oneof: the last one wins', () => {
  expect(AllTypes.decode(hex('88 05 01 92 05 01 61')).choice).toEqual({ $case: 'choiceString', value: 'a' });
  expect(AllTypes.decode(hex('92 05 01 61 88 05 00')).choice).toEqual({ $case: 'choiceInt32', value: 0 });
  expect(AllTypes.decode(hex('88 05 01 88 05 02')).choice).toEqual({ $case: 'choiceInt32', value: 2 });
  // An empty one is set, too.
  expect(AllTypes.decode(hex('9a 05 00')).choice).toEqual({ $case: 'choiceBytes', value: new Uint8Array(0) });
  expect(AllTypes.decode(hex('a2 05 00')).choice).toEqual({
    $case: 'choiceMessage',
    value: { id: 0n, name: '', deeper: undefined },
  });
});

test(`two messages in one decode as protobufjs decodes them (seed ${SEED})`, () => {
  const oracle = oracleFor('im/fixture/v1/all_types.proto')('im.fixture.v1.AllTypes');
  type Message = ReturnType<typeof AllTypes.decode>;
  const arbitrary = messages(AllTypes.generated.table) as unknown as fc.Arbitrary<Message>;
  fc.assert(
    fc.property(arbitrary, arbitrary, (a, b) => {
      // protobufjs replaces a message field that comes again, and merges only what is outermost.
      const plain = (m: Message): Message => ({
        ...m,
        messageField: undefined,
        recursiveField: undefined,
        timestamp: undefined,
        struct: undefined,
        any: undefined,
        wrapped: undefined,
        choice: m.choice?.$case === 'choiceMessage' ? undefined : m.choice,
      });
      const both = new Uint8Array([...AllTypes.encode(plain(a)), ...AllTypes.encode(plain(b))]);
      expect(AllTypes.decode(oracle.encode(oracle.decode(both)).finish())).toEqual(AllTypes.decode(both));
    }),
    { seed: SEED, numRuns: 100 },
  );
});

test(`of two messages in one, lists append, maps unite and messages merge (seed ${SEED})`, () => {
  type Message = ReturnType<typeof AllTypes.decode>;
  const arbitrary = messages(AllTypes.generated.table) as unknown as fc.Arbitrary<Message>;
  fc.assert(
    fc.property(arbitrary, arbitrary, (a, b) => {
      const merged = AllTypes.decode(new Uint8Array([...AllTypes.encode(a), ...AllTypes.encode(b)]));
      expect(merged.int32List).toEqual([...a.int32List, ...b.int32List]);
      expect(merged.stringList).toEqual([...a.stringList, ...b.stringList]);
      expect(merged.messageList).toEqual([...a.messageList, ...b.messageList]);
      expect(merged.stringMap).toEqual(new Map([...a.stringMap, ...b.stringMap]));
      expect(merged.stringField).toBe(b.stringField || a.stringField);
      expect(merged.optionalInt64).toBe(b.optionalInt64 ?? a.optionalInt64);
      if (a.messageField && b.messageField) expect(merged.messageField?.name).toBe(b.messageField.name || a.messageField.name);
      else expect(merged.messageField).toEqual(b.messageField ?? a.messageField);
    }),
    { seed: SEED, numRuns: 100 },
  );
});

// "Unknown fields are kept (no enumerable string key on the message) and written back", behind the known ones.
import { expect, test } from 'vitest';
import { PrivateMessage, SendInfo, UserInfo } from '../../generated/models.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { AllTypes, Empty } from '../fixtures/generated/models.js';
import { hex, join, sameBytes } from '../frame/hex.js';
import { thrownBy } from '../thrown-by.js';

const unknownOf = (message: object) => (message as { [UNKNOWN_FIELDS]?: Uint8Array })[UNKNOWN_FIELDS];

test('unknown fields are kept under a symbol, in one array, as they came', () => {
  const message = UserInfo.decode(
    hex('80 7d 05 08 01 8a 7d 01 61 10 02 91 7d 01 02 03 04 05 06 07 08 95 7d 01 02 03 04 80 fd 80 00 07'),
  );
  expect(Object.keys(message)).toEqual(['userId', 'terminal']);
  expect(JSON.stringify(Object.entries(message), (_, v) => (typeof v === 'bigint' ? `${v}` : v))).toBe(
    '[["userId","1"],["terminal",2]]',
  );
  expect(Object.getOwnPropertySymbols(message)).toEqual([UNKNOWN_FIELDS]);
  const kept = hex('80 7d 05 8a 7d 01 61 91 7d 01 02 03 04 05 06 07 08 95 7d 01 02 03 04 80 fd 80 00 07');
  expect(unknownOf(message)).toEqual(kept);
  expect(UserInfo.encode(message)).toEqual(join(hex('08 01 10 02'), kept));
});

test('a message without unknown fields has no such key', () => {
  expect(Reflect.ownKeys(UserInfo.decode(hex('08 01')))).toEqual(['userId', 'terminal']);
});

test('the symbol is a registered one, so that both copies of the package see it', () => {
  expect(UNKNOWN_FIELDS).toBe(Symbol.for('@im/protocol unknown fields'));
});

test('each message keeps its own, at any depth', () => {
  const bytes = hex('08 04 72 0a 0a 05 08 01 f8 7d 01 f8 7d 02 f8 7d 03');
  const message = SendInfo.decode(bytes);
  expect(unknownOf(message)).toEqual(hex('f8 7d 03'));
  const value = message.data?.$case === 'privateMessage' ? message.data.value : undefined;
  expect(unknownOf(value!)).toEqual(hex('f8 7d 02'));
  expect(unknownOf(value!.sender!)).toEqual(hex('f8 7d 01'));
  expect(SendInfo.encode(message)).toEqual(bytes);
});

test('unknown fields of messages that merge append', () => {
  const { sender } = PrivateMessage.decode(hex('0a 03 f8 7d 01 0a 06 f8 7d 02 f8 7d 03'));
  expect(unknownOf(sender!)).toEqual(hex('f8 7d 01 f8 7d 02 f8 7d 03'));
});

test('they are a copy: neither the input nor another message shares it', () => {
  const bytes = hex('f8 7d 01 f8 7d 02');
  const [first, second] = [Empty.decode(bytes), Empty.decode(bytes)];
  bytes.fill(0);
  expect(unknownOf(first)).toEqual(hex('f8 7d 01 f8 7d 02'));
  unknownOf(first)!.fill(9);
  expect(unknownOf(second)).toEqual(hex('f8 7d 01 f8 7d 02'));
});

test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
  ['an array of its own', (bytes: Uint8Array) => bytes],
  [
    'a part of a larger array',
    (bytes: Uint8Array) => join(new Uint8Array(100), bytes, new Uint8Array(100)).subarray(100, 100 + bytes.length),
  ],
  ['a Buffer out of the pool', (bytes: Uint8Array) => Buffer.from(bytes)],
])('the input is not written to: %s', (_, place) => {
  const bytes = hex('f8 7d 01 08 05 f8 7d 02 10 06 f8 7d 03 f8 7d 04');
  const input = place(bytes);
  const whole = new Uint8Array(input.buffer);
  const before = whole.slice();
  const message = UserInfo.decode(input);
  expect(unknownOf(message)).toEqual(hex('f8 7d 01 f8 7d 02 f8 7d 03 f8 7d 04'));
  expect(unknownOf(message)!.buffer).not.toBe(input.buffer);
  expect(sameBytes(whole, before)).toBe(true);
});

test('unknown fields that are given to encode are written as they are, and must be bytes', () => {
  expect(UserInfo.encode({ userId: 1n, [UNKNOWN_FIELDS]: hex('f8 7d 01') } as object)).toEqual(hex('08 01 f8 7d 01'));
  expect(UserInfo.encode({ userId: 1n, [UNKNOWN_FIELDS]: undefined } as object)).toEqual(hex('08 01'));
  const error = thrownBy(() => SendInfo.encode({ data: { $case: 'login', value: { [UNKNOWN_FIELDS]: 'text' } as object } }));
  expect(error).toMatchObject({ code: 'INVALID_MESSAGE', path: 'login.$unknown' });
  expect(error.message).toBe('[INVALID_MESSAGE] SendInfo breaks 1 rule: login.$unknown: expected Uint8Array, got string');
});

test('a message that outgrows one length byte by its unknown fields is written right', () => {
  // UserInfo alone never has 128 bytes.
  const unknown = join(hex('fa 7d 96 01'), new Uint8Array(150).fill(0x61));
  const sender = join(hex('08 01'), unknown);
  const bytes = join(hex('0a 9c 01'), sender, hex('10 02'));
  const message = PrivateMessage.decode(bytes);
  expect(unknownOf(message.sender!)).toEqual(unknown);
  expect(PrivateMessage.encode(message)).toEqual(bytes);
});

test('500,000 tiny unknown fields among known ones cost linear time and memory', () => {
  const fields = 500_000;
  const bytes = new Uint8Array(fields * 5);
  for (let i = 0; i < fields; i++) bytes.set([0xf8, 0x7d, i & 127, 0x08, i & 127], i * 5);
  const message = AllTypes.decode(bytes);
  const unknown = unknownOf(message)!;
  expect(unknown.length).toBe(fields * 3);
  // At most twice what is kept, however it grew.
  expect(unknown.buffer.byteLength).toBeLessThanOrEqual(unknown.length * 2);
  expect([...unknown.subarray(300, 306)]).toEqual([0xf8, 0x7d, 100, 0xf8, 0x7d, 101]);
  const written = AllTypes.encode(message);
  expect(written.length).toBe(unknown.length + 2);
  expect(sameBytes(written.subarray(2), unknown)).toBe(true);
});

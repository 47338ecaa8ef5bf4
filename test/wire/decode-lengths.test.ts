// "A child or packed list over its parent's end", and values that are cut off: errors at the item that does not fit.
import { expect, test } from 'vitest';
import { PrivateMessage, SendInfo } from '../../generated/models.js';
import { AllTypes, Empty } from '../fixtures/generated/models.js';
import { hex } from '../frame/hex.js';
import { thrownBy } from '../thrown-by.js';

const refusalOf = (codec: { decode(bytes: Uint8Array): unknown }, bytes: string) => {
  const { message, offset, path, code } = thrownBy(() => codec.decode(hex(bytes)));
  expect(code).toBe('MALFORMED_PAYLOAD');
  return [message.replace('[MALFORMED_PAYLOAD] ', ''), offset, path];
};

test.each([
  [
    'a string',
    SendInfo,
    '08 01 52 02 0a 01',
    'SendInfo.login.accessToken: length 1, but its parent ends after 0 bytes, at byte 5',
    5,
    'login.accessToken',
  ],
  [
    'a message',
    SendInfo,
    '08 01 52 04 0a 01 61',
    'SendInfo.login: length 4, but its parent ends after 3 bytes, at byte 3',
    3,
    'login',
  ],
  ['bytes', AllTypes, '7a 7f', 'AllTypes.bytesField: length 127, but its parent ends after 0 bytes, at byte 1', 1, 'bytesField'],
  [
    'a packed list',
    AllTypes,
    'fa 01 03 01 02',
    'AllTypes.int32List: length 3, but its parent ends after 2 bytes, at byte 2',
    2,
    'int32List',
  ],
  [
    'a map entry',
    AllTypes,
    'ea 03 05 08 01',
    'AllTypes.int32Map: length 5, but its parent ends after 2 bytes, at byte 2',
    2,
    'int32Map',
  ],
  [
    'the key of a map',
    AllTypes,
    '8a 04 02 0a 01 61',
    'AllTypes.stringMap: length 1, but its parent ends after 0 bytes, at byte 4',
    4,
    'stringMap',
  ],
  [
    'the value of a map',
    AllTypes,
    '8a 04 02 12 01 61',
    'AllTypes.stringMap: length 1, but its parent ends after 0 bytes, at byte 4',
    4,
    'stringMap',
  ],
  ['an unknown field', SendInfo, 'c2 0c 02 61', 'SendInfo: length 2, but its parent ends after 1 bytes, at byte 2', 2, ''],
  [
    'a length of 2^31',
    AllTypes,
    '72 80 80 80 80 08 61',
    'AllTypes.stringField: length 2147483648, but its parent ends after 1 bytes, at byte 1',
    1,
    'stringField',
  ],
  [
    'a length of 2^32 - 1',
    AllTypes,
    '72 ff ff ff ff 0f',
    'AllTypes.stringField: length 4294967295, but its parent ends after 0 bytes, at byte 1',
    1,
    'stringField',
  ],
  [
    'a length of 2^32',
    AllTypes,
    '72 80 80 80 80 10 61',
    'AllTypes.stringField: length above 4294967295, but its parent ends after 1 bytes, at byte 1',
    1,
    'stringField',
  ],
  [
    'a length of 2^63 + 1',
    AllTypes,
    '72 81 80 80 80 80 80 80 80 80 01 61',
    'AllTypes.stringField: length above 4294967295, but its parent ends after 1 bytes, at byte 1',
    1,
    'stringField',
  ],
  [
    'a length of which only byte 6 has bits',
    AllTypes,
    '72 81 80 80 80 80 01 61',
    'AllTypes.stringField: length above 4294967295, but its parent ends after 1 bytes, at byte 1',
    1,
    'stringField',
  ],
  [
    'a truncated length',
    AllTypes,
    '72 80',
    'AllTypes.stringField: truncated varint: got 1 bytes without an end, at byte 1',
    1,
    'stringField',
  ],
  [
    'no length',
    AllTypes,
    '8a 01',
    'AllTypes.messageField: truncated varint: got 0 bytes without an end, at byte 2',
    2,
    'messageField',
  ],
])("%s over its parent's end is refused at its length", (_, codec, bytes, text, offset, path) => {
  expect(refusalOf(codec, bytes)).toEqual([text, offset, path]);
});

test('a child that ends within the buffer but behind its parent is refused', () => {
  // sender (4 bytes) announces a user_id of ten bytes that would end in the next field.
  expect(refusalOf(PrivateMessage, '0a 02 08 80 10 05')).toEqual([
    'PrivateMessage.sender.userId: truncated varint: got 1 bytes without an end, at byte 3',
    3,
    'sender.userId',
  ]);
});

test.each([
  [
    'int64, fixed',
    '51 01 02 03 04 05 06 07',
    'AllTypes.sfixed64Field: truncated value: got 7 bytes, needs 8, at byte 1',
    1,
    'sfixed64Field',
  ],
  ['fixed64 without a byte', '41', 'AllTypes.fixed64Field: truncated value: got 0 bytes, needs 8, at byte 1', 1, 'fixed64Field'],
  ['double', '61 00', 'AllTypes.doubleField: truncated value: got 1 bytes, needs 8, at byte 1', 1, 'doubleField'],
  ['fixed32', '3d 01 02 03', 'AllTypes.fixed32Field: truncated value: got 3 bytes, needs 4, at byte 1', 1, 'fixed32Field'],
  ['sfixed32', '4d', 'AllTypes.sfixed32Field: truncated value: got 0 bytes, needs 4, at byte 1', 1, 'sfixed32Field'],
  ['float', '5d 01', 'AllTypes.floatField: truncated value: got 1 bytes, needs 4, at byte 1', 1, 'floatField'],
  ['64-bit, unknown', '91 0f 01', 'AllTypes: truncated value: got 1 bytes, needs 8, at byte 2', 2, ''],
  ['32-bit, unknown', '95 0f 01 02 03', 'AllTypes: truncated value: got 3 bytes, needs 4, at byte 2', 2, ''],
  [
    'an unpacked element',
    'c1 02 00 00 00 00 00 00 00',
    'AllTypes.sfixed64List: truncated value: got 7 bytes, needs 8, at byte 2',
    2,
    'sfixed64List',
  ],
  [
    'the value of a map',
    '82 04 05 08 01 11 00 00',
    'AllTypes.boolMap: truncated value: got 2 bytes, needs 8, at byte 6',
    6,
    'boolMap',
  ],
  [
    'the key of a map',
    '9a 04 05 09 01 02 03 04',
    'AllTypes.fixed64Map: truncated value: got 4 bytes, needs 8, at byte 4',
    4,
    'fixed64Map',
  ],
])('a value that is cut off is refused: %s', (_, bytes, text, offset, path) => {
  expect(refusalOf(AllTypes, bytes)).toEqual([text, offset, path]);
});

test('an element of a packed list that crosses the end of the list is refused, whatever follows', () => {
  const follows = '00 00 00 00 00 00 00 00';
  expect(refusalOf(AllTypes, `fa 01 02 01 80 ${follows}`)).toEqual([
    'AllTypes.int32List: truncated varint: got 1 bytes without an end, at byte 4',
    4,
    'int32List',
  ]);
  const fixed: readonly [tag: string, size: number, name: string][] = [
    ['aa 02', 4, 'fixed32List'],
    ['b2 02', 8, 'fixed64List'],
    ['ba 02', 4, 'sfixed32List'],
    ['c2 02', 8, 'sfixed64List'],
    ['ca 02', 4, 'floatList'],
    ['d2 02', 8, 'doubleList'],
    ['8a 03', 8, 'unpackedFixedList'],
  ];
  for (const [tag, size, name] of fixed) {
    const bytes = `${tag} 0${size - 1} ${follows}`;
    expect(refusalOf(AllTypes, bytes)).toEqual([
      `AllTypes.${name}: packed list of ${size - 1} bytes, expected a multiple of ${size}, at byte 0`,
      0,
      name,
    ]);
  }
});

test('what is missing at the end of a message belongs to it, whatever follows', () => {
  const rows: readonly [bytes: string, text: string, path: string][] = [
    ['52 01 0a', 'login.accessToken: truncated varint: got 0 bytes without an end, at byte 3', 'login.accessToken'],
    ['52 01 0a 08 01', 'login.accessToken: truncated varint: got 0 bytes without an end, at byte 3', 'login.accessToken'],
    ['52 01 18 08 01', 'login.terminal: truncated varint: got 0 bytes without an end, at byte 3', 'login.terminal'],
    [
      '72 03 0a 01 08 10 01',
      'privateMessage.sender.userId: truncated varint: got 0 bytes without an end, at byte 5',
      'privateMessage.sender.userId',
    ],
    // Here the message is sound, and the next field is not.
    ['52 00 08', 'cmd: truncated varint: got 0 bytes without an end, at byte 3', 'cmd'],
  ];
  for (const [bytes, text, path] of rows) {
    expect(refusalOf(SendInfo, bytes).slice(0, 3)).toEqual([`SendInfo.${text}`, Number(text.split(' ').at(-1)), path]);
  }
  expect(refusalOf(SendInfo, '52 00 00')).toEqual(['SendInfo: tag 0, at byte 2', 2, '']);
  // In an entry of a map.
  expect(refusalOf(AllTypes, 'ea 03 01 08 08 01')[0]).toBe(
    'AllTypes.int32Map: truncated varint: got 0 bytes without an end, at byte 4',
  );
});

test('empty bytes are the empty message; a length of 0 is an empty value', () => {
  expect(Empty.decode(hex(''))).toEqual({});
  expect(SendInfo.decode(hex(''))).toEqual({ cmd: 0, sequence: 0, replyTo: 0, data: undefined });
  const empty = AllTypes.decode(hex('72 00 7a 00 8a 01 00 fa 01 00 e2 02 00 ea 03 00'));
  expect(empty.stringField).toBe('');
  expect(empty.bytesField).toEqual(new Uint8Array(0));
  expect(empty.messageField).toEqual({ id: 0n, name: '', deeper: undefined });
  expect(empty.int32List).toEqual([]);
  expect(empty.stringList).toEqual(['']);
  expect(empty.int32Map).toEqual(new Map([[0, '']]));
});

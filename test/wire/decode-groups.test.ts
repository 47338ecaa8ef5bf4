// Groups are of proto2: a reader skips them with every check, and keeps them with the unknown fields.
import { expect, test } from 'vitest';
import { SendInfo } from '../../generated/models.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { AllTypes, Empty } from '../fixtures/generated/models.js';
import { hex } from '../frame/hex.js';
import { thrownBy } from '../thrown-by.js';

test.each([
  ['an end without a start', '08 02 c4 0c', 'SendInfo: end of group 200, which is not open, at byte 2', 2],
  ['an end of another number', 'c3 0c cc 0c', 'SendInfo: end of group 201, which is not open, at byte 2', 2],
  ['an end too many', 'c3 0c c4 0c c4 0c', 'SendInfo: end of group 200, which is not open, at byte 4', 4],
  ['ends in the wrong order', 'c3 0c cb 0c c4 0c cc 0c', 'SendInfo: end of group 200, which is not open, at byte 4', 4],
  ['a start without an end', '08 02 c3 0c', 'SendInfo: group 200 does not end, at byte 2', 2],
  ['a start without an end, with fields', 'c3 0c 08 01 12 01 61', 'SendInfo: group 200 does not end, at byte 0', 0],
  ['an inner end alone', 'c3 0c cb 0c cc 0c', 'SendInfo: group 200 does not end, at byte 0', 0],
  ['a tag 0 inside', 'c3 0c 00 c4 0c', 'SendInfo: tag 0, at byte 2', 2],
  ['a field number 0 inside', 'c3 0c 07 c4 0c', 'SendInfo: field number 0, at byte 2', 2],
  ['a wire type 7 inside', 'c3 0c 0f c4 0c', 'SendInfo: wire type 7, which does not exist, at byte 2', 2],
  ['a truncated varint inside', 'c3 0c 08', 'SendInfo: truncated varint: got 0 bytes without an end, at byte 3', 3],
  ['a truncated 64-bit value inside', 'c3 0c 09 c4 0c', 'SendInfo: truncated value: got 2 bytes, needs 8, at byte 3', 3],
  ['a length over the end inside', 'c3 0c 0a 03 c4 0c', 'SendInfo: length 3, but its parent ends after 2 bytes, at byte 3', 3],
  ['a truncated tag inside', 'c3 0c 88', 'SendInfo: truncated tag: got 1 bytes without an end, at byte 2', 2],
])('a group with %s is refused', (_, bytes, text, offset) => {
  const error = thrownBy(() => SendInfo.decode(hex(bytes)));
  expect(error).toMatchObject({ code: 'MALFORMED_PAYLOAD', message: `[MALFORMED_PAYLOAD] ${text}`, offset, path: '' });
});

test('a group does not reach over the end of its message', () => {
  const error = thrownBy(() => SendInfo.decode(hex('52 02 c3 0c c4 0c')));
  expect(error).toMatchObject({
    message: '[MALFORMED_PAYLOAD] SendInfo.login: group 200 does not end, at byte 2',
    offset: 2,
    path: 'login',
  });
});

test('a group is kept as it came, whatever it holds, and written back', () => {
  // Fields with known numbers and other types, an inner group, and an end tag of more bytes than it needs.
  const group = hex('c3 0c 09 00 00 00 00 00 00 00 00 0a 01 61 cb 0c 0d 01 02 03 04 cc 0c 50 80 00 c4 8c 00');
  const bytes = new Uint8Array([...hex('08 02'), ...group]);
  const message = SendInfo.decode(bytes);
  expect(message).toEqual({ cmd: 2, sequence: 0, replyTo: 0, data: undefined, [UNKNOWN_FIELDS]: group });
  expect(SendInfo.encode(message)).toEqual(bytes);
});

test('a group may be empty, and may be longer than any one field', () => {
  expect(Empty.encode(Empty.decode(hex('c3 0c c4 0c')))).toEqual(hex('c3 0c c4 0c'));
  const long = new Uint8Array([...hex('c3 0c'), ...new Uint8Array(3000).fill(8, 0, 1), ...hex('c4 0c')]);
  // 08 00 and then tag 0: what is inside is checked, too.
  expect(thrownBy(() => Empty.decode(long)).message).toBe('[MALFORMED_PAYLOAD] Empty: tag 0, at byte 4');
});

test('a group with the number of a known field is refused', () => {
  expect(thrownBy(() => AllTypes.decode(hex('8b 01 8c 01'))).message).toBe(
    '[MALFORMED_PAYLOAD] AllTypes.messageField: wrong wire type: got start group for field 17, at byte 0',
  );
});

test('a group in an entry of a map is checked, and not kept', () => {
  const message = AllTypes.decode(hex('ea 03 08 08 01 1b 08 05 1c 12 00'));
  expect(message.int32Map).toEqual(new Map([[1, '']]));
  expect(Object.getOwnPropertySymbols(message)).toEqual([]);
  expect(thrownBy(() => AllTypes.decode(hex('ea 03 04 08 01 1b 08 05 1c'))).message).toBe(
    '[MALFORMED_PAYLOAD] AllTypes.int32Map: truncated varint: got 0 bytes without an end, at byte 7',
  );
});

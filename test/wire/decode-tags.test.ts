// "A tag over 5 bytes or above 2^32-1 ... a known field with another wire type, field number 0": errors, where protobuf would skip.
import { expect, test } from 'vitest';
import { HeartbeatInfo, SendInfo } from '../../generated/models.js';
import { AllTypes, Empty } from '../fixtures/generated/models.js';
import { hex } from '../frame/hex.js';
import { thrownBy } from '../thrown-by.js';

const decodeSendInfo = (bytes: string) => () => SendInfo.decode(hex(bytes));

test.each([
  ['tag 0', '08 02 00', 'SendInfo: tag 0, at byte 2', 2],
  ['tag 0 as the first byte', '00 08 02', 'SendInfo: tag 0, at byte 0', 0],
  ['tag 0 in two bytes', '08 02 80 00', 'SendInfo: tag 0, at byte 2', 2],
  ['field number 0, 64-bit', '01 00 00 00 00 00 00 00 00', 'SendInfo: field number 0, at byte 0', 0],
  ['field number 0, length-delimited', '02 00', 'SendInfo: field number 0, at byte 0', 0],
  ['field number 0, start group', '03 04', 'SendInfo: field number 0, at byte 0', 0],
  ['field number 0, 32-bit', '05 00 00 00 00', 'SendInfo: field number 0, at byte 0', 0],
  ['wire type 6 of an unknown field', 'c6 0c 00', 'SendInfo: wire type 6, which does not exist, at byte 0', 0],
  ['wire type 7 of an unknown field', '08 02 9f 06 00', 'SendInfo: wire type 7, which does not exist, at byte 2', 2],
  ['a tag above 2^32-1', '88 80 80 80 10 00', 'SendInfo: tag over 5 bytes or above 4294967295, at byte 0', 0],
  ['a tag of 6 bytes', '88 80 80 80 80 00 00', 'SendInfo: tag over 5 bytes or above 4294967295, at byte 0', 0],
  ['a tag of 10 bytes', '08 02 88 80 80 80 80 80 80 80 80 00', 'SendInfo: tag over 5 bytes or above 4294967295, at byte 2', 2],
  ['a truncated tag of one byte', '08 02 88', 'SendInfo: truncated tag: got 1 bytes without an end, at byte 2', 2],
  ['a truncated tag of four bytes', '88 80 80 80', 'SendInfo: truncated tag: got 4 bytes without an end, at byte 0', 0],
])('%s is refused with its place', (_, bytes, text, offset) => {
  const error = thrownBy(decodeSendInfo(bytes));
  expect(error).toMatchObject({ code: 'MALFORMED_PAYLOAD', message: `[MALFORMED_PAYLOAD] ${text}`, offset, path: '' });
});

test.each([
  ['varint for a message', '50 01', 'SendInfo.login: wrong wire type: got varint for field 10', 'login'],
  ['64-bit for a message', '51 00 00 00 00 00 00 00 00', 'SendInfo.login: wrong wire type: got 64-bit for field 10', 'login'],
  ['length-delimited for an enum', '0a 00', 'SendInfo.cmd: wrong wire type: got length-delimited for field 1', 'cmd'],
  ['start group for an enum', '0b 0c', 'SendInfo.cmd: wrong wire type: got start group for field 1', 'cmd'],
  ['end group for an enum', '0c', 'SendInfo.cmd: wrong wire type: got end group for field 1', 'cmd'],
  ['32-bit for a uint32', '15 00 00 00 00', 'SendInfo.sequence: wrong wire type: got 32-bit for field 2', 'sequence'],
  ['wire type 6 for a uint32', '16 00', 'SendInfo.sequence: wrong wire type: got 6 for field 2', 'sequence'],
  ['wire type 7 for a uint32', '17 00', 'SendInfo.sequence: wrong wire type: got 7 for field 2', 'sequence'],
])('a known field with another wire type is refused: %s', (_, bytes, text, path) => {
  const error = thrownBy(decodeSendInfo(bytes));
  expect(error).toMatchObject({ message: `[MALFORMED_PAYLOAD] ${text}, at byte 0`, offset: 0, path });
});

test('a list of messages or strings is never packed, a scalar that is no list neither', () => {
  expect(thrownBy(() => AllTypes.decode(hex('f8 02 01'))).message).toBe(
    '[MALFORMED_PAYLOAD] AllTypes.messageList[0]: wrong wire type: got varint for field 47, at byte 0',
  );
  expect(thrownBy(() => AllTypes.decode(hex('e0 02 01'))).message).toBe(
    '[MALFORMED_PAYLOAD] AllTypes.stringList[0]: wrong wire type: got varint for field 44, at byte 0',
  );
  expect(thrownBy(() => AllTypes.decode(hex('0a 01 01'))).message).toBe(
    '[MALFORMED_PAYLOAD] AllTypes.int32Field: wrong wire type: got length-delimited for field 1, at byte 0',
  );
});

test('key and value of a map keep their wire types, too', () => {
  expect(thrownBy(() => AllTypes.decode(hex('ea 03 02 0d 00'))).message).toBe(
    '[MALFORMED_PAYLOAD] AllTypes.int32Map: wrong wire type: got 32-bit for the key of a map, at byte 3',
  );
  expect(thrownBy(() => AllTypes.decode(hex('ea 03 02 10 00'))).message).toBe(
    '[MALFORMED_PAYLOAD] AllTypes.int32Map: wrong wire type: got varint for the value of a map, at byte 3',
  );
  expect(thrownBy(() => AllTypes.decode(hex('ea 03 02 00 00'))).message).toBe(
    '[MALFORMED_PAYLOAD] AllTypes.int32Map: tag 0, at byte 3',
  );
  expect(thrownBy(() => AllTypes.decode(hex('ea 03 02 1e 00'))).message).toBe(
    '[MALFORMED_PAYLOAD] AllTypes.int32Map: wire type 6, which does not exist, at byte 3',
  );
});

test('a tag that is longer than needed is read', () => {
  expect(HeartbeatInfo.decode(hex('88 00 05'))).toMatchObject({ sentAtMs: 5n });
  expect(HeartbeatInfo.decode(hex('88 80 80 80 00 05'))).toMatchObject({ sentAtMs: 5n });
  expect(AllTypes.decode(hex('ea 83 80 80 00 06 88 00 01 92 00 00')).int32Map).toEqual(new Map([[1, '']]));
});

test('the largest field number is read, known and unknown', () => {
  expect(AllTypes.decode(hex('f8 ff ff ff 0f 07')).largestNumber).toBe(7);
  expect(Empty.encode(Empty.decode(hex('f8 ff ff ff 0f 07')))).toEqual(hex('f8 ff ff ff 0f 07'));
});

import { expect, test } from 'vitest';
import type { Command } from '../../generated/models.js';
import { REGISTRY } from '../../generated/registry.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { peekFrame } from '../../src/codec/peek-frame.js';
import { encodeRawFrame } from '../../src/frame/encode-raw-frame.js';
import { wireTypeText } from '../../src/wire/wire-type.js';
import { hex, join } from '../frame/hex.js';
import { thrownBy } from '../thrown-by.js';

test('returns header and command, and decodes nothing', () => {
  expect(peekFrame(hex('00 00 00 08 01 07 01 02 08 02 10 05'))).toEqual({
    version: 1,
    type: 'SendInfo',
    typeNumber: 7,
    flags: 0x0102,
    frameBytes: 12,
    command: 2,
    commandName: 'HEARTBEAT',
  });
  // The login within is no valid message, and its string no valid UTF-8.
  expect(peekFrame(hex('00 00 00 0a 01 07 00 00 08 01 52 02 0a ff')).commandName).toBe('LOGIN');
});

test.each<[name: string, bytes: string, command: number | undefined, commandName: string | undefined]>([
  ['SendInfo', '00 00 00 04 01 07 00 00', 0, '0'],
  ['ReceiveInfo', '00 00 00 06 01 08 00 00 08 05', 5, 'GROUP_MESSAGE'],
  ['SendResult', '00 00 00 06 01 09 00 00 20 04', 4, 'PRIVATE_MESSAGE'],
  ['SendResult', '00 00 00 06 01 09 00 00 08 04', 0, '0'],
  ['SendInfo', '00 00 00 07 01 07 00 00 08 e8 07', 1000, '1000'],
  ['SendInfo', '00 00 00 06 01 07 00 00 08 63', 99, '99'],
  ['SendInfo', '00 00 00 0f 01 07 00 00 08 ff ff ff ff ff ff ff ff ff 01', -1, '-1'],
  ['UserInfo', '00 00 00 06 01 03 00 00 08 01', undefined, undefined],
  ['Hello', '00 00 00 07 00 40 00 00 0a 01 01', undefined, undefined],
])('%s %s has the command %s', (type, bytes, command, commandName) => {
  expect(peekFrame(hex(bytes))).toMatchObject({ type, command, commandName });
});

test('of two commands the last one counts, as in decoding, at any position and with any number of bytes', () => {
  expect(peekFrame(hex('00 00 00 08 01 07 00 00 08 01 08 02')).command).toBe(2);
  // The tag and the number take more bytes than they need.
  expect(peekFrame(hex('00 00 00 0d 01 07 00 00 08 01 52 00 88 00 82 80 00')).command).toBe(2);
  // Within a group it is another field.
  expect(peekFrame(hex('00 00 00 0c 01 07 00 00 08 02 c3 0c 08 05 c4 0c')).command).toBe(2);
});

test('an unknown type or version is returned as a number', () => {
  expect(peekFrame(hex('00 00 00 05 07 c8 00 00 ff'))).toEqual({
    version: 7,
    type: undefined,
    typeNumber: 200,
    flags: 0,
    frameBytes: 9,
    command: undefined,
    commandName: undefined,
  });
  expect(peekFrame(hex('00 00 00 06 07 07 00 fc 08 02'))).toMatchObject({ version: 7, flags: 0xfc, command: 2 });
});

test('the command of a compressed payload is not known', () => {
  expect(peekFrame(hex('00 00 00 06 01 07 00 01 03 00'))).toMatchObject({
    type: 'SendInfo',
    flags: 1,
    command: undefined,
    commandName: undefined,
  });
});

test('a frame of any size can be peeked at', () => {
  const frame = encodeFrame(
    'SendInfo',
    { cmd: 1000 as Command, data: { $case: 'custom', value: { typeUrl: 'a/b.c', value: new Uint8Array(2_000_000) } } },
    { maxFrameBytes: 16_777_219 },
  );
  expect(peekFrame(frame)).toMatchObject({ frameBytes: frame.length, command: 1000 });
});

test.each<[bytes: string, message: string, offset: number]>([
  ['', '[TRUNCATED] got 0 bytes of a frame of 8', 0],
  ['00 00 00 06 01 07 00 00 08', '[TRUNCATED] got 9 bytes of a frame of 10', 9],
  ['00 00 00 04 01 07 00 00 00', '[MALFORMED_PAYLOAD] got 1 bytes after the frame, at byte 8', 8],
  ['00 00 00 02 01 07 00 00', '[FRAME_TOO_SHORT] length field of a frame: got 2, at least 4, at byte 0', 0],
  ['00 00 00 07 01 07 00 00 08 02 00', '[MALFORMED_PAYLOAD] SendInfo: tag 0, at byte 10', 10],
  ['00 00 00 05 01 07 00 00 08', '[MALFORMED_PAYLOAD] SendInfo.cmd: truncated varint: got 0 bytes without an end, at byte 9', 9],
  [
    '00 00 00 06 01 07 00 00 52 05',
    '[MALFORMED_PAYLOAD] SendInfo.login: length 5, but its parent ends after 0 bytes, at byte 9',
    9,
  ],
  ['00 00 00 06 01 07 00 00 c4 0c', '[MALFORMED_PAYLOAD] SendInfo: end of group 200, which is not open, at byte 8', 8],
])('what is no frame is refused: %s', (bytes, message, offset) => {
  expect(thrownBy(() => peekFrame(hex(bytes)))).toMatchObject({ message, offset });
});

test('the structure of a message without a command is not read', () => {
  expect(peekFrame(join(hex('00 00 00 05 01 03 00 00'), hex('00'))).type).toBe('UserInfo');
});

test.each([
  ['SendInfo', 1],
  ['ReceiveInfo', 1],
  ['SendResult', 4],
] as const)('the command of a %s with any wire type but its own is refused, with the error of decoding', (type, command) => {
  const values = ['00', '01 02 03 04 05 06 07 08', '00', '', '', '01 02 03 04', '', ''];
  for (const [wireType, value] of values.entries()) {
    const tag = (command << 3) | wireType;
    // The second tag takes two bytes: readers take it, too.
    for (const bytes of [Uint8Array.of(tag), Uint8Array.of(tag | 128, 0)]) {
      const frame = encodeRawFrame(REGISTRY.frames[type].type, join(bytes, hex(value)));
      if (wireType === 0) {
        expect(peekFrame(frame).command).toBe(0);
      } else {
        const error = thrownBy(() => peekFrame(frame));
        expect(error.message).toContain(`wrong wire type: got ${wireTypeText(wireType)} for field ${command}, at byte 8`);
        expect(error.toString()).toBe(thrownBy(() => decodeFrame(frame)).toString());
      }
    }
  }
});

test('a command before or after one with another wire type is refused', () => {
  const text = '[MALFORMED_PAYLOAD] SendInfo.cmd: wrong wire type: got 32-bit for field 1, at byte';
  expect(thrownBy(() => peekFrame(hex('00 00 00 0b 01 07 00 00 0d 05 00 00 00 08 02')))).toMatchObject({ message: `${text} 8` });
  expect(thrownBy(() => peekFrame(hex('00 00 00 0b 01 07 00 00 08 02 0d 05 00 00 00')))).toMatchObject({ message: `${text} 10` });
});

// From a ReceiveInfo's frame to a SendInfo's: the bytes of `data` are copied where that is safe, else decoded and encoded anew.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReceiveInfoTable } from '../../generated/im/protocol/v1/receive_info.codec.js';
import { type Command, type ReceiveInfoInit, SendInfo } from '../../generated/models.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { type ForwardOptions, forwardData } from '../../src/codec/forward-data.js';
import { encodeRawFrame } from '../../src/frame/encode-raw-frame.js';
import { messages } from '../arbitrary.js';
import { hex, join, sameBytes } from '../frame/hex.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

/** A payload in a frame of type ReceiveInfo. */
const receiveInfo = (payload: string | Uint8Array, flags = 0, version = 1): Uint8Array =>
  encodeRawFrame(8, typeof payload === 'string' ? hex(payload) : payload, { version, flags });

/** A command of an application, with custom { type_url: "a/b.c", value: 01 02 }. */
const CUSTOM = 'a2 06 0b 0a 05 61 2f 62 2e 63 12 02 01 02';
const EVERYONE = '38 01';
const APPLICATION = `08 e8 07 ${EVERYONE} ${CUSTOM}`;

test('command and data go into a SendInfo; receivers, trace and service do not', () => {
  const frame = encodeFrame('ReceiveInfo', {
    cmd: 1000 as Command,
    sender: { userId: 1n, terminal: 1 },
    receivers: [{ terminal: 1, userIds: [5n, 6n] }],
    skipResult: true,
    serviceName: 'platform',
    traceId: 'trace-1',
    data: { $case: 'custom', value: { typeUrl: 'a/b.c', value: hex('01 02') } },
  });
  expect(forwardData(frame)).toEqual(hex('00 00 00 15 01 07 00 00 08 e8 07', CUSTOM));
});

test('the sequence is inserted in the order of field numbers', () => {
  for (const [sequence, bytes] of [
    [1, '10 01'],
    [300, '10 ac 02'],
    [4_294_967_295, '10 ff ff ff ff 0f'],
  ] as const) {
    expect(forwardData(receiveInfo(APPLICATION), { sequence }).subarray(8)).toEqual(hex('08 e8 07', bytes, CUSTOM));
  }
  expect(forwardData(receiveInfo(APPLICATION), { sequence: 0 })).toEqual(forwardData(receiveInfo(APPLICATION)));
});

test.each([-1, 4_294_967_296, 1.5, Number.NaN, '1', 1n, null])(
  'a sequence of %s is refused, whether the bytes are copied or not',
  (sequence) => {
    for (const payload of [APPLICATION, `08 e8 07 ${EVERYONE}`]) {
      expect(thrownBy(() => forwardData(receiveInfo(payload), { sequence: sequence as number }))).toMatchObject({
        code: 'INVALID_MESSAGE',
        path: 'sequence',
      });
    }
    const error = thrownBy(() => forwardData(receiveInfo(APPLICATION), { sequence: -1 }));
    expect(error.message).toBe(
      '[INVALID_MESSAGE] SendInfo breaks 1 rule: sequence: got -1, uint32 is an integer from 0 to 4294967295',
    );
  },
);

/** What is in the frame of a SendInfo. */
const read = (frame: Uint8Array) => {
  const decoded = decodeFrame(frame, { validate: false, limits: { maxFrameBytes: 16_777_219 } });
  expect(decoded.type).toBe('SendInfo');
  return decoded;
};

test('a body that this release does not know passes unchanged', () => {
  // private_message.content with fallback "?" and an unknown body, number 50, with an unknown field inside its message, too.
  const data = '72 16 0a 04 08 01 10 01 10 07 52 0c 22 01 3f 92 03 02 ff fe f8 7d 81 00';
  const forwarded = forwardData(receiveInfo(`08 04 ${EVERYONE} ${data}`));
  expect(forwarded).toEqual(hex('00 00 00 1e 01 07 00 00 08 04', data));
});

test('bytes in another form than the encoder writes are copied unchanged', () => {
  // The fields in another order, the tag and the length of data with more bytes than they need.
  const data = 'a2 86 00 8b 00 12 02 01 02 0a 05 61 2f 62 2e 63';
  const forwarded = forwardData(receiveInfo(`${data} ${EVERYONE} 08 e8 87 00`));
  expect(forwarded.subarray(8)).toEqual(hex('08 e8 07', data));
});

test('several data fields are decoded and merged', () => {
  const twice = 'a2 06 07 0a 05 61 2f 62 2e 63 a2 06 04 12 02 01 02';
  expect(forwardData(receiveInfo(`08 e8 07 ${EVERYONE} ${twice}`))).toEqual(forwardData(receiveInfo(APPLICATION)));
  // Two members: the later one counts, and has to be the command's.
  const forceLogout = '6a 06 0a 04 08 01 10 01';
  const replaced = receiveInfo(`08 e8 07 ${EVERYONE} ${forceLogout} ${CUSTOM}`);
  expect(forwardData(replaced)).toEqual(forwardData(receiveInfo(APPLICATION)));
  const wrong = receiveInfo(`08 e8 07 ${EVERYONE} ${CUSTOM} ${forceLogout}`);
  expect(thrownBy(() => forwardData(wrong)).code).toBe('COMMAND_DATA_MISMATCH');
});

test('of two commands the last one counts', () => {
  const forwarded = forwardData(receiveInfo(`08 04 ${EVERYONE} ${CUSTOM} 08 e8 07`));
  expect(forwarded).toEqual(forwardData(receiveInfo(APPLICATION)));
});

test('a command of an application may have no data', () => {
  expect(forwardData(receiveInfo(`08 e8 07 ${EVERYONE}`))).toEqual(hex('00 00 00 07 01 07 00 00 08 e8 07'));
});

test('IGNORABLE and advisory flags are kept, with and without decoding', () => {
  for (const payload of [APPLICATION, `08 e8 07 ${EVERYONE}`]) {
    expect([...forwardData(receiveInfo(payload, 0x8102)).subarray(6, 8)]).toEqual([0x81, 0x02]);
  }
});

test.each<[what: string, frame: Uint8Array, message: string]>([
  [
    'an unknown critical flag',
    receiveInfo(APPLICATION, 0x0004),
    '[UNSUPPORTED_FLAGS] flag bits 0x0004 at byte 6, which are unknown',
  ],
  ['a compressed frame', receiveInfo(APPLICATION, 1), '[NOT_NEGOTIATED] COMPRESSED at byte 6, but deflate was not negotiated'],
  ['a version that is too new', receiveInfo(APPLICATION, 0, 3), '[UNSUPPORTED_VERSION] version 3 at byte 4, expected 1 to 2'],
  [
    'version 0',
    receiveInfo(APPLICATION, 0, 0),
    '[UNSUPPORTED_TYPE] type 8 (ReceiveInfo) at byte 5, which does not go with version 0',
  ],
  ['another type', encodeFrame('HeartbeatInfo', {}), '[UNSUPPORTED_TYPE] type 4 at byte 5, forwardData takes 8 (ReceiveInfo)'],
  [
    'no data where the command has some',
    receiveInfo(`08 04 ${EVERYONE}`),
    '[COMMAND_DATA_MISMATCH] ReceiveInfo breaks 1 rule: data: PRIVATE_MESSAGE carries privateMessage, got nothing',
  ],
  [
    'data of another command',
    receiveInfo(`08 04 ${EVERYONE} ${CUSTOM}`),
    '[COMMAND_DATA_MISMATCH] ReceiveInfo breaks 1 rule: data: PRIVATE_MESSAGE carries privateMessage, got custom',
  ],
  [
    'a command that does not go between services',
    receiveInfo(`08 02 ${EVERYONE} ${CUSTOM}`),
    '[COMMAND_DATA_MISMATCH] ReceiveInfo breaks 1 rule: data: HEARTBEAT does not go between services',
  ],
  [
    'no command',
    receiveInfo(`${EVERYONE} ${CUSTOM}`),
    '[INVALID_MESSAGE] ReceiveInfo breaks 2 rules: cmd: got 0, at least 1; data: UNSPECIFIED carries nothing, got custom',
  ],
  ['a broken payload', receiveInfo(`${APPLICATION} 00`), '[MALFORMED_PAYLOAD] ReceiveInfo: tag 0, at byte 27'],
  [
    'data that is cut off',
    receiveInfo(`08 e8 07 ${EVERYONE} a2 06 0b 0a`),
    '[MALFORMED_PAYLOAD] ReceiveInfo.custom: length 11, but its parent ends after 1 bytes, at byte 15',
  ],
  [
    'data of another wire type',
    receiveInfo(`${APPLICATION} 70 01`),
    '[MALFORMED_PAYLOAD] ReceiveInfo.privateMessage: wrong wire type: got varint for field 14, at byte 27',
  ],
  [
    'a sender of another wire type',
    receiveInfo(`${APPLICATION} 10 01`),
    '[MALFORMED_PAYLOAD] ReceiveInfo.sender: wrong wire type: got varint for field 2, at byte 27',
  ],
  [
    'a second command of another wire type',
    receiveInfo(`${APPLICATION} 0a 00`),
    '[MALFORMED_PAYLOAD] ReceiveInfo.cmd: wrong wire type: got length-delimited for field 1, at byte 27',
  ],
  [
    'a byte behind the frame',
    join(receiveInfo(APPLICATION), hex('00')),
    '[MALFORMED_PAYLOAD] got 1 bytes after the frame, at byte 27',
  ],
  ['a frame that is cut off', receiveInfo(APPLICATION).subarray(0, 20), '[TRUNCATED] got 20 bytes of a frame of 27'],
])('%s is refused', (_, frame, message) => {
  expect(thrownBy(() => forwardData(frame)).message).toBe(message);
});

test("the frame gets the connection's version", () => {
  expect(forwardData(receiveInfo(APPLICATION), { version: 1 })[4]).toBe(1);
  // A connection of a newer version takes what an older one wrote.
  expect(forwardData(receiveInfo(APPLICATION), { version: 2 })[4]).toBe(2);
  for (const version of [0, 91, 128, 1.5, Number.NaN]) {
    expect(thrownBy(() => forwardData(receiveInfo(APPLICATION), { version })).code).toBe('UNSUPPORTED_VERSION');
  }
  // What a newer writer stamped is not ours to read, whatever the connection takes.
  expect(thrownBy(() => forwardData(receiveInfo(APPLICATION, 0, 3), { version: 3 })).code).toBe('UNSUPPORTED_VERSION');
});

test('a frame above the limit of the receiver is FRAME_TOO_LARGE, to the byte, with and without decoding', () => {
  for (const [payload, size] of [
    [APPLICATION, 25],
    [`08 e8 07 ${EVERYONE}`, 11],
  ] as const) {
    const forward = (maxFrameBytes: number) => forwardData(receiveInfo(payload), { maxFrameBytes });
    expect(forward(size).length).toBe(size);
    expect(forward(size + 1).length).toBe(size);
    expect(thrownBy(() => forward(size - 1)).message).toBe(`[FRAME_TOO_LARGE] frame of ${size} bytes, limit ${size - 1}`);
    expect(thrownBy(() => forward(Number.NaN)).message).toBe(`[FRAME_TOO_LARGE] frame of ${size} bytes, limit NaN`);
  }
});

test('a large frame is accepted, and compared with the limit of the receiver', () => {
  const value = new Uint8Array(2_000_000).fill(7);
  const frame = encodeFrame(
    'ReceiveInfo',
    { cmd: 1000 as Command, everyone: true, data: { $case: 'custom', value: { typeUrl: 'a/b.c', value } } },
    { maxFrameBytes: 16_777_219 },
  );
  expect(thrownBy(() => forwardData(frame))).toMatchObject({ code: 'FRAME_TOO_LARGE', limit: 1_048_576, actual: 2_000_027 });
  const forwarded = forwardData(frame, { maxFrameBytes: 16_777_219 });
  expect(forwarded.length).toBe(2_000_027);
  const { message } = read(forwarded);
  const data = 'data' in message ? message.data : undefined;
  expect(data?.$case === 'custom' && sameBytes(data.value.value, value)).toBe(true);
});

test('neither the input nor a later call changes the result', () => {
  const frame = receiveInfo(APPLICATION);
  const forwarded = forwardData(frame);
  const copy = forwarded.slice();
  frame.fill(0);
  for (let i = 0; i < 100; i++) forwardData(receiveInfo(APPLICATION), { sequence: i });
  expect(forwarded).toEqual(copy);
});

/** The command of each member of data that occurs without reply_to. */
const COMMAND_OF: Readonly<Record<string, number>> = {
  forceLogout: 3,
  privateMessage: 4,
  groupMessage: 5,
  systemMessage: 6,
  read: 12,
  conversation: 13,
  typing: 15,
  chunk: 16,
  call: 18,
  presenceList: 19,
  roomMessage: 21,
  receipts: 22,
  deleteForMe: 24,
  custom: 1234,
};

/** ReceiveInfo of random data, and the same by decoding and encoding. */
const withData = (data: ReceiveInfoInit['data'] & object): ReceiveInfoInit => {
  return { cmd: COMMAND_OF[data.$case] as Command, everyone: true, data };
};

test(`copying gives what decoding and encoding gives (seed ${SEED})`, () => {
  const data = messages(ReceiveInfoTable)
    .map(({ data }) => data as ReceiveInfoInit['data'])
    .filter((value) => value !== undefined)
    .filter(({ $case }) => $case in COMMAND_OF);
  const options: fc.Arbitrary<ForwardOptions> = fc.record({ sequence: fc.nat() });
  fc.assert(
    fc.property(data, options, (value, { sequence }) => {
      const message = withData(value);
      const frame = encodeFrame('ReceiveInfo', message, { validate: false });
      const forwarded = forwardData(frame, { sequence, version: 2 });
      const sent = { cmd: message.cmd, sequence, data: message.data };
      const expected = encodeFrame('SendInfo', sent, { validate: false, version: 2 });
      expect(sameBytes(forwarded, expected)).toBe(true);
      expect(SendInfo.decode(forwarded.subarray(8))).toMatchObject({ cmd: message.cmd, sequence });
    }),
    { seed: SEED, numRuns: 200 },
  );
});

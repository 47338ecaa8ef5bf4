import { expect, test } from 'vitest';
import { Command, Terminal } from '../../generated/models.js';
import { REGISTRY } from '../../generated/registry.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import type { FrameName } from '../../src/codec/frame.js';
import { hex } from '../frame/hex.js';
import { thrownBy } from '../thrown-by.js';

test('header and payload are those of the specification', () => {
  const heartbeat = { cmd: Command.HEARTBEAT, sequence: 1, data: { $case: 'heartbeat' as const, value: { sentAtMs: 1n } } };
  expect(encodeFrame('SendInfo', heartbeat)).toEqual(hex('00 00 00 0c 01 07 00 00 08 02 10 01 62 02 08 01'));
  expect(encodeFrame('HeartbeatInfo', {})).toEqual(hex('00 00 00 04 01 04 00 00'));
  expect(encodeFrame('UserInfo', { userId: 1n, terminal: Terminal.APP })).toEqual(hex('00 00 00 08 01 03 00 00 08 01 10 02'));
  expect(encodeFrame('Hello', { versions: [1] })).toEqual(hex('00 00 00 07 00 40 00 00 0a 01 01'));
});

test('each message has its type byte, and its version: 0 for the handshake, else that which introduced it', () => {
  const types: Record<FrameName, [type: number, version: number]> = {
    LoginInfo: [1, 1],
    SessionInfo: [2, 1],
    UserInfo: [3, 1],
    HeartbeatInfo: [4, 1],
    PrivateMessage: [5, 1],
    GroupMessage: [6, 1],
    SendInfo: [7, 1],
    ReceiveInfo: [8, 1],
    SendResult: [9, 1],
    TopicMessage: [10, 1],
    SessionEvent: [11, 2],
    UplinkInfo: [12, 2],
    Hello: [64, 0],
    Welcome: [65, 0],
    Reject: [66, 0],
  };
  expect(Object.keys(REGISTRY.frames).sort()).toEqual(Object.keys(types).sort());
  for (const [name, [type, version]] of Object.entries(types)) {
    expect(encodeFrame(name as FrameName, {}, { validate: false })).toEqual(Uint8Array.of(0, 0, 0, 4, version, type, 0, 0));
  }
});

test.each(['Nothing', 'SystemMessage', 'Content', 'toString', '__proto__', ''])('%s is not a frame', (name) => {
  expect(thrownBy(() => encodeFrame(name as 'SendInfo', {}))).toMatchObject({
    code: 'UNSUPPORTED_TYPE',
    message: `[UNSUPPORTED_TYPE] no frame carries a ${name}`,
  });
});

test.each([1, 2, 10, 90, 92, 122, 124, 127])('version %i is stamped', (version) => {
  expect(encodeFrame('HeartbeatInfo', {}, { version })[4]).toBe(version);
});

test.each([0, -1, 1.5, Number.NaN, 91, 123, 128, 255, 256])('version %d is never assigned', (version) => {
  const text = `[UNSUPPORTED_VERSION] version ${version}, expected 1 to 127 without 91 and 123`;
  expect(thrownBy(() => encodeFrame('HeartbeatInfo', {}, { version }))).toMatchObject({
    code: 'UNSUPPORTED_VERSION',
    message: text,
    actual: version,
  });
});

test('a handshake has version 0 and no other', () => {
  expect(encodeFrame('Hello', { versions: [1] }, { version: 0 })[4]).toBe(0);
  expect(thrownBy(() => encodeFrame('Hello', { versions: [1] }, { version: 1 })).message).toBe(
    '[UNSUPPORTED_VERSION] version 1 for a handshake, expected 0',
  );
});

test.each([0, 0x0002, 0x0100, 0x8000, 0xff00, 0xff02])('flags %i are written', (flags) => {
  expect([...encodeFrame('HeartbeatInfo', {}, { flags }).subarray(6, 8)]).toEqual([flags >> 8, flags & 0xff]);
});

test.each([0x0001, 0x0003, 0x0004, 0x0080, 0x0101, 0x1_0000, -1, 0.5, Number.NaN])('flags %d are refused', (flags) => {
  expect(thrownBy(() => encodeFrame('HeartbeatInfo', {}, { flags }))).toMatchObject({
    code: 'UNSUPPORTED_FLAGS',
    message: `[UNSUPPORTED_FLAGS] flags ${flags}, allowed are 2 and 256 to 65280`,
    actual: flags,
  });
});

test('a handshake has only advisory flags', () => {
  const hello = { versions: [1] };
  expect([...encodeFrame('Hello', hello, { flags: 0xff00 }).subarray(4, 8)]).toEqual([0, 64, 0xff, 0]);
  for (const flags of [1, 2, 0x80, 0xff02]) {
    expect(thrownBy(() => encodeFrame('Hello', hello, { flags })).message).toBe(
      `[UNSUPPORTED_FLAGS] flags ${flags}, allowed are 0 and 256 to 65280`,
    );
  }
});

test('the rules of the schema are checked, unless validate is false', () => {
  const refusal = thrownBy(() => encodeFrame('UserInfo', {}));
  expect(refusal).toMatchObject({
    code: 'INVALID_MESSAGE',
    message: '[INVALID_MESSAGE] UserInfo breaks 2 rules: userId: got 0, at least 1; terminal: got 0, at least 1',
    path: 'userId',
    issues: [
      { path: 'userId', rule: 'min', message: 'got 0, at least 1' },
      { path: 'terminal', rule: 'min', message: 'got 0, at least 1' },
    ],
  });
  expect(thrownBy(() => encodeFrame('UserInfo', {}, { validate: undefined }))).toMatchObject({ code: 'INVALID_MESSAGE' });
  expect(encodeFrame('UserInfo', {}, { validate: false })).toEqual(hex('00 00 00 04 01 03 00 00'));
});

test('a command with data of another command is COMMAND_DATA_MISMATCH', () => {
  const error = thrownBy(() => encodeFrame('SendInfo', { cmd: Command.LOGIN, data: { $case: 'heartbeat', value: {} } }));
  expect(error).toMatchObject({ code: 'COMMAND_DATA_MISMATCH', path: 'data' });
  expect(error.message).toBe(
    '[COMMAND_DATA_MISMATCH] SendInfo breaks 1 rule: data: LOGIN carries login or session, got heartbeat',
  );
  expect(thrownBy(() => encodeFrame('SendInfo', { cmd: Command.LOGIN })).code).toBe('COMMAND_DATA_MISMATCH');
});

test('types are checked with validate: false, too, and before any rule', () => {
  const wrong = { cmd: '1' as unknown as Command, sequence: -1, extra: 1 };
  for (const validate of [true, false]) {
    const error = thrownBy(() => encodeFrame('SendInfo', wrong, { validate }));
    expect(error.code).toBe('INVALID_MESSAGE');
    expect(error.issues).toEqual([
      { path: 'extra', rule: 'unknown_key', message: 'no field of im.protocol.v1.SendInfo' },
      { path: 'cmd', rule: 'type', message: 'expected number, got string' },
      { path: 'sequence', rule: 'range', message: 'got -1, uint32 is an integer from 0 to 4294967295' },
    ]);
  }
  for (const value of [null, undefined, 1, 'x', [], new Map()]) {
    for (const validate of [true, false]) {
      expect(thrownBy(() => encodeFrame('SendInfo', value as unknown as object, { validate })).code).toBe('INVALID_MESSAGE');
    }
  }
});

/** A TopicMessage whose frame has so many bytes. */
const topicMessage = (frameBytes: number) => {
  const payload = frameBytes - 8;
  const length = payload < 130 ? 1 : payload < 16_387 ? 2 : payload < 2_097_156 ? 3 : 4;
  return { payload: { $case: 'raw' as const, value: new Uint8Array(payload - 1 - length) } };
};

test.each([16, 100, 16_384, 65_536, 1_048_575, 1_048_576, 16_777_218, 16_777_219])(
  'a limit of %i bytes is kept to the byte',
  (limit) => {
    const encode = (frameBytes: number) =>
      encodeFrame('TopicMessage', topicMessage(frameBytes), { validate: false, maxFrameBytes: limit });
    for (const bytes of [limit - 1, limit]) {
      const frame = encode(bytes);
      expect(frame.length).toBe(bytes);
      expect([...frame.subarray(0, 4)]).toEqual([0, (bytes - 4) >> 16, ((bytes - 4) >> 8) & 255, (bytes - 4) & 255]);
    }
    expect(thrownBy(() => encode(limit + 1))).toMatchObject({
      code: 'FRAME_TOO_LARGE',
      message: `[FRAME_TOO_LARGE] frame of ${limit + 1} bytes, limit ${limit}`,
      limit,
      actual: limit + 1,
    });
  },
);

test('the default limit is 1048576 bytes; the length field bounds every limit; NaN refuses every frame', () => {
  const options = { validate: false };
  expect(encodeFrame('TopicMessage', topicMessage(1_048_576), options).length).toBe(1_048_576);
  expect(thrownBy(() => encodeFrame('TopicMessage', topicMessage(1_048_577), options)).limit).toBe(1_048_576);
  const error = thrownBy(() => encodeFrame('TopicMessage', topicMessage(16_777_220), { ...options, maxFrameBytes: 1e9 }));
  expect(error.message).toBe('[FRAME_TOO_LARGE] frame of 16777220 bytes, limit 16777219');
  expect(thrownBy(() => encodeFrame('HeartbeatInfo', {}, { maxFrameBytes: Number.NaN })).message).toBe(
    '[FRAME_TOO_LARGE] frame of 8 bytes, limit NaN',
  );
});

test('a handshake has at most 16384 bytes, and at most maxFrameBytes', () => {
  const hello = (agent: number) => ({ versions: [1], agent: 'a'.repeat(agent) });
  const encode = (agent: number, maxFrameBytes?: number) =>
    encodeFrame('Hello', hello(agent), { validate: false, maxFrameBytes });
  expect(encode(16_370).length).toBe(16_384);
  expect(encode(16_370, 16_777_219).length).toBe(16_384);
  expect(thrownBy(() => encode(16_371, 16_777_219)).message).toBe('[FRAME_TOO_LARGE] frame of 16385 bytes, limit 16384');
  expect(encode(0, 11).length).toBe(11);
  expect(thrownBy(() => encode(0, 10)).message).toBe('[FRAME_TOO_LARGE] frame of 11 bytes, limit 10');
});

test('the message is checked first, then version and flags, then the size', () => {
  const all = { version: 0, flags: 4, maxFrameBytes: 1 };
  expect(thrownBy(() => encodeFrame('UserInfo', {}, all)).code).toBe('INVALID_MESSAGE');
  const user = { userId: 1n, terminal: 1 };
  expect(thrownBy(() => encodeFrame('UserInfo', user, all)).code).toBe('UNSUPPORTED_VERSION');
  expect(thrownBy(() => encodeFrame('UserInfo', user, { ...all, version: 1 })).code).toBe('UNSUPPORTED_FLAGS');
  expect(thrownBy(() => encodeFrame('UserInfo', user, { ...all, version: 1, flags: 0 })).code).toBe('FRAME_TOO_LARGE');
});

test('after a refusal the next frame is correct', () => {
  expect(() => encodeFrame('HeartbeatInfo', { sentAtMs: 1n }, { maxFrameBytes: 9 })).toThrow();
  expect(() => encodeFrame('HeartbeatInfo', { sentAtMs: 1n }, { version: 0 })).toThrow();
  expect(encodeFrame('HeartbeatInfo', { sentAtMs: 1n })).toEqual(hex('00 00 00 06 01 04 00 00 08 01'));
});

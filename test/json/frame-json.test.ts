import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.js';
import { type FrameInit, frameFromJSON, frameToJSON } from '../../src/json/index.js';
import { thrownBy } from '../thrown-by.js';

const frame = { version: 1, type: 'HeartbeatInfo', flags: 2, message: { sentAtMs: 5n } } as const;
const json = { version: 1, type: 'HeartbeatInfo', flags: 2, message: { sentAtMs: '5' } };

describe('a frame of a known type', () => {
  test('has its type by name, and its message', () => {
    expect(frameToJSON(frame)).toEqual(json);
    expect(Object.keys(frameToJSON(frame))).toEqual(['version', 'type', 'flags', 'message']);
    expect(frameFromJSON(json)).toMatchObject(frame);
  });

  test('has zeros of the header written', () => {
    expect(frameToJSON({ version: 0, type: 'Hello', flags: 0, message: {} })).toEqual({
      version: 0,
      type: 'Hello',
      flags: 0,
      message: {},
    });
  });

  test('may leave out flags', () => {
    expect(frameFromJSON({ version: 1, type: 'HeartbeatInfo', message: {} })).toMatchObject({
      ...frame,
      flags: 0,
      message: { sentAtMs: 0n },
    });
  });

  test('keeps unknown fields on request', () => {
    const kept = frameFromJSON({ ...json, message: { sentAtMs: '5', $unknown: 'wAwB' } }) as FrameInit;
    expect(frameToJSON(kept)).toEqual(json);
    expect(frameToJSON(kept, { unknownFields: true })).toEqual({ ...json, message: { sentAtMs: '5', $unknown: 'wAwB' } });
  });

  test('further properties are left out', () => {
    expect(frameToJSON({ ...frame, receivedAt: 5 } as FrameInit)).toEqual(json);
  });
});

describe('a frame that is not looked into', () => {
  const raw = { version: 1, type: 200, flags: 0, payload: Uint8Array.of(1, 2, 3) };

  test('has its type as a number, and its payload in base64', () => {
    expect(frameToJSON(raw)).toEqual({ version: 1, type: 200, flags: 0, payload: 'AQID' });
    expect(frameFromJSON({ version: 1, type: 200, flags: 0, payload: 'AQID' })).toEqual(raw);
  });

  test('may be of a known type: with a bad payload it has no message', () => {
    const bytes = Uint8Array.of(0, 0, 0, 5, 1, 7, 0, 0, 0x08);
    const error = new ProtocolError('MALFORMED_PAYLOAD', 'truncated');
    expect(frameToJSON({ type: 'invalid', error, version: 1, typeNumber: 7, flags: 0, offset: 0, bytes })).toEqual({
      version: 1,
      type: 7,
      flags: 0,
      payload: 'CA==',
    });
  });
});

describe('frameFromJSON refuses', () => {
  test.each<[unknown, string]>([
    [null, '[INVALID_MESSAGE] Frame breaks 1 rule: expected object, got null'],
    [{ type: 'UserInfo', message: {} }, '[INVALID_MESSAGE] Frame breaks 1 rule: version: expected integer, got undefined'],
    [{ ...json, version: 256 }, '[INVALID_MESSAGE] Frame breaks 1 rule: version: got 256, limit 255'],
    [
      { ...json, version: -1 },
      '[INVALID_MESSAGE] Frame breaks 1 rule: version: got -1, uint32 is an integer from 0 to 4294967295',
    ],
    [{ ...json, flags: 65536 }, '[INVALID_MESSAGE] Frame breaks 1 rule: flags: got 65536, limit 65535'],
    [{ version: 1, type: 256, payload: '' }, '[INVALID_MESSAGE] Frame breaks 1 rule: type: got 256, limit 255'],
    [
      { version: 1, message: {} },
      '[INVALID_MESSAGE] Frame breaks 1 rule: message: a frame has version, type, flags and payload here',
    ],
    [
      { version: 1, type: 7, payload: '*' },
      '[INVALID_MESSAGE] Frame breaks 1 rule: payload: expected base64, got string that is not',
    ],
    [{ version: 1, type: 7 }, '[INVALID_MESSAGE] Frame breaks 1 rule: payload: expected base64, got undefined'],
    [
      { ...json, payload: '' },
      '[INVALID_MESSAGE] Frame breaks 1 rule: payload: a frame has version, type, flags and message here',
    ],
    [{ version: 1, type: 'HeartbeatInfo' }, '[INVALID_MESSAGE] HeartbeatInfo breaks 1 rule: expected object, got undefined'],
    [
      { ...json, message: { sentAtMs: 'x' } },
      '[INVALID_MESSAGE] HeartbeatInfo breaks 1 rule: sentAtMs: expected integer, got string that is not',
    ],
    [{ version: 1, type: 'Content', message: {} }, '[UNSUPPORTED_TYPE] no frame carries a Content'],
    [{ version: 1, type: 'constructor', message: {} }, '[UNSUPPORTED_TYPE] no frame carries a constructor'],
  ])('%j', (value, error) => {
    expect(thrownBy(() => frameFromJSON(value)).message).toBe(error);
  });
});

describe('frameToJSON refuses', () => {
  test.each<[object, string]>([
    [{ ...frame, version: 256 }, '[INVALID_MESSAGE] Frame breaks 1 rule: version: got 256, limit 255'],
    [{ ...frame, flags: 1.5 }, '[INVALID_MESSAGE] Frame breaks 1 rule: flags: expected integer, got number'],
    [
      { ...frame, message: { sentAtMs: 5 } },
      '[INVALID_MESSAGE] HeartbeatInfo breaks 1 rule: sentAtMs: expected bigint, got number',
    ],
    [
      { version: 1, type: 7, flags: 0, payload: 'AQID' },
      '[INVALID_MESSAGE] Frame breaks 1 rule: payload: expected Uint8Array, got string',
    ],
    [{ ...frame, type: 'Nothing' }, '[UNSUPPORTED_TYPE] no frame carries a Nothing'],
  ])('%# %s', (value, error) => {
    expect(thrownBy(() => frameToJSON(value as FrameInit)).message).toBe(error);
  });
});

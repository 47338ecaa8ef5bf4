import { describe, expect, test } from 'vitest';
import { LoginInfoTable } from '../../generated/im/protocol/v1/login_info.codec.js';
import { SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import { LoginInfo, SendInfo } from '../../generated/models.js';
import { redact, redactMessage } from '../../src/codec/redact.js';
import { ProtocolError } from '../../src/errors.js';
import type { FieldTable, MessageTable } from '../../src/wire/table.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';

const login = (accessToken: string, deviceId = '') =>
  SendInfo.create({ cmd: 1, sequence: 1, data: { $case: 'login', value: { accessToken, deviceId, terminal: 2 } } });

describe('redact', () => {
  test('hides sensitive fields and shows the rest', () => {
    const frame = { type: 'SendInfo', version: 1, flags: 0, message: login('eyJhbGciOi', 'phone-1') } as const;
    expect(redact(frame)).toEqual({ ...frame, message: login('[redacted]', '[redacted]') });
  });

  test('shows that a secret is not set', () => {
    const frame = { type: 'LoginInfo', version: 1, flags: 0, message: LoginInfo.create({ deviceId: 'd' }) } as const;
    expect(redact(frame).message).toEqual(LoginInfo.create({ deviceId: '[redacted]' }));
  });

  test('hides the session id of a reply', () => {
    const message = SendInfo.create({ data: { $case: 'session', value: { userId: 7n, terminal: 1, sessionId: 's3cret' } } });
    expect(redact({ type: 'SendInfo', version: 1, flags: 0, message }).message.data).toMatchObject({
      $case: 'session',
      value: { userId: 7n, terminal: 1, sessionId: '[redacted]' },
    });
  });

  test('does not change the frame', () => {
    const frame = { type: 'SendInfo', version: 1, flags: 0, message: login('token') } as const;
    const copy = redact(frame);
    expect(frame.message).toEqual(login('token'));
    expect(copy).not.toBe(frame);
    expect(copy.message).not.toBe(frame.message);
  });

  test('leaves out the bytes of an invalid frame: they may contain the token', () => {
    const error = new ProtocolError('MALFORMED_PAYLOAD', 'truncated varint, at byte 9', { offset: 9 });
    const bytes = new TextEncoder().encode('....a token');
    const frame = { type: 'invalid', error, version: 1, typeNumber: 7, flags: 0, offset: 100, bytes } as const;
    expect(redact(frame)).toEqual({ ...frame, bytes: new Uint8Array(0) });
    expect(bytes.length).toBe(11);
  });

  test('leaves out unknown fields: a newer peer may have put a secret there', () => {
    const message = { ...login('token'), [UNKNOWN_FIELDS]: Uint8Array.of(0xc0, 0x0c, 0x01) };
    const copy = redact({ type: 'SendInfo', version: 1, flags: 0, message });
    expect(Reflect.ownKeys(copy.message)).toEqual(['cmd', 'sequence', 'replyTo', 'data']);
  });

  test('accepts the registry of another protocol', () => {
    const codec = { generated: { table: LoginInfoTable } };
    const registry = { version: 1, frames: { Hush: { name: 'Hush', type: 1, handshake: false, codec } } };
    const frame = { type: 'Hush', version: 1, flags: 0, message: { accessToken: 'x' } } as const;
    expect(redact(frame, registry as never)).toEqual({ ...frame, message: { accessToken: '[redacted]' } });
  });
});

const Inner: MessageTable = {
  name: 'test.Inner',
  fields: [
    { number: 1, name: 'text', type: 'string' },
    { number: 2, name: 'number', type: 'int32' },
  ],
};
const secret = (number: number, name: string, rest: Partial<FieldTable> & Pick<FieldTable, 'type'>): FieldTable => ({
  number,
  name,
  sensitive: true,
  ...rest,
});
const Secrets: MessageTable = {
  name: 'test.Secrets',
  fields: [
    secret(1, 'text', { type: 'string' }),
    secret(2, 'bytes', { type: 'bytes' }),
    secret(3, 'number', { type: 'uint32' }),
    secret(4, 'long', { type: 'sfixed64' }),
    secret(5, 'flag', { type: 'bool' }),
    secret(6, 'kind', { type: 'enum', enum: () => ({ name: 'test.Kind', values: { 0: 'NONE' } }) }),
    secret(7, 'optional', { type: 'string', optional: true }),
    secret(8, 'texts', { type: 'string', kind: 'list' }),
    secret(9, 'numbers', { type: 'int64', kind: 'list' }),
    secret(10, 'map', { type: 'string', kind: 'map', key: 'string' }),
    secret(11, 'inner', { type: 'message', message: () => Inner }),
    secret(12, 'member', { type: 'string', oneof: 'choice' }),
    { number: 13, name: 'open', type: 'bytes', oneof: 'choice' },
    { number: 14, name: 'byName', kind: 'map', key: 'string', type: 'message', message: () => Secrets },
    { number: 15, name: 'list', kind: 'list', type: 'message', message: () => Secrets },
    { number: 16, name: 'ids', kind: 'list', type: 'sfixed64' },
  ],
};

describe('redactMessage', () => {
  test.each<[string, object, object]>([
    ['a text', { text: 'x' }, { text: '[redacted]' }],
    ['bytes', { bytes: Uint8Array.of(1) }, { bytes: new Uint8Array(0) }],
    ['a number', { number: 5 }, { number: 0 }],
    ['a 64-bit integer', { long: 5n }, { long: 0n }],
    ['a bool', { flag: true }, { flag: false }],
    ['an enum', { kind: 5 }, { kind: 0 }],
    ['an optional text, empty too', { optional: '' }, { optional: '[redacted]' }],
    ['an optional text that is not set', { optional: undefined }, { optional: undefined }],
    ['each text of a list', { texts: ['a', ''] }, { texts: ['[redacted]', '[redacted]'] }],
    ['each number of a list', { numbers: [1n, 2n] }, { numbers: [0n, 0n] }],
    ['a map with its keys', { map: new Map([['k', 'v']]) }, { map: new Map() }],
    ['all of a message', { inner: { text: 'x', number: 5 } }, { inner: { text: '[redacted]', number: 0 } }],
    [
      'the member of a oneof, empty too',
      { choice: { $case: 'member', value: '' } },
      { choice: { $case: 'member', value: '[redacted]' } },
    ],
    [
      'what is in a map of messages',
      { byName: new Map([['k', { text: 'x' }]]) },
      { byName: new Map([['k', { text: '[redacted]' }]]) },
    ],
    ['what is in a list of messages', { list: [{ list: [{ text: 'x' }] }] }, { list: [{ list: [{ text: '[redacted]' }] }] }],
    [
      'nothing of an open member',
      { choice: { $case: 'open', value: Uint8Array.of(1) } },
      { choice: { $case: 'open', value: Uint8Array.of(1) } },
    ],
  ])('%s', (_what, message, expected) => {
    const before = structuredClone(message);
    expect(redactMessage(Secrets, message)).toStrictEqual(expected);
    expect(message).toStrictEqual(before);
  });

  test.each<[string, object]>([
    ['a misspelled key', { accesToken: 'token' }],
    ['a text where a message belongs', { data: { $case: 'login', value: 'token' } }],
    ['a member that does not exist', { data: { $case: 'logon', value: { accessToken: 'token' } } }],
    ['a number where a text belongs', { data: { $case: 'login', value: { accessToken: 5 } } }],
    ['an object where a text belongs', { data: { $case: 'login', value: { accessToken: { token: 'token' } } } }],
    ['a oneof that is a text', { data: 'token' }],
    ['null', { data: null }],
  ])('throws nothing and shows nothing: %s', (_what, message) => {
    expect(JSON.stringify(redactMessage(SendInfoTable, message))).not.toMatch(/token|5/);
  });

  test('a secret list and a secret message of another type', () => {
    expect(
      redactMessage(Secrets, { texts: 'token', inner: 'token', byName: { k: 'token' }, list: 'token', map: 'token' }),
    ).toEqual({
      texts: [],
      inner: undefined,
      byName: new Map(),
      list: [],
      map: new Map(),
    });
  });

  test('a message that contains itself', () => {
    const message: { text: string; list: object[] } = { text: 'x', list: [] };
    message.list.push(message);
    expect(JSON.stringify(redactMessage(Secrets, message)).match(/redacted/g)).toHaveLength(101);
  });

  test('lists of scalars and bytes that are not secret are shared', () => {
    const message = { ids: [1n, 2n], choice: { $case: 'open', value: Uint8Array.of(1) } };
    const copy = redactMessage(Secrets, message);
    expect(copy.ids).toBe(message.ids);
    expect(copy.choice.value).toBe(message.choice.value);
  });
});

describe('a value of a wrong type', () => {
  test.each<[string, object, object]>([
    ['a scalar', { open: { t: 'token' }, ids: [1n, 'token', 2n] }, { ids: [1n, undefined, 2n] }],
    ['a list of scalars', { ids: 'token' }, { ids: [] }],
    ['a member', { choice: { $case: 'open', value: 'token', token: 'token' } }, { choice: { $case: 'open', value: undefined } }],
    [
      'keys of a map',
      {
        byName: new Map<unknown, object>([
          ['k', {}],
          [{ t: 'token' }, {}],
        ]),
      },
      { byName: new Map([['k', {}]]) },
    ],
  ])('%s is not copied', (_name, message, expected) => {
    const copy = redactMessage(Secrets, message);
    expect(copy).toEqual(expected);
  });

  test('and neither is what a frame does not have', () => {
    const frame = { type: 'SendInfo', version: 1, flags: 0, message: login('token'), token: 'token', offset: 'token' };
    expect(Object.keys(redact(frame as never))).toEqual(['type', 'version', 'flags', 'message']);
    const message = { ...login('token'), cmd: 'token', sequence: { token: 1 } };
    expect(JSON.stringify(redact({ type: 'SendInfo', version: 1, flags: 0, message } as never))).not.toContain('token');
    expect(
      JSON.stringify(redact({ type: 'Unknown', version: 'token', flags: 0, message: { token: 'token' } } as never)),
    ).not.toContain('token');
  });
});

describe('a message packed in an Any', () => {
  // The messages of an application: LoginInfo is one that has secrets, whoever made it.
  const any = (value: Uint8Array) => ({ typeUrl: 'x/im.protocol.v1.LoginInfo', value });
  const packed = any(LoginInfo.encode({ accessToken: 'token', deviceId: 'd', terminal: 2 }));
  const frame = (value: object) =>
    ({
      type: 'SendInfo',
      version: 1,
      flags: 0,
      message: SendInfo.create({ cmd: 1000, data: { $case: 'custom', value } } as never),
    }) as const;
  const anyIn = (copy: { message: unknown }) =>
    (copy.message as { data: { value: { typeUrl: string; value: Uint8Array } } }).data.value;

  test('is left out without a codec that knows its secrets', () => {
    expect(anyIn(redact(frame(packed)))).toEqual(any(new Uint8Array(0)));
  });

  test('is redacted by its codec, at any depth', () => {
    const copy = anyIn(redact(frame(packed), { types: [LoginInfo as never] }));
    expect(LoginInfo.decode(copy.value)).toMatchObject({ accessToken: '[redacted]', deviceId: '[redacted]', terminal: 2 });
    const nested = { typeUrl: 'x/im.protocol.v1.SendInfo', value: SendInfo.encode(frame(packed).message) };
    const outer = anyIn(redact(frame(nested), { types: [LoginInfo as never, SendInfo as never] }));
    const inner = SendInfo.decode(outer.value).data?.value as { value: Uint8Array };
    expect(LoginInfo.decode(inner.value).accessToken).toBe('[redacted]');
  });

  test('is left out if its bytes are not of its type', () => {
    const types = [LoginInfo as never];
    expect(anyIn(redact(frame(any(Buffer.from('0aff746f6b656e', 'hex'))), { types })).value).toHaveLength(0);
    expect(anyIn(redact(frame({ ...packed, typeUrl: 'token' }), { types })).value).toHaveLength(0);
    const unknown = Buffer.concat([packed.value, Buffer.from('ba3e05746f6b656e', 'hex')]);
    expect(Buffer.from(anyIn(redact(frame(any(unknown)), { types })).value).toString()).not.toContain('token');
  });
});

import { describe, expect, it } from 'vitest';
import {
  applicationCommand,
  ProtocolError,
  packAny,
  type SendInfo,
  SendInfo as SendInfoCodec,
  TextContent,
  UserInfo,
} from '../../src/index.js';
import { thrownBy } from '../thrown-by.js';

/** A request with a user, answered by a text; any codecs will do. */
const GREET = applicationCommand({ number: 1000, name: 'GREET', payload: UserInfo, reply: TextContent });
const PING = applicationCommand({ number: 2_147_483_647, name: 'PING' });

const user = { userId: 7n, terminal: 1 };
const custom = packAny(UserInfo, user);
const message = (data: SendInfo['data']): SendInfo => SendInfoCodec.create({ cmd: 1000, data });

describe('a command of an application', () => {
  it('creates a message with the packed payload', () => {
    expect(GREET.message(user)).toEqual({ cmd: 1000, data: { $case: 'custom', value: custom } });
    expect(custom.typeUrl).toBe('type.googleapis.com/im.protocol.v1.UserInfo');
    expect(PING.message()).toEqual({ cmd: 2_147_483_647 });
  });

  it('reads the payload of a received message', () => {
    expect(GREET.read(message({ $case: 'custom', value: custom }))).toEqual(user);
    expect(PING.read(message(undefined))).toBeUndefined();
    // A newer peer may say more than this one knows.
    expect(PING.read(message({ $case: 'custom', value: custom }))).toBeUndefined();
  });

  it('creates a reply, and reads one: its data, or the whole message', () => {
    const reply = GREET.reply({ text: 'hello' });
    expect(reply).toEqual({ cmd: 1000, data: { $case: 'custom', value: packAny(TextContent, { text: 'hello' }) } });
    const text = { text: 'hello', mentionedUserIds: [], mentionAll: false };
    expect(GREET.readReply(SendInfoCodec.create(reply))).toMatchObject({ text: text.text });
    expect(GREET.readReply(packAny(TextContent, { text: 'hello' }))).toMatchObject({ text: text.text });
    expect(PING.readReply(undefined)).toBeUndefined();
    expect(PING.reply()).toEqual({ cmd: 2_147_483_647 });
  });

  it('sends a request, and resolves with the payload of the reply', async () => {
    const asked: unknown[] = [];
    const client = {
      request: async (...args: unknown[]) => {
        asked.push(args);
        return packAny(TextContent, { text: 'hello' });
      },
    };
    expect(await GREET.request(client, user, { timeoutMs: 5 })).toMatchObject({ text: 'hello' });
    expect(await PING.request(client)).toBeUndefined();
    expect(asked).toEqual([
      [1000, custom, { timeoutMs: 5 }],
      [2_147_483_647, undefined, undefined],
    ]);
  });

  it.each([
    ['nothing', undefined, 'GREET carries im.protocol.v1.UserInfo, got nothing'],
    [
      'another type',
      { $case: 'custom', value: packAny(TextContent, { text: 'x' }) } as const,
      'GREET carries im.protocol.v1.UserInfo, got another type',
    ],
    [
      'a payload that breaks a rule',
      { $case: 'custom', value: packAny(UserInfo, { userId: 0n, terminal: 1 }) } as const,
      'UserInfo breaks 1 rule: userId: got 0, at least 1',
    ],
  ])('refuses %s', (_what, data, text) => {
    const error = thrownBy(() => GREET.read(message(data))) as ProtocolError;
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toBe(`[INVALID_MESSAGE] ${text}`);
    expect(error.issues?.length).toBe(1);
  });

  it('refuses to send a payload that breaks a rule; in a reply it is not the fault of the requester', () => {
    expect(() => GREET.message({ userId: 0n, terminal: 1 })).toThrow(
      '[INVALID_MESSAGE] UserInfo breaks 1 rule: userId: got 0, at least 1',
    );
    const error = thrownBy(() => GREET.reply({ text: '' })) as ProtocolError;
    expect(error.message).toBe('[INTERNAL] the reply to GREET breaks the rules of its schema');
    expect(error.cause).toMatchObject({ code: 'INVALID_MESSAGE' });
  });

  it('refuses bytes that are not of its type', () => {
    const value = { typeUrl: custom.typeUrl, value: Uint8Array.of(8) };
    expect(thrownBy(() => GREET.read(message({ $case: 'custom', value })))).toMatchObject({ code: 'MALFORMED_PAYLOAD' });
  });

  it.each([999, 0, Number.NaN])('refuses a number below 1000: %s', (number) => {
    expect(() => applicationCommand({ number, name: 'GREET' })).toThrow(
      new RangeError(`GREET: commands of applications are 1000 and up, got ${number}`),
    );
  });

  it('has a kind of topic, that of the system unless it states another', () => {
    const STATUS = applicationCommand({ number: 1000, name: 'STATUS', topic: 'event' });
    expect([PING.topic, STATUS.topic]).toEqual(['system', 'event']);
  });

  it('accepts a codec of another library, which checks no rules', () => {
    const payload = { typeName: 'com.example.Byte', encode: (n: number) => Uint8Array.of(n), decode: ([n]: Uint8Array) => n };
    const BYTE = applicationCommand({ number: 1000, name: 'BYTE', payload });
    expect(BYTE.read(SendInfoCodec.create(BYTE.message(5)))).toBe(5);
  });
});

// Each command, body, error code, enum value and field of version 2 in front of the older release. The lists come from the schema: what a later
// version adds is missing here until it has a sample.
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../generated/commands.js';
import { ContentTable } from '../../generated/im/protocol/v1/content.codec.js';
import { ErrorCodeTable } from '../../generated/im/protocol/v1/error_code.codec.js';
import { SendCodeTable } from '../../generated/im/protocol/v1/send_code.codec.js';
import { TerminalTable } from '../../generated/im/protocol/v1/terminal.codec.js';
import { ERRORS, ProtocolError } from '../../src/errors.js';
import { type ContentInit, type PrivateMessage, SendCode, type SendInfo, type SendInfoInit } from '../../src/index.js';
import { FLAG_IGNORABLE } from '../../src/limits.js';
import { SharedFrame } from '../../src/session/index.js';
import { ASK, ask, chat, textOf } from '../connection/messages.js';
import { ALICE, TOKEN } from '../node/host.js';
import { later } from './later.js';
import { pair } from './pair.js';
import { NEW, OLD } from './releases.js';
import { BODY_SAMPLES, COMMAND_SAMPLES, IGNORABLE_SAMPLES, RECEIVE_INFO_SAMPLES, REQUIRED_SAMPLES } from './samples.js';

const NEW_SERVER = { client: OLD, server: NEW };
const OLD_SERVER = { client: NEW, server: OLD };
const PRIVATE_MESSAGE = 4;
const GROUP_MESSAGE = 5;
const SYSTEM_MESSAGE = 6;

const commands = Object.entries(COMMANDS).filter(([, { since }]) => since > 1);
const bodies = ContentTable.fields.filter(({ oneof, since = 1 }) => oneof === 'body' && since > 1).map(({ name }) => name);

describe('there is a sample of', () => {
  it('each command', () => {
    const sampled = new Set(COMMAND_SAMPLES.map(({ cmd }) => String(cmd)));
    expect(commands.filter(([cmd, { data }]) => data.length > 0 && !sampled.has(cmd))).toEqual([]);
    expect(commands.length).toBeGreaterThan(10);
  });

  it('each command between services', () => {
    const sampled = new Set(RECEIVE_INFO_SAMPLES.map(({ cmd }) => String(cmd)));
    expect(commands.filter(([cmd, { betweenServices }]) => betweenServices && !sampled.has(cmd))).toEqual([]);
  });

  it('each body', () => {
    const sampled = new Set(BODY_SAMPLES.map(([body]) => body));
    expect(bodies.filter((body) => !sampled.has(body))).toEqual([]);
    expect(bodies.length).toBeGreaterThan(10);
  });

  it('each error code with its older value, except local ones', () => {
    expect(later(ErrorCodeTable).filter((code) => ErrorCodeTable.older?.[code] === undefined)).toEqual([]);
  });
});

describe('a client of the older release, of a server of this one,', () => {
  const content = (value: ContentInit, cmd: number): SendInfoInit => {
    if (cmd === SYSTEM_MESSAGE) return { cmd, data: { $case: 'systemMessage', value: { content: value } } };
    const sender = { userId: 2n, terminal: 1 };
    if (cmd === GROUP_MESSAGE) return { cmd, data: { $case: 'groupMessage', value: { sender, groupId: 7n, content: value } } };
    return { cmd, data: { $case: 'privateMessage', value: { sender, receiverId: 1n, content: value } } };
  };
  const forwarded = (message: SendInfoInit): SharedFrame => {
    const receivers = [{ terminal: 1, userIds: [1n] }];
    const frame = NEW.index.encodeFrame('ReceiveInfo', { cmd: message.cmd, receivers, data: message.data } as never);
    return SharedFrame.forward(frame);
  };

  it.each(RECEIVE_INFO_SAMPLES.map((info) => [COMMANDS[info.cmd].name, info] as const))(
    'does not get a ReceiveInfo with %s, and stays connected',
    async (_name, info) => {
      const { connection, isOpen, notices } = await pair(NEW_SERVER, 'tcp');
      const frame = NEW.index.encodeFrame('ReceiveInfo', { ...info, everyone: true, receivers: [] });
      expect(SharedFrame.forward(frame).pushTo(connection)).toBe(SendCode.UNSUPPORTED_VERSION);
      await isOpen();
      expect(notices).toEqual([]);
    },
  );

  it.each([PRIVATE_MESSAGE, GROUP_MESSAGE, SYSTEM_MESSAGE])('gets bodies in a message %i as their fallback', async (cmd) => {
    const { connection, next, isOpen } = await pair(NEW_SERVER, 'tcp');
    let messageId = 100n;
    for (const [body, { content: sample }] of BODY_SAMPLES) {
      for (const push of [SharedFrame.of, forwarded]) {
        messageId += 1n;
        const value = { ...sample, messageId, fallback: `fallback of ${body}` } as ContentInit;
        const isOpenStream = body === 'stream';
        const code = push(content(value, cmd)).pushTo(connection);
        expect([body, code]).toEqual([body, isOpenStream ? SendCode.UNSUPPORTED_VERSION : SendCode.SUCCESS]);
        const bare = push(content({ ...value, fallback: '' }, cmd)).pushTo(connection);
        expect([body, bare]).toEqual([body, SendCode.UNSUPPORTED_VERSION]);
        if (isOpenStream) continue;
        const arrived = (await next()).data?.value as PrivateMessage;
        expect(arrived.content).toMatchObject({ messageId, fallback: `fallback of ${body}`, body: undefined });
      }
    }
    await isOpen();
  });

  it.each([PRIVATE_MESSAGE, GROUP_MESSAGE, SYSTEM_MESSAGE])('gets a finished stream in a message %i as text', async (cmd) => {
    const { connection, next, isOpen } = await pair(NEW_SERVER, 'tcp');
    let messageId = 200n;
    for (const push of [SharedFrame.of, forwarded]) {
      for (const state of [2, 3, 4]) {
        messageId += 1n;
        const value = { messageId, body: { $case: 'stream', value: { state, text: 'Hello' } } } as const;
        expect(push(content(value, cmd)).pushTo(connection)).toBe(SendCode.SUCCESS);
        const arrived = (await next()).data?.value as PrivateMessage;
        expect(arrived.content).toMatchObject({ messageId, body: { $case: 'text', value: { text: 'Hello' } } });
      }
    }
    await isOpen();
  });

  it('gets each SendCode in the reply to its request', async () => {
    for (const code of later(SendCodeTable)) {
      const { client, isOpen } = await pair(NEW_SERVER, 'tcp', {
        message: ({ cmd }) => ({ cmd: 7, data: { $case: 'sendResult', value: { code, cmd, messageId: 5n } } }),
      });
      expect(await client.request(PRIVATE_MESSAGE, chat('hi'))).toMatchObject({ code, messageId: 5n });
      await isOpen();
    }
    expect(later(SendCodeTable)).toEqual([6, 7]);
  });

  it('gets messages of each Terminal', async () => {
    const { connection, next, isOpen } = await pair(NEW_SERVER, 'ws');
    for (const terminal of later(TerminalTable)) {
      const value = {
        sender: { userId: 2n, terminal },
        receiverId: 1n,
        content: { body: { $case: 'text', value: { text: 'x' } } },
      };
      connection.push({ cmd: PRIVATE_MESSAGE, data: { $case: 'privateMessage', value } } as SendInfoInit);
      expect((await next()).data?.value).toMatchObject({ sender: { userId: 2n, terminal } });
    }
    await isOpen();
  });

  it.each(later(ErrorCodeTable))('gets the error %i, which is not for a request, as its older value', async (code) => {
    const errors: ProtocolError[] = [];
    const onNotice = (error: ProtocolError): void => void errors.push(error);
    const { client, connection } = await pair(NEW_SERVER, 'tcp', {}, undefined, { reconnect: false, onNotice });
    const name = Object.entries(ERRORS).find(([, { number }]) => number === code)![0] as 'MUTED';
    connection.close(new ProtocolError(name, 'closed'));
    errors.push((await client.closed)!);
    expect(errors[0].properties.number).toBe(ErrorCodeTable.older![code]);
  });

  it('gets the fields of version 2 in SESSION_INFO', async () => {
    const { client, isOpen } = await pair(NEW_SERVER, 'tcp', {
      login: () => ({ ...ALICE, tokenExpiresAtMs: BigInt(Date.now() + 3_600_000), limits: { textBytes: 5 } }),
    });
    expect(client.session).toMatchObject(ALICE);
    await isOpen();
  });

  it('is logged out by a FORCE_LOGOUT with a code', async () => {
    const { client, connection } = await pair(NEW_SERVER, 'tcp', {}, undefined, { reconnect: false });
    connection.takeOver({ user: ALICE, deviceId: 'other', reason: 'r', code: 2 });
    expect((await client.closed)?.code).toBe('FORCED_LOGOUT');
  });

  it('cannot be sent an unknown command', async () => {
    const { connection, isOpen, notices } = await pair(NEW_SERVER, 'tcp');
    expect(() => connection.push({ cmd: 900 })).toThrow('PERMISSION_DENIED');
    // A later release marks what may be skipped: an older client drops it without an answer.
    const bytes = NEW.index.encodeFrame('SendInfo', { cmd: 900 }, { version: 1, flags: FLAG_IGNORABLE });
    expect(connection.pushFrame(bytes)).toBe(SendCode.SUCCESS);
    await isOpen();
    expect(notices).toEqual([]);
  });
});

describe('a server of the older release, of a client of this one,', () => {
  const message = (received: SendInfo[]) => ({
    message(sent: SendInfo): SendInfoInit {
      received.push(sent);
      return { cmd: 7, data: { $case: 'sendResult', value: { code: 1, cmd: sent.cmd, messageId: 7n } } };
    },
  });

  it('gets every body, with and without a fallback', async () => {
    const received: SendInfo[] = [];
    const { client, isOpen } = await pair(OLD_SERVER, 'tcp', message(received));
    for (const [body, { content }] of BODY_SAMPLES) {
      for (const fallback of ['f', '']) {
        const value = { sender: ALICE, receiverId: 2n, content: { ...content, fallback } } as never;
        expect((await client.request(PRIVATE_MESSAGE, value)).code).toBe(SendCode.SUCCESS);
        const arrived = received.at(-1)!.data?.value as PrivateMessage;
        expect([body, arrived.content?.body, arrived.content?.fallback]).toEqual([body, undefined, fallback]);
        // And hands it on as it was.
        const frame = OLD.index.encodeFrame('SendInfo', received.at(-1)!);
        const kept = NEW.index.decodeFrame(frame).message as SendInfo;
        expect((kept.data!.value as PrivateMessage).content?.body?.$case).toBe(body);
      }
    }
    await isOpen();
  });

  it('accepts a LOGIN with the fields and terminals of version 2', async () => {
    for (const terminal of later(TerminalTable)) {
      const user = { userId: 1n, terminal };
      const { client, isOpen } = await pair(OLD_SERVER, 'tcp', { login: () => user }, undefined, {
        login: { ...TOKEN, terminal, appId: 'app', client: { appVersion: '2' } } as never,
      });
      expect(client.session).toMatchObject(user);
      await isOpen();
    }
  });

  it('gets no command of version 2, nor an unknown one', async () => {
    const { client, received, isOpen, notices } = await pair(OLD_SERVER, 'tcp');
    for (const [cmd, { fromClient }] of commands) {
      const code = fromClient ? 'LOSSY_DOWNGRADE' : 'PERMISSION_DENIED';
      expect(() => client.send({ cmd: Number(cmd) })).toThrow(code);
    }
    expect(() => client.send({ cmd: 900 })).toThrow('PERMISSION_DENIED');
    await expect(client.request(900 as never, undefined as never)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(textOf(await client.request(ASK, ask('a')))).toBe('re a');
    await isOpen();
    expect([received.length, notices]).toEqual([1, []]);
  });
});

describe('a frame', () => {
  it.each(IGNORABLE_SAMPLES)('that has only what version 1 may skip is stamped 1, and read: %s', (_name, bytes) => {
    expect(bytes[4]).toBe(1);
    const { type, message } = NEW.index.decodeFrame(bytes);
    expect(NEW.index.encodeFrame(type as never, message as never)[4]).toBe(1);
    const older = OLD.index.decodeFrame(bytes);
    expect(older.type).toBe(type);
    // What the older release hands on still has it.
    const handedOn = OLD.index.encodeFrame(type as never, older.message as never);
    expect(NEW.index.decodeFrame(handedOn).message).toEqual(message);
  });

  it.each(REQUIRED_SAMPLES)('that has more is stamped 2, and refused: %s', (_name, bytes) => {
    const read = (): unknown => OLD.index.decodeFrame(bytes);
    expect(read).toThrow('UNSUPPORTED_VERSION');
  });
});

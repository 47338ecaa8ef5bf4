// Older clients on the port of a server: sessions, pushes, forced logouts, beside clients of this protocol.
import { describe, expect, it } from 'vitest';
import { CallEndReason, Command, SendCode, type SendInfoInit } from '../../../src/index.js';
import { legacyProfile } from '../../../src/legacy/index.js';
import { host } from '../host.js';
import { OlderClient } from './older-client.js';

const BOX_IM = legacyProfile('box-im');
const BINGHE = legacyProfile('binghe');
const APP = 2;
const WEB = 1;

/** The token says who logs in: `7/1` is user 7 on terminal 1. */
function login({ accessToken }: { accessToken: string }) {
  const [userId, terminal] = accessToken.split('/');
  return { userId: BigInt(userId), terminal: Number(terminal) };
}

function privateMessage(text: string, messageId = 9_007_199_254_740_993n): SendInfoInit {
  const content = { messageId, sentAtMs: 1_700_000_000_000n, body: { $case: 'text', value: { text } } } as const;
  const value = { sender: { userId: 5n, terminal: APP }, receiverId: 7n, content };
  return { cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value } };
}

const TRANSPORTS = [
  ['WebSocket', BOX_IM, (port: number) => OlderClient.websocket(port)],
  ['TCP with 8 bytes', BOX_IM, (port: number) => OlderClient.tcp(port, 8)],
  ['TCP with 4 bytes', BINGHE, (port: number) => OlderClient.tcp(port, 4)],
] as const;

describe.each(TRANSPORTS)('an older client on %s', (_name, profile, open) => {
  it('logs in, and gets answers to its heartbeats', async () => {
    const { server, port, logins } = await host({ legacy: profile, login });
    const client = await (await open(port)).login('7/1', 'device');
    client.send({ cmd: 1, data: {} });
    await client.count(2);
    expect(client.texts).toEqual(['{"cmd":0,"data":null}', '{"cmd":1,"data":null}']);
    expect(logins.map(({ user, legacy }) => [user, legacy])).toEqual([
      [{ userId: 7n, terminal: WEB, deviceId: 'device' }, profile.name],
    ]);
    expect(server.metrics().connections.versions).toEqual({ [profile.name]: 1 });
    expect(server.metrics().handshakes.agreed).toEqual({ [profile.name]: 1 });
    client.close();
    await expect.poll(() => server.metrics().connections.versions).toEqual({});
  });

  it('gets pushes with exact ids, and a push that expects a receipt has one', async () => {
    const { port, logins } = await host({ legacy: profile, login });
    const client = await (await open(port)).login('7/1');
    logins[0].push(privateMessage('hi'));
    await client.count(2);
    expect(client.texts[1]).toContain('"id":9007199254740993');
    expect(client.messages[1]).toMatchObject({
      cmd: 3,
      data: { content: 'hi', type: 0, sendId: 5, sendTime: 1_700_000_000_000 },
    });
    const receipt = await logins[0].request(privateMessage('again', 2n));
    expect(receipt).toMatchObject({ cmd: Command.SEND_RESULT, data: { value: { code: SendCode.SUCCESS } } });
    const nothing = {
      cmd: Command.PRIVATE_MESSAGE,
      data: {
        $case: 'privateMessage',
        value: {
          sender: { userId: 5n, terminal: APP },
          receiverId: 7n,
          content: { messageId: 3n, body: { $case: 'reaction', value: { messageId: 2n, key: '+1' } } },
        },
      },
    } as const;
    expect(await logins[0].request(nothing)).toMatchObject({ data: { value: { code: SendCode.UNSUPPORTED_VERSION } } });
    await client.count(3);
    expect(client.texts.length).toBe(3);
  });

  it('is logged out by a second login with the text of its system, and not by another terminal', async () => {
    const { server, port, ends } = await host({ legacy: profile, login });
    const client = await (await open(port)).login('7/1', 'a');
    const phone = await (await open(port)).login('7/2', 'b');
    const other = await (await open(port)).login('7/1', 'c');
    await client.closed();
    expect(client.messages.slice(1)).toEqual([{ cmd: 2, data: '您已在其他地方登录，将被强制下线' }]);
    expect(ends).toEqual(['FORCED_LOGOUT']);
    expect([phone.isClosed, other.isClosed, server.connectionCount]).toEqual([false, false, 2]);
  });

  it('and a client of this protocol are two terminals of one user, who see each other', async () => {
    const arrived: string[] = [];
    const {
      server,
      port,
      client: connectClient,
    } = await host({
      legacy: profile,
      login,
      message(message) {
        for (const connection of server.connections.ofUser(7n)) connection.push({ ...message, sequence: 0 });
        return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value: { code: SendCode.SUCCESS } } };
      },
    });
    const older = await (await open(port)).login('7/1');
    const newer = await connectClient('tcp', { login: { accessToken: '7/2' } });
    newer.on(Command.PRIVATE_MESSAGE, ({ content }) => void arrived.push(String(content?.body?.$case)));
    const sender = { userId: 7n, terminal: APP };
    const content = { body: { $case: 'text', value: { text: 'from the app' } } } as const;
    await newer.request(Command.PRIVATE_MESSAGE, { sender, receiverId: 5n, content });
    await older.count(2);
    expect(older.messages[1]).toMatchObject({ cmd: 3, data: { content: 'from the app', sendId: 7, recvId: 5 } });
    await expect.poll(() => arrived).toEqual(['text']);
    expect(server.metrics().connections.versions).toEqual({ [profile.name]: 1, 2: 1 });
  });

  it('whose LOGIN is refused is closed without a text', async () => {
    const { port, ends } = await host({
      legacy: profile,
      login: () => {
        throw new Error('the database is down');
      },
      onError: () => {},
    });
    const client = await open(port);
    client.send({ cmd: 0, data: { accessToken: '7/1' } });
    await client.closed();
    expect([client.texts, ends]).toEqual([[], ['OVERLOADED']]);
  });
});

it('an invite waits for its offer, and an end does not', async () => {
  const { port, logins } = await host({ legacy: BOX_IM, login, features: ['calls'] });
  const client = await (await OlderClient.websocket(port)).login('7/1');
  const signal = (callId: string, action: object): SendInfoInit =>
    ({
      cmd: Command.CALL,
      data: {
        $case: 'call',
        value: {
          callId,
          conversation: { kind: { $case: 'private', value: { lowerId: 5n, higherId: 7n } } },
          sender: { userId: 5n, terminal: APP },
          step: 1,
          sentAtMs: 1n,
          action,
        },
      },
    }) as SendInfoInit;
  logins[0].push(signal('a', { $case: 'invite', value: { video: true, inviteeIds: [7n] } }));
  logins[0].push(signal('b', { $case: 'invite', value: { inviteeIds: [7n] } }));
  logins[0].push(signal('a', { $case: 'offer', value: { sdp: 'v=0' } }));
  logins[0].push(signal('b', { $case: 'end', value: { reason: 1 } }));
  await client.count(3);
  const [, offer, end] = client.messages as { cmd: number; data: { type: number; content?: string } }[];
  expect([offer.data.type, JSON.parse(offer.data.content!)]).toEqual([101, { type: 'offer', sdp: 'v=0' }]);
  expect(end.data.type).toBeGreaterThan(102);
  expect(client.texts.length).toBe(3);
});

it('the steps of a call in a group do not wait, since their descriptions are steps', async () => {
  const { port, logins } = await host({ legacy: BOX_IM, login, features: ['calls'] });
  const client = await (await OlderClient.websocket(port)).login('7/1');
  const steps = [
    { $case: 'invite', value: { inviteeIds: [7n] } },
    { $case: 'accept', value: {} },
    { $case: 'offer', value: { sdp: 'v=0' } },
    { $case: 'answer', value: { sdp: 'v=0' } },
    { $case: 'media', value: { camera: true } },
    { $case: 'end', value: { reason: CallEndReason.HANGUP } },
  ] as const;
  for (const [i, action] of steps.entries()) {
    const conversation = { kind: { $case: 'groupId', value: 3n } } as const;
    const value = { callId: 'g', conversation, sender: { userId: 5n, terminal: APP }, step: i + 1, sentAtMs: 1n, action };
    logins[0].push({ cmd: Command.CALL, data: { $case: 'call', value } });
  }
  await client.count(1 + steps.length);
  expect(client.messages.slice(1).map(({ cmd, data }) => [cmd, (data as { type: number }).type])).toEqual(
    [200, 201, 208, 209, 211, 205].map((type) => [4, type]),
  );
});

it('a message that cannot be translated ends its connection, and no other', async () => {
  const errors: unknown[] = [];
  // A profile whose lookup fails: as a defect of the library would.
  const broken = {
    ...BOX_IM,
    get keys(): never {
      if (isBroken) throw new TypeError('broken');
      return BOX_IM.keys as never;
    },
  };
  let isBroken = false;
  const { port, logins, ends, server } = await host({ legacy: broken, login, onError: (error) => void errors.push(error) });
  const client = await (await OlderClient.websocket(port)).login('7/1');
  const newer = await (await OlderClient.websocket(port)).login('7/2');
  isBroken = true;
  logins[0].push(privateMessage('hi'));
  await client.closed();
  expect([ends, errors.length, newer.isClosed, server.connectionCount]).toEqual([['INTERNAL'], 1, false, 1]);
});

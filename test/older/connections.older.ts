// A client of this release with a server of the older one, and the other way round, with default options.
import { describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '../../generated/commands.js';
import { ERRORS } from '../../generated/errors.js';
import { ErrorCodeTable } from '../../generated/im/protocol/v1/error_code.codec.js';
import { ProtocolError } from '../../src/errors.js';
import { type PrivateMessage, SendCode, type SendInfoInit } from '../../src/index.js';
import { SharedFrame } from '../../src/session/index.js';
import { ASK, ask, chat, push, taken, textOf } from '../connection/messages.js';
import { ALICE } from '../node/host.js';
import { thrownBy } from '../thrown-by.js';
import { type Pair, PROTOCOLS, pair, type Sides } from './pair.js';
import { rawClient } from './raw-client.js';
import { NEW, OLD } from './releases.js';
import { BODY_SAMPLES, COMMAND_SAMPLES } from './samples.js';

const DIRECTIONS: readonly Sides[] = [
  { client: OLD, server: NEW },
  { client: NEW, server: OLD },
];
const PRIVATE_MESSAGE = 4;
const HEARTBEAT = 2;

describe.each(DIRECTIONS)('a client of the $client.name release and a server of the $server.name one', (sides) => {
  describe.each(PROTOCOLS)('over %s', (protocol) => {
    it('agree on version 1, log in, and send messages both ways', async () => {
      const { client, connection, received, next, isOpen, notices } = await pair(sides, protocol);
      expect([client.agreement?.version, connection.version, client.session?.userId]).toEqual([1, 1, 1n]);
      expect(textOf(await client.request(ASK, ask('a')))).toBe('re a');
      client.send({ cmd: ASK, data: { $case: 'custom', value: ask('b') } });
      connection.push(push(9n, 'hello'));
      expect(textOf(await next())).toBe('hello');
      await isOpen();
      expect(textOf(await client.request(ASK, ask('c')))).toBe('re c');
      expect([received.map(textOf), notices]).toEqual([['a', 'b', 'c'], []]);
    });

    it('send and answer heartbeats', async () => {
      const { client, isOpen } = await pair(sides, protocol);
      const { sentAtMs } = await client.request(HEARTBEAT, { sentAtMs: 5n });
      expect(sentAtMs).toBe(5n);
      await isOpen();
    });

    it('send heartbeats by themselves', async () => {
      const { client, isOpen } = await pair(sides, protocol, {}, 1000);
      await expect.poll(() => client.roundTripMs, { timeout: 30_000 }).toBeDefined();
      await isOpen();
    });

    it('send a private message, which is answered by SEND_RESULT', async () => {
      const { client, received } = await pair(sides, protocol, {
        message(message) {
          received.push(message);
          return taken(message, 77n);
        },
      });
      const result = await client.request(PRIVATE_MESSAGE, chat('hi'));
      expect([result.code, result.messageId, textOf(received[0])]).toEqual([SendCode.SUCCESS, 77n, 'hi']);
    });
  });
});

describe('a server of this release and a client of the older one', () => {
  const sides = { client: OLD, server: NEW };

  it.each(COMMAND_SAMPLES.map((message) => [COMMANDS[message.cmd].name, message.data?.$case, message] as const))(
    '%s with %s is UNSUPPORTED_VERSION to a shared frame, refused to a push, and nothing on the wire',
    async (_name, _data, message) => {
      const { connection, isOpen, notices } = await pair(sides, 'tcp');
      expect(SharedFrame.of(message).pushTo(connection)).toBe(SendCode.UNSUPPORTED_VERSION);
      const { fromServer, reply } = COMMANDS[message.cmd];
      expect(thrownBy(() => connection.push(message)).code).toBe(localError(fromServer));
      await expect(connection.request(message)).rejects.toMatchObject({ code: localError(fromServer && reply !== undefined) });
      await isOpen();
      expect(notices).toEqual([]);
    },
  );

  it.each(BODY_SAMPLES)('a body %s arrives as its fallback', async (body, message) => {
    const { connection, next, isOpen } = await pair(sides, 'ws');
    expect(SharedFrame.of(withFallback(message, 'not shown by this version')).pushTo(connection)).toBe(expected(body));
    if (expected(body) === SendCode.SUCCESS) {
      const arrived = (await next()).data?.value as PrivateMessage;
      expect([arrived.content?.body, arrived.content?.fallback]).toEqual([undefined, 'not shown by this version']);
    }
    await isOpen();
  });

  it.each(BODY_SAMPLES)('a body %s without a fallback does not arrive', async (_body, message) => {
    const { connection, isOpen } = await pair(sides, 'tcp');
    expect(SharedFrame.of(withFallback(message, '')).pushTo(connection)).toBe(SendCode.UNSUPPORTED_VERSION);
    await isOpen();
  });

  it('a stream arrives as text once it is complete', async () => {
    const { connection, next, isOpen } = await pair(sides, 'tls');
    const stream = (state: number, text: string): SendInfoInit => ({
      cmd: PRIVATE_MESSAGE,
      data: {
        $case: 'privateMessage',
        value: {
          sender: { userId: 2n, terminal: 1 },
          receiverId: 1n,
          content: { messageId: 5n, fallback: 'answer', body: { $case: 'stream', value: { state, text } } },
        },
      },
    });
    expect(SharedFrame.of(stream(1, 'Hel')).pushTo(connection)).toBe(SendCode.UNSUPPORTED_VERSION);
    expect(SharedFrame.of(stream(2, 'Hello')).pushTo(connection)).toBe(SendCode.SUCCESS);
    const arrived = (await next()).data?.value as PrivateMessage;
    expect(arrived.content).toMatchObject({
      messageId: 5n,
      fallback: 'answer',
      body: { $case: 'text', value: { text: 'Hello' } },
    });
    await isOpen();
  });

  it('fields that version 1 may skip arrive as unknown fields', async () => {
    const { connection, next, isOpen } = await pair(sides, 'tcp');
    const content = { messageId: 6n, seq: 3n, threadId: 2n, body: { $case: 'text', value: { text: 'x' } } } as const;
    connection.push({ cmd: 6, data: { $case: 'systemMessage', value: { content } } });
    expect(textOf(await next())).toBe('x');
    await isOpen();
  });

  it.each([
    ...Object.keys(COMMANDS)
      .map(Number)
      .filter((cmd) => COMMANDS[cmd].since > 1),
    900,
  ])('the number %i of a command of version 2 is unknown to the server in what a peer of version 1 sends', async (cmd) => {
    // The older client refuses to send it, so the frames are made here, by the older release.
    const server = await NEW.node.listen({ host: '127.0.0.1', login: () => ALICE, message: () => undefined });
    onTestFinished(() => server.close());
    const client = await rawClient(OLD, server.port, 1, 't');
    const refused = await client.ask({ cmd, data: { $case: 'heartbeat', value: {} } });
    expect(refused).toMatchObject({ cmd: 8, data: { value: { code: 23 } } });
    expect(await client.ask({ cmd: HEARTBEAT, data: { $case: 'heartbeat', value: {} } })).toMatchObject({ cmd: HEARTBEAT });
  });

  const later = Object.entries(ErrorCodeTable.older ?? {});
  it.each(later.map(([number, older]) => [nameOf(Number(number)), nameOf(older)] as const))(
    'the error %s of a request arrives as %s',
    async (code, older) => {
      const { client, isOpen } = await pair(sides, 'tcp', {
        message() {
          throw new ProtocolError(code as 'MUTED', 'refused', { userMessage: 'No.', reason: 'x' });
        },
      });
      const closes = ERRORS[code].closes;
      await expect(client.request(ASK, ask('a'))).rejects.toMatchObject({ code: older });
      if (!closes) await isOpen();
    },
  );

  it('has codes of version 2 to map', () => {
    expect(later.length).toBeGreaterThan(5);
  });

  it('an expired token at LOGIN is UNAUTHENTICATED', async () => {
    const refused = pair(sides, 'tcp', {
      login() {
        throw new ProtocolError('TOKEN_EXPIRED', 'expired');
      },
    });
    await expect(refused).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('a client of this release and a server of the older one', () => {
  const sides = { client: NEW, server: OLD };

  it.each(COMMAND_SAMPLES.map((message) => [COMMANDS[message.cmd].name, message.data?.$case, message] as const))(
    '%s with %s is refused by the client, and nothing is sent',
    async (_name, _data, message) => {
      const { client, received, notices, isOpen } = await pair(sides, 'tcp');
      const { fromClient, reply } = COMMANDS[message.cmd];
      expect(thrownBy(() => client.send(message)).code).toBe(localError(fromClient));
      const request = client.request(message.cmd, message.data?.value as never);
      await expect(request).rejects.toMatchObject({ code: localError(fromClient && reply !== undefined) });
      await isOpen();
      expect([received, notices]).toEqual([[], []]);
    },
  );

  it.each(BODY_SAMPLES)('a body %s reaches the server as an unknown body with its fallback', async (_body, message) => {
    const { client, received } = await openPair(sides);
    const sender = { userId: 1n, terminal: 1 };
    const { content } = message;
    const result = await client.request(PRIVATE_MESSAGE, {
      sender,
      receiverId: 2n,
      content: { ...content, fallback: 'f' },
    } as never);
    expect(result.code).toBe(SendCode.SUCCESS);
    const arrived = received[0].data?.value as PrivateMessage;
    expect([arrived.content?.body, arrived.content?.fallback]).toEqual([undefined, 'f']);
  });
});

/** What is nothing for this side to send is refused before the version is looked at. */
function localError(isOurs: boolean): string {
  return isOurs ? 'LOSSY_DOWNGRADE' : 'PERMISSION_DENIED';
}

async function openPair(sides: Sides): Promise<Pair> {
  const all: Pair = await pair(sides, 'tcp', {
    message(message) {
      all.received.push(message);
      return taken(message);
    },
  });
  return all;
}

function withFallback(message: PrivateMessage, fallback: string): SendInfoInit {
  const content = { ...message.content, messageId: 8n, fallback } as never;
  return { cmd: PRIVATE_MESSAGE, data: { $case: 'privateMessage', value: { ...message, content } } };
}

/** The stream of the vectors is OPEN: it arrives once it is complete. */
function expected(body: string): SendCode {
  return body === 'stream' ? SendCode.UNSUPPORTED_VERSION : SendCode.SUCCESS;
}

function nameOf(number: number): keyof typeof ERRORS {
  return Object.entries(ERRORS).find(([, error]) => error.number === number)![0] as keyof typeof ERRORS;
}

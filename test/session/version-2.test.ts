// Version 2 on connections of both versions: what goes out, what is taken, and what a peer of version 1 gets in its place.
import { describe, expect, it } from 'vitest';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { ProtocolError } from '../../src/errors.js';
import { FEATURES } from '../../src/limits.js';
import { ClientSession, ServerSession, type Session, SharedFrame } from '../../src/session/index.js';
import { thrownBy } from '../thrown-by.js';
import { SENDER } from './alphabet.js';
import { PLAIN, silent } from './stages.js';

type Versions = readonly number[] | undefined;

interface Pair {
  readonly client: ClientSession;
  readonly server: ServerSession;
}

function pass({ client, server }: Pair): void {
  const move = (from: Session, to: Session): number => {
    const frames = from.takeBytes();
    for (const frame of frames) to.receive(frame, 0);
    return frames.length;
  };
  while (move(client, server) + move(server, client) > 0);
}

/** A client and a server that have logged in; undefined = the default versions. */
function loggedIn(ofClient: Versions, ofServer: Versions, transport: 'tcp' | 'websocket' = 'tcp'): Pair {
  const client = new ClientSession({ ...PLAIN, transport, versions: ofClient, login: { accessToken: 't' } }, 0);
  const server = new ServerSession({ ...PLAIN, transport, versions: ofServer, features: FEATURES }, 0);
  client.open(0, transport === 'websocket' ? 'im' : '');
  pass({ client, server });
  for (const event of server.takeEvents()) if (event.type === 'login') server.acceptLogin(event.sequence, SENDER, 0);
  pass({ client, server });
  silent(client);
  silent(server);
  return { client, server };
}

const conversation = { kind: { $case: 'groupId', value: 3n } } as const;
const TYPING: SendInfoInit = { cmd: 15, data: { $case: 'typing', value: { conversation, sender: SENDER } } };
const READ: SendInfoInit = { cmd: 12, data: { $case: 'read', value: { conversation, reader: SENDER, upToSeq: 4n } } };
const SYNC: SendInfoInit = { cmd: 10, data: { $case: 'syncRequest', value: {} } };
const PAGE: SendInfoInit = { cmd: 10, data: { $case: 'syncPage', value: { cursor: Uint8Array.of(1) } } };

function errorTo(client: ClientSession): unknown {
  return client.takeEvents().find(({ type }) => type === 'failed');
}

describe('the versions that are offered by default', () => {
  it.each<[Versions, Versions, number]>([
    [undefined, undefined, 2],
    [undefined, [1], 1],
    [[1], undefined, 1],
    [undefined, [2], 2],
    [[2], undefined, 2],
  ])('client %o and server %o agree on version %d', (ofClient, ofServer, version) => {
    for (const transport of ['tcp', 'websocket'] as const) {
      const { client, server } = loggedIn(ofClient, ofServer, transport);
      expect([client.agreement?.version, server.agreement?.version, client.state, server.state]).toEqual([
        version,
        version,
        'authenticated',
        'authenticated',
      ]);
    }
  });
});

describe('on a connection of version 1', () => {
  it.each([TYPING, READ, SYNC])('neither side sends $cmd', (message) => {
    const { client, server } = loggedIn([1], undefined);
    const isRequest = message.cmd !== 15;
    const error = thrownBy(() => (isRequest ? client.request(message, 0) : client.push(message, 0)));
    expect(error).toMatchObject({ code: 'LOSSY_DOWNGRADE', path: 'cmd', limit: 1, actual: 2 });
    if (message.cmd !== 10) expect(thrownBy(() => server.push(message, 0)).code).toBe('LOSSY_DOWNGRADE');
    expect([client.state, server.state, client.takeBytes(), server.takeBytes()]).toEqual([
      'authenticated',
      'authenticated',
      [],
      [],
    ]);
  });

  it('answers a command of version 2 as unknown, whatever it carries', () => {
    const { client, server } = loggedIn([1], undefined);
    // "10 to 999 as unknown": any data goes with it in version 1.
    const frame = encodeFrame('SendInfo', { cmd: 500, sequence: 9, data: { $case: 'heartbeat', value: {} } }, { version: 1 });
    // cmd 10 in two bytes, as 500 has.
    const sync = Uint8Array.from([...frame.slice(0, 8), 0x08, 0x8a, 0x00, ...frame.slice(11)]);
    server.receive(sync, 0);
    pass({ client, server });
    expect(server.takeEvents()).toMatchObject([{ type: 'notice', error: { code: 'UNSUPPORTED_COMMAND' } }]);
    expect([client.state, server.state]).toEqual(['authenticated', 'authenticated']);
  });

  it('maps a code of version 2 to that of version 1, in ERROR and in the close code', () => {
    for (const [version, code, closing] of [
      [1, 34, 4032],
      [2, 49, 4044],
    ]) {
      const { client, server } = loggedIn([version], undefined);
      const sequence = client.request({ cmd: 1000 }, 0);
      for (const frame of client.takeBytes()) server.receive(frame, 0);
      server.takeEvents();
      server.refuse(sequence, new ProtocolError('MUTED', 'not now'), 0);
      const [frame] = server.takeBytes();
      expect(decodeFrame(frame).message).toMatchObject({ data: { value: { code } } });
      client.receive(frame, 0);
      expect(errorTo(client)).toMatchObject({ error: { code: version === 1 ? 'PERMISSION_DENIED' : 'MUTED' } });
      server.close(0, new ProtocolError('TOKEN_EXPIRED', 'over'));
      expect(server.closeCode).toBe(closing);
    }
  });

  it('gets UNSUPPORTED_VERSION for a shared frame that it cannot carry, and nobody else loses it', () => {
    const old = loggedIn([1], undefined);
    const present = loggedIn(undefined, undefined);
    for (const message of [TYPING, READ]) {
      const shared = SharedFrame.of(message);
      const target = ({ server }: Pair) => ({
        version: server.agreement?.version,
        pushFrame: (frame: Uint8Array) => server.pushFrame(frame, 0),
      });
      expect([shared.pushTo(target(old)), shared.pushTo(target(present)), shared.pushTo(target(old))]).toEqual([
        SendCode.UNSUPPORTED_VERSION,
        SendCode.SUCCESS,
        SendCode.UNSUPPORTED_VERSION,
      ]);
      expect(thrownBy(() => shared.in(1)).code).toBe('LOSSY_DOWNGRADE');
    }
    expect([old.server.state, old.server.takeBytes().length, present.server.takeBytes().length]).toEqual(['authenticated', 0, 2]);
  });
});

describe('on a connection of version 2', () => {
  it('a request of the client is answered by its own command, a push of the server by SEND_RESULT', () => {
    const { client, server } = loggedIn(undefined, undefined);
    const sequence = client.request(READ, 0);
    pass({ client, server });
    server.takeEvents();
    server.reply(sequence, READ, 0);
    pass({ client, server });
    expect(client.takeEvents()).toMatchObject([{ type: 'reply', sequence, message: { cmd: 12 } }]);
    const push = server.request(READ, 0);
    pass({ client, server });
    client.takeEvents();
    expect(() => client.reply(push, READ, 0)).toThrow('READ is not a reply to READ');
    client.reply(push, { cmd: 7, data: { $case: 'sendResult', value: { code: 1 } } }, 0);
    pass({ client, server });
    expect(server.takeEvents()).toMatchObject([{ type: 'reply', sequence: push, message: { cmd: 7 } }]);
  });

  it.each<[string, SendInfoInit]>([
    ['typing', { ...TYPING, data: { $case: 'typing', value: { conversation, sender: { userId: 2n, terminal: 1 } } } }],
    [
      'a read position',
      { ...READ, data: { $case: 'read', value: { conversation, reader: { userId: 2n, terminal: 1 }, upToSeq: 1n } } },
    ],
    [
      'a room message',
      {
        cmd: 21,
        data: {
          $case: 'roomMessage',
          value: { sender: { userId: 1n, terminal: 2 }, roomId: 1n, content: { body: { $case: 'text', value: { text: 'x' } } } },
        },
      },
    ],
  ])('%s of somebody else is PERMISSION_DENIED', (_title, message) => {
    const { client, server } = loggedIn(undefined, undefined);
    client.push(message, 0);
    pass({ client, server });
    expect(server.takeEvents()).toMatchObject([{ type: 'notice', error: { code: 'PERMISSION_DENIED' } }]);
  });

  it('each side sends only its own member of a command that has two', () => {
    const { client, server } = loggedIn(undefined, undefined);
    const wrong = client.request(PAGE, 0);
    pass({ client, server });
    expect(client.takeEvents()).toMatchObject([{ type: 'failed', sequence: wrong, error: { code: 'COMMAND_DATA_MISMATCH' } }]);
    const sequence = client.request(SYNC, 0);
    pass({ client, server });
    server.takeEvents();
    server.reply(sequence, SYNC, 0);
    pass({ client, server });
    expect(client.takeEvents()).toMatchObject([
      {
        type: 'failed',
        sequence,
        error: { code: 'COMMAND_DATA_MISMATCH', message: '[COMMAND_DATA_MISMATCH] a reply to SYNC must carry syncPage' },
      },
    ]);
  });

  it('a server clears what only the platform sets, on every version', () => {
    for (const versions of [[1], [2]]) {
      const { client, server } = loggedIn(versions, undefined);
      const content = { seq: 9n, clientMessageId: 'c', body: { $case: 'text', value: { text: 'x' } } } as const;
      client.push({ cmd: 4, data: { $case: 'privateMessage', value: { sender: SENDER, receiverId: 2n, content } } }, 0);
      client.push(
        {
          cmd: 4,
          data: {
            $case: 'privateMessage',
            value: { sender: SENDER, receiverId: 2n, content: { body: { $case: 'notice', value: { kind: 1 } } } },
          },
        },
        0,
      );
      pass({ client, server });
      expect(server.takeEvents()).toMatchObject([
        { type: 'message', message: { data: { value: { content: { seq: 0n, clientMessageId: 'c' } } } } },
        { type: 'notice', error: { code: 'PERMISSION_DENIED', path: 'privateMessage.content.notice' } },
      ]);
    }
  });
});

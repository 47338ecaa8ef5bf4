// Clients that are refused before anything of the protocol is read.
import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { ProtocolError } from '../../src/index.js';
import type { AcceptRequest } from '../../src/node/index.js';
import { ASK, ask, textOf } from '../connection/messages.js';
import { HELLO, LOGIN, tcp } from './foreign.js';
import { type Answer, handshake } from './handshake.js';
import { type Host, host } from './host.js';
import { CERTIFICATE } from './tls/certificate.js';

/** What a client of TCP gets that has sent its Hello. */
async function hello(port: number): Promise<string[]> {
  const { socket, received } = await tcp(port);
  socket.write(HELLO);
  await received.count(1);
  return received.names;
}

const never = new Promise<void>(() => {});

describe('accept', () => {
  it('sees who wants to connect, before a byte of the protocol is read', async () => {
    const seen: (AcceptRequest & { connections: number })[] = [];
    const { client, server, port, logins } = await host({
      accept: (one) => void seen.push({ ...one, connections: server.connectionCount }),
    });
    const overTcp = await client('tcp');
    await overTcp.close();
    expect(await handshake(port, { Origin: 'https://im.example', Cookie: 'a=b' }, '/ws?x=1')).toMatchObject({ status: 101 });
    expect(seen).toMatchObject([
      { remoteAddress: '127.0.0.1', transport: 'tcp', headers: {}, url: '', origin: undefined, protocols: [], connections: 0 },
      {
        remoteAddress: '127.0.0.1',
        transport: 'websocket',
        headers: { cookie: 'a=b', upgrade: 'websocket' },
        url: '/ws?x=1',
        origin: 'https://im.example',
        protocols: ['im.v1', 'im'],
        tls: undefined,
      },
    ]);
    expect(logins[0]).toMatchObject({ remoteAddress: '127.0.0.1', httpRequest: undefined });
  });

  it('sees TLS', async () => {
    const seen: unknown[] = [];
    const { client } = await host({
      tls: CERTIFICATE,
      // The offer of a WebSocket may begin with grease.
      accept: ({ transport, protocols, tls }) => void seen.push([transport, protocols.includes('im.v2'), tls?.getProtocol()]),
    });
    for (const transport of ['tls', 'wss'] as const) {
      const connected = await client(transport, { tls: { rejectUnauthorized: false } });
      expect(textOf(await connected.request(ASK, ask('a')))).toBe('re a');
    }
    expect(seen).toEqual([
      ['tcp', true, 'TLSv1.3'],
      ['websocket', true, 'TLSv1.3'],
    ]);
  });

  it.each<[string, ProtocolError | false, number, string, Record<string, string>]>([
    ['false', false, 34, '[PERMISSION_DENIED] the server does not accept the client', {}],
    ['PERMISSION_DENIED', new ProtocolError('PERMISSION_DENIED', 'no'), 34, '[PERMISSION_DENIED] no', {}],
    ['UNAUTHENTICATED', new ProtocolError('UNAUTHENTICATED', 'no'), 32, '[UNAUTHENTICATED] no', { 'www-authenticate': 'Bearer' }],
    [
      'RATE_LIMITED',
      new ProtocolError('RATE_LIMITED', 'no', { retryAfterMs: 1500 }),
      35,
      '[RATE_LIMITED] no',
      { 'retry-after': '2' },
    ],
    ['OVERLOADED', new ProtocolError('OVERLOADED', 'no'), 4, '[OVERLOADED] no', {}],
    ['an error of the application', new ProtocolError(1000, 'nö'), 1000, '[1000] nö', {}],
  ])('refuses with %s', async (_name, refusal, code, text, headers) => {
    const reports: unknown[] = [];
    const { port, server, ends } = await host({
      accept() {
        if (refusal === false) return false;
        throw refusal;
      },
      onError: (error) => void reports.push(error),
    });
    const statuses: Record<number, number> = { 4: 503, 32: 401, 35: 429 };
    expect(await hello(port)).toEqual([`Reject ${code}`]);
    expect(ends).toEqual([refusal === false ? 'PERMISSION_DENIED' : refusal.code]);
    expect(await handshake(port)).toMatchObject({ status: statuses[code] ?? 403, text: `${text}\n`, headers });
    expect(server.connectionCount).toBe(0);
    expect(reports).toEqual([]);
  });

  it('an Origin', async () => {
    const { port } = await host({ accept: ({ origin }) => origin === undefined || origin === 'https://im.example' });
    expect((await handshake(port, { Origin: 'https://im.example' })).status).toBe(101);
    expect((await handshake(port, { Origin: 'https://im.example.evil' })).status).toBe(403);
    expect((await handshake(port)).status).toBe(101);
    expect(await hello(port)).toEqual(['Welcome']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    // Neither is an answer for a client.
    [
      'throws a local error',
      () => {
        throw new ProtocolError('TIMEOUT', 'down');
      },
    ],
    ['rejects with the error of a frame', () => Promise.reject(new ProtocolError('FRAME_TOO_LARGE', 'down'))],
  ])('that %s: the client comes back later', async (_name, accept) => {
    const reports: unknown[] = [];
    const { port } = await host({ accept, onError: (error, { callback }) => void reports.push([callback, String(error)]) });
    expect(await hello(port)).toEqual(['Reject 4']);
    expect(await handshake(port)).toMatchObject({
      status: 503,
      text: '[OVERLOADED] the client cannot be accepted now\n',
      headers: { 'retry-after': '1' },
    });
    expect(reports).toEqual([
      ['accept', expect.stringContaining('down')],
      ['accept', expect.stringContaining('down')],
    ]);
  });

  it('may take its time: nothing that the client has sent is lost', async () => {
    const open: (() => void)[] = [];
    const { port, client, server } = await host({ accept: () => new Promise<void>((resolve) => void open.push(resolve)) });
    const foreign = await tcp(port);
    // In several chunks, some of which come while it waits.
    foreign.socket.write(HELLO.subarray(0, 5));
    while (open.length < 1) await new Promise(setImmediate);
    foreign.socket.write(HELLO.subarray(5));
    foreign.socket.write(LOGIN);
    const connecting = client('ws');
    while (open.length < 2) await new Promise(setImmediate);
    expect([server.connectionCount, foreign.received.names]).toEqual([0, []]);
    for (const resolve of open) resolve();
    await foreign.received.count(2);
    expect(foreign.received.names).toEqual(['Welcome', '1']);
    expect(textOf(await (await connecting).request(ASK, ask('a')))).toBe('re a');
  });

  it('that does not answer in time: the client comes back later, and a late answer changes nothing', async () => {
    const late: ((value: unknown) => void)[] = [];
    const reports: string[] = [];
    const { port, server } = await host({
      handshakeTimeoutMs: 50,
      accept: () => new Promise((resolve) => void late.push(resolve)),
      onError: (error) => void reports.push(String(error)),
    });
    expect(await hello(port)).toEqual(['Reject 4']);
    expect((await handshake(port)).status).toBe(503);
    for (const resolve of late) resolve(true);
    await new Promise(setImmediate);
    expect([server.connectionCount, late.length]).toEqual([0, 2]);
    expect(reports).toEqual(Array(2).fill('ProtocolError: [TIMEOUT] accept has not answered in time'));
  });

  it('clients that wait do not make room for others', async () => {
    const open: (() => void)[] = [];
    // Of HTTP connections, which do not wait for the server, 256 stay.
    const { port } = await host({ maxConnections: 600, accept: () => new Promise<void>((resolve) => void open.push(resolve)) });
    const answers = Array.from({ length: 300 }, () => handshake(port));
    while (open.length < 300) await new Promise(setImmediate);
    for (const resolve of open) resolve();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([101]));
  });

  it('a server that drains answers the clients that wait', async () => {
    const open: ((isAccepted: boolean) => void)[] = [];
    const { port, server } = await host({ accept: () => new Promise<boolean>((resolve) => void open.push(resolve)) });
    const [accepted, refused, { socket, received }] = [handshake(port), handshake(port), await tcp(port)];
    while (open.length < 2) await new Promise(setImmediate);
    socket.write(HELLO);
    while (open.length < 3) await new Promise(setImmediate);
    const drained = server.drain({ graceMs: 1000, reconnectAfterMs: 0 });
    for (const [i, resolve] of open.entries()) resolve(i !== 1);
    expect(new Set([(await accepted).status, (await refused).status])).toEqual(new Set([101, 403]));
    await Promise.all([drained, received.ended()]);
    expect(received.names).toEqual(['Reject 4']);
  });

  it('at most 1024 clients wait', async () => {
    const { port } = await host({ handshakeTimeoutMs: 60_000, accept: () => never });
    const waiting: ClientRequest[] = [];
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const open = (): ClientRequest => {
      const asked = request({ host: '127.0.0.1', port, headers, agent: false });
      asked.on('error', () => {});
      asked.end();
      return asked;
    };
    for (let i = 0; i < 1024; i++) waiting.push(open());
    onTestFinished(() => {
      for (const one of waiting) one.destroy();
    });
    // The last of those that wait may be on its way.
    for (;;) {
      const { status, text } = await Promise.race([
        handshake(port),
        new Promise<Answer>((resolve) => setTimeout(resolve, 500, { status: 0, text: '', headers: {} })),
      ]);
      if (status === 0) continue;
      expect({ status, text }).toEqual({ status: 503, text: '[OVERLOADED] 1024 clients wait to be accepted, limit 1024\n' });
      break;
    }
  }, 60_000);

  it('a server that closes refuses the clients that wait', async () => {
    const asked: AcceptRequest[] = [];
    const { port, server } = await host({
      accept: (one) => {
        asked.push(one);
        return never;
      },
    });
    const [{ socket, received }, websocket] = [await tcp(port), new WebSocket(`ws://127.0.0.1:${port}`)];
    const refused = once(websocket, 'error');
    socket.write(HELLO);
    while (asked.length < 2) await new Promise(setImmediate);
    await Promise.all([server.close(), received.ended(), refused]);
    expect(received.names).toEqual(['Reject 4']);
  });

  it('a client that leaves while it waits gives its place back', async () => {
    let answer: (() => void) | undefined;
    const { port } = await host({
      maxConnectionsPerAddress: 1,
      accept: () =>
        answer === undefined
          ? new Promise<void>((resolve) => {
              answer = resolve;
            })
          : true,
    });
    const { socket } = await tcp(port);
    socket.write(HELLO);
    while (answer === undefined) await new Promise(setImmediate);
    expect(await hello(port)).toEqual(['Reject 4']);
    socket.resetAndDestroy();
    answer();
    while ((await hello(port))[0] !== 'Welcome');
  });
});

describe('path', () => {
  it('other paths get 404', async () => {
    const { port } = await host({ path: '/ws' });
    expect((await handshake(port, {}, '/ws')).status).toBe(101);
    expect((await handshake(port, {}, '/ws?token=1')).status).toBe(101);
    expect(await handshake(port, {}, '/ws/')).toMatchObject({ status: 404, text: 'This path does not accept WebSocket.\n' });
    expect((await handshake(port, {}, '/')).status).toBe(404);
  });
});

describe('maxConnectionsPerAddress', () => {
  const connected = async (port: number): Promise<() => Promise<void>> => {
    const { socket, received } = await tcp(port);
    socket.write(HELLO);
    await received.count(1);
    expect(received.names).toEqual(['Welcome']);
    return async () => {
      socket.end();
      await received.ended();
    };
  };

  it('over both transports', async () => {
    const { port, server }: Host = await host({ maxConnectionsPerAddress: 2 });
    const end = await connected(port);
    expect((await handshake(port)).status).toBe(101);
    expect(await hello(port)).toEqual(['Reject 4']);
    expect(await handshake(port)).toMatchObject({
      status: 503,
      text: '[OVERLOADED] 2 connections of this address are open, limit 2\n',
    });
    await end();
    while (server.connectionCount > 1) await new Promise(setImmediate);
    await connected(port);
    expect(await hello(port)).toEqual(['Reject 4']);
  });

  it('silent sockets of an address are bounded too', async () => {
    const { port } = await host({ maxConnectionsPerAddress: 2 });
    const silent = [];
    for (let i = 0; i < 18; i++) silent.push(await tcp(port));
    const further = await tcp(port);
    await further.received.ended();
    expect(silent.every(({ received }) => !received.isEnded)).toBe(true);
    silent[0].socket.destroy();
    for (;;) {
      const { socket, received } = await tcp(port);
      socket.write(HELLO);
      await received.count(1);
      if (received.names.length > 0) break;
    }
  });
});

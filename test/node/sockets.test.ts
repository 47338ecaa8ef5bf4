// What becomes of sockets: each ends, none is forgotten, and none that fails harms the others. Each test notices a change of one line, which
// it names.
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { answerHello, encodeFrame, ProtocolError } from '../../src/index.js';
import { connect } from '../../src/node/index.js';
import { tcpTransport } from '../../src/node/tcp-transport.js';
import { websocketTransport } from '../../src/node/websocket-transport.js';
import { custom } from '../connection/messages.js';
import { HELLO, LOGIN, loggedInWebsocket, Received, send, tcp, websocket } from './foreign.js';
import { host, TOKEN } from './host.js';
import { CERTIFICATE } from './tls/certificate.js';

/** What would have ended a process. */
let uncaught: unknown[];
const collect = (error: unknown): void => void uncaught.push(error);
beforeEach(() => {
  uncaught = [];
  process.on('uncaughtExceptionMonitor', collect);
});
afterEach(() => {
  process.off('uncaughtExceptionMonitor', collect);
  expect(uncaught).toEqual([]);
});

/** Writes now and then until the peer has gone: a socket whose peer has gone learns it that way. */
async function goneFor(socket: Socket): Promise<void> {
  const timer = setInterval(() => socket.write('x'), 50);
  await expect.poll(() => socket.destroyed, { timeout: 10_000 }).toBe(true);
  clearInterval(timer);
}

/** A client that does not end when the server ends. */
async function halfOpen(port: number, isSecure: boolean): Promise<{ socket: Socket; received: Received; errors: string[] }> {
  const options = { port, host: '127.0.0.1', allowHalfOpen: true };
  const socket = isSecure ? connectTls({ ...options, rejectUnauthorized: false }) : createConnection(options);
  const received = new Received();
  const errors: string[] = [];
  socket.on('data', (chunk) => received.take(chunk));
  socket.on('end', () => received.end());
  socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? error.message));
  onTestFinished(() => void socket.destroy());
  await once(socket, isSecure ? 'secureConnect' : 'connect');
  return { socket, received, errors };
}

describe.each(['tcp', 'tls'])('a server over %s', (transport) => {
  const isSecure = transport === 'tls';
  const tls = isSecure ? CERTIFICATE : undefined;

  it('that closes a connection cuts off a client that does not end', async () => {
    // deadline.ts without the timer that destroys the socket; listening-server.ts and tcp-transport.ts without `endWithin`.
    const { port, logins } = await host({ tls });
    const { socket, received } = await halfOpen(port, isSecure);
    socket.write(Buffer.concat([HELLO, LOGIN]));
    await received.count(2);
    logins[0].close();
    await received.ended();
    await goneFor(socket);
  });

  it('that closes a connection whose reading is paused does not reset it', async () => {
    // tcp-transport.ts: `end` in the place of `endWithin`; `close` without `resume`, if the driver does not see to it.
    const { port, logins, server } = await host({ tls, message: () => new Promise<never>(() => {}) });
    const { socket, received, errors } = await halfOpen(port, isSecure);
    socket.write(Buffer.concat([HELLO, LOGIN]));
    await received.count(2);
    // The handler is busy with the first, so the connection is not read any more at some point.
    const message = send({ ...custom('x'.repeat(50_000)), sequence: 0 });
    for (let i = 0; i < 100; i++) socket.write(message);
    await new Promise((resolve) => setTimeout(resolve, 200));
    logins[0].close(new ProtocolError('DRAINING', 'the end'));
    await received.ended();
    expect(received.names.at(-1)).toBe('error 38');
    await server.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    // It has cut us off by then. What it had not read would have been a reset, and nothing could be written any more.
    expect(await new Promise((resolve) => void socket.write('x', resolve))).toBeFalsy();
    expect(errors).toEqual([]);
  });

  it('forgets closed sockets: they do not count any more', async () => {
    // accepted-sockets.ts: without `close`, or without deleting; http-sockets.ts alike.
    const { client, port } = await host({ tls, maxConnections: 1, http: (_request, response) => void response.end('well') });
    for (const bytes of [HELLO, Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')]) {
      for (let i = 0; i < 300; i += 20) {
        const peers = await Promise.all(Array.from({ length: 20 }, () => halfOpen(port, isSecure)));
        await Promise.all(
          peers.map(async ({ socket }) => {
            socket.removeAllListeners('data');
            socket.write(bytes);
            await once(socket, 'data');
            socket.destroy();
          }),
        );
      }
    }
    await expect
      .poll(() => client(transport, { tls: { rejectUnauthorized: false } }).then(({ state }) => state))
      .toBe('authenticated');
  });

  it('survives sockets that are reset before their first byte, or within a frame', async () => {
    // listening-server.ts without the `error` listener of a socket; tcp-transport.ts without its own.
    const { client, port, server } = await host({ tls });
    for (const bytes of ['', HELLO.subarray(0, 3), 'GET / HT', HELLO]) {
      const { socket } = await tcp(port);
      const secured = isSecure ? connectTls({ socket, rejectUnauthorized: false }).on('error', () => {}) : socket;
      if (isSecure) await once(secured, 'secureConnect');
      if (bytes !== '') secured.write(bytes);
      await new Promise((resolve) => setTimeout(resolve, 30));
      socket.resetAndDestroy();
    }
    // In the middle of a TLS handshake.
    const { socket } = await tcp(port);
    socket.write(Uint8Array.of(0x16, 3, 1, 2, 0));
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket.resetAndDestroy();
    await client(transport, { tls: { rejectUnauthorized: false } });
    await expect.poll(() => server.connectionCount).toBe(1);
  });
});

/** A connection of a server that is not read, and its transport; the client has sent something, and does not end by itself. */
async function pausedTransport(isSecure: boolean, owner = { received: () => {}, drained: () => {}, ended: () => {} }) {
  const accepted: Promise<Socket> = new Promise((resolve) => {
    const server = isSecure ? createTlsServer(CERTIFICATE, resolve) : createServer(resolve);
    server.listen(0, '127.0.0.1', async () => {
      client = await halfOpen((server.address() as AddressInfo).port, isSecure);
      server.close();
    });
  });
  let client!: Awaited<ReturnType<typeof halfOpen>>;
  const socket = await accepted;
  const transport = tcpTransport(socket, owner);
  transport.pause!();
  await expect.poll(() => client).toBeDefined();
  client.socket.write(new Uint8Array(1_000_000));
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { socket, transport, client };
}

it.each([false, true])('the transport of a paused socket continues reading when it closes (TLS: %s)', async (isSecure) => {
  // tcp-transport.ts: `close` without `resume`, which the driver sees to as well.
  const { socket, transport, client } = await pausedTransport(isSecure);
  transport.write([HELLO]);
  transport.close(0, '');
  await client.received.ended();
  expect(client.received.names).toEqual(['Hello']);
  await expect.poll(() => socket.destroyed, { timeout: 10_000 }).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  // What had not been read would have been a reset, and nothing could be written any more.
  expect(await new Promise((resolve) => void client.socket.write('x', resolve))).toBeFalsy();
});

it('a transport delivers nothing after it was closed', async () => {
  // tcp-transport.ts and websocket-transport.ts: without `isClosing`, which the session sees to as well; websocket-transport.ts: `close` without `resume`.
  const got: string[] = [];
  const owner = (name: string) => ({ received: () => void got.push(name), drained: () => {}, ended: () => {} });
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [accepted] = (await once(server, 'connection')) as [WebSocket];
  await once(client, 'open');
  const transport = websocketTransport(accepted, owner('ws'));
  transport.pause!();
  for (let i = 0; i < 100; i++) client.send(new Uint8Array(50_000));
  transport.close(1000, '');
  // Only who reads on gets to the answer of the client.
  const [code] = await once(accepted, 'close');
  expect([got, code]).toEqual([[], 1000]);

  const { transport: below, client: peer, socket } = await pausedTransport(false, owner('tcp'));
  below.close(0, '');
  await peer.received.ended();
  peer.socket.end();
  await once(socket, 'close');
  expect(got).toEqual([]);
});

it('the end of a server does not wait for silent clients', async () => {
  // listening-server.ts: `close` without `destroySilent`.
  const { port, logins, server } = await host();
  const { socket, received } = await halfOpen(port, false);
  socket.write(Buffer.concat([HELLO, LOGIN]));
  await received.count(2);
  const silent = await tcp(port);
  await expect.poll(() => logins.length).toBe(1);
  let isClosed = false;
  const closed = server.close().then(() => {
    isClosed = true;
  });
  await silent.received.ended();
  // It waits for the one that does not end.
  expect(isClosed).toBe(false);
  await closed;
});

it('a TLS handshake that fails ends the socket', async () => {
  // listening-server.ts without `tlsClientError`.
  const { port } = await host({ tls: CERTIFICATE, handshakeTimeoutMs: 200 });
  const silent = await tcp(port);
  await silent.received.ended();
});

describe('a WebSocket', () => {
  it('is cut off if its client does not complete the close', async () => {
    // http-port.ts without `closeTimeout`.
    const { port, logins } = await host();
    const { socket } = await loggedInWebsocket(port);
    const below = (socket as unknown as { _socket: Socket })._socket;
    below.removeAllListeners('data');
    below.removeAllListeners('end');
    below.resume();
    logins[0].close();
    await goneFor(below);
  });

  it('whose reading is paused is still closed', async () => {
    // websocket-transport.ts: `close` without `resume`, if the driver does not see to it.
    const { port, logins } = await host({ message: () => new Promise<never>(() => {}) });
    const { socket, received } = await loggedInWebsocket(port);
    const message = send({ ...custom('x'.repeat(50_000)), sequence: 0 });
    for (let i = 0; i < 100; i++) socket.send(message);
    await new Promise((resolve) => setTimeout(resolve, 200));
    logins[0].close(new ProtocolError('DRAINING', 'the end'));
    await received.ended();
    // 1006 were a connection that was cut off.
    expect([received.names.at(-1), received.closeCode]).toEqual(['error 38', 4038]);
  });

  it('receives nothing after it began to close', async () => {
    // websocket-transport.ts: `message` without `isClosing`.
    const { port, ends } = await host({ login: () => new Promise<never>(() => {}) });
    const { socket, received } = await websocket(port);
    socket.send('text');
    socket.send(HELLO);
    await received.ended();
    expect([received.names, received.closeCode, ends]).toEqual([[], 1003, ['CLOSED']]);
  });
});

describe('a client', () => {
  /** A server that is not of this library: it answers Hello and LOGIN, which come in one flight or one after the other, and ends nothing. */
  async function stubborn(): Promise<{ port: number; sockets: Socket[] }> {
    const sockets: Socket[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket.on('error', () => {}));
      const received = new Received();
      socket.on('data', (chunk) => {
        received.take(chunk);
        for (const frame of received.frames.splice(0)) {
          if (frame.type === 'Hello') socket.write(encodeFrame('Welcome', answerHello(frame.message, ANSWER).welcome!));
          else if (frame.type === 'SendInfo' && frame.message.sequence !== 0) socket.write(accepted(frame.message.sequence));
        }
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return { port: (server.address() as AddressInfo).port, sockets };
  }
  const ANSWER = { versions: [1], connectionId: 'c', heartbeatIntervalMs: 30_000, serverTimeMs: 0n };
  const accepted = (replyTo: number): Uint8Array =>
    send({ cmd: 1, replyTo, data: { $case: 'session', value: { userId: 1n, terminal: 1, sessionId: 's' } } });

  it('that closes cuts off a server that does not end', async () => {
    // deadline.ts, as above.
    const { port, sockets } = await stubborn();
    const client = await connect(`tcp://127.0.0.1:${port}`, { login: TOKEN });
    await client.close();
    await goneFor(sockets[0]);
  });

  it.each(['tcp', 'tls', 'ws', 'wss'])('over %s that ends while it connects leaves no socket', async (protocol) => {
    // connect.ts: `cancelUnless` without `end`.
    const sockets: Socket[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => void sockets.push(socket.on('error', () => {})));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const signal = AbortSignal.timeout(200);
    await expect(connect(`${protocol}://127.0.0.1:${port}`, { login: TOKEN, signal })).rejects.toThrow();
    await expect.poll(() => sockets.length).toBe(1);
    await goneFor(sockets[0]);
  });

  it.each(['tls', 'wss'])('over %s rejects if the server resets it during the handshake', async (protocol) => {
    // connect.ts without the `error` listener.
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.resetAndDestroy());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await expect(connect(`${protocol}://127.0.0.1:${port}`, { login: TOKEN })).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('refuses permessage-deflate, and messages over its limit', async () => {
    // connect.ts without `perMessageDeflate: false`, or without `maxPayload`.
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true });
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connected = once(server, 'connection');
    const connecting = connect(`ws://127.0.0.1:${port}`, { login: TOKEN, maxFrameBytes: 16_384 });
    connecting.catch(() => {});
    const [socket] = await connected;
    expect(socket.extensions).toBe('');
    const closed = once(socket, 'close');
    socket.send(new Uint8Array(16_385));
    expect((await closed)[0]).toBe(1009);
    await expect(connecting).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it.each(['tcp://127.0.0.1', 'tls://127.0.0.1', 'tcp://:1', 'http://127.0.0.1'])('refuses %s', async (url) => {
    // connect.ts without its checks of the address.
    await expect(connect(url, { login: TOKEN })).rejects.toBeInstanceOf(TypeError);
  });
});

it('an IP address is not sent as the server name of TLS', async () => {
  // connect.ts without `isIP`: Node warns, and a later one refuses.
  const names: (string | false | null)[] = [];
  const server = createTlsServer(CERTIFICATE, (socket) => {
    names.push(socket.servername);
    socket.destroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await connect(`tls://127.0.0.1:${port}`, { login: TOKEN, tls: { rejectUnauthorized: false } }).catch(() => {});
  await connect(`tls://localhost:${port}`, { login: TOKEN, tls: { rejectUnauthorized: false } }).catch(() => {});
  expect(names).toEqual([false, 'localhost']);
});

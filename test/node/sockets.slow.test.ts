// What becomes of sockets: each ends, none is forgotten, and none that fails harms the others. Each test notices a change of one line, which
// it names.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { answerHello, encodeFrame, ProtocolError } from '../../src/index.js';
import { connect } from '../../src/node/index.js';
import { websocketTransport } from '../../src/node/websocket-transport.js';
import { custom } from '../connection/messages.js';
import { HELLO, LOGIN, loggedInWebsocket, Received, send, tcp, websocket } from './foreign.js';
import { host, TOKEN } from './host.js';
import { goneFor, halfOpen, pausedTransport, socketsSuite, watchUncaught } from './sockets-suite.js';
import { CERTIFICATE } from './tls/certificate.js';

describe.each(['tcp', 'tls'] as const)('a server over %s', (transport) => socketsSuite(transport));

watchUncaught();

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

// The sockets of a server, over TCP and TLS: sockets.slow.test.ts.
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { ProtocolError } from '../../src/index.js';
import { tcpTransport } from '../../src/node/tcp-transport.js';
import { custom } from '../connection/messages.js';
import { HELLO, LOGIN, Received, send, tcp } from './foreign.js';
import { host } from './host.js';
import { CERTIFICATE } from './tls/certificate.js';

/** Fails a test after an error that would have ended a process. */
export function watchUncaught(): void {
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
}

/** Writes now and then until the peer has gone: a socket whose peer has gone learns it that way. */
export async function goneFor(socket: Socket): Promise<void> {
  const timer = setInterval(() => socket.write('x'), 50);
  await expect.poll(() => socket.destroyed, { timeout: 10_000 }).toBe(true);
  clearInterval(timer);
}

/** A client that does not end when the server ends. */
export async function halfOpen(
  port: number,
  isSecure: boolean,
): Promise<{ socket: Socket; received: Received; errors: string[] }> {
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

/** A connection of a server that is not read, and its transport; the client has sent something, and does not end by itself. */
export async function pausedTransport(isSecure: boolean, owner = { received: () => {}, drained: () => {}, ended: () => {} }) {
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

/** @param transport of the server and its clients. */
export function socketsSuite(transport: 'tcp' | 'tls'): void {
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

  it('continues reading from a paused socket when its transport closes', async () => {
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
}

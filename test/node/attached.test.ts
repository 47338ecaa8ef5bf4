// A server that is attached to an HTTP server of the application.
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { connect, type ListenOptions, listen } from '../../src/node/index.js';
import { ASK, ask, textOf } from '../connection/messages.js';
import { handshake } from './handshake.js';
import { host, TOKEN } from './host.js';
import { CERTIFICATE } from './tls/certificate.js';

/** An HTTP server that listens, and ends with the test. */
async function listening<S extends HttpServer>(server: S): Promise<{ server: S; port: number }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => void server.close(() => resolve()));
  });
  return { server, port: (server.address() as AddressInfo).port };
}

const attached = (server: HttpServer, options: Partial<ListenOptions> = {}) => host({ host: undefined, server, ...options });

async function works(url: string): Promise<void> {
  const client = await connect(url, { login: TOKEN, tls: { rejectUnauthorized: false } });
  onTestFinished(async () => void (await client.close()));
  expect(textOf(await client.request(ASK, ask('a')))).toBe('re a');
}

describe('attached to a server of node:http', () => {
  it('serves WebSocket, and the server its requests', async () => {
    const { server, port } = await listening(createServer((_request, response) => response.end('page')));
    const { logins, server: attachedServer } = await attached(server);
    await works(`ws://127.0.0.1:${port}/any?x=1`);
    expect(attachedServer.port).toBe(port);
    expect(logins[0]).toMatchObject({
      transport: 'websocket',
      remoteAddress: '127.0.0.1',
      httpRequest: { url: '/any?x=1', headers: { host: `127.0.0.1:${port}`, upgrade: 'websocket' } },
    });
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page');
  });

  it('before it listens', async () => {
    const server = createServer();
    const { server: early } = await attached(server);
    expect(early.port).toBe(0);
    const { port } = await listening(server);
    await works(`ws://127.0.0.1:${port}`);
    expect(early.port).toBe(port);
  });

  it('over HTTPS', async () => {
    const { server, port } = await listening(createHttpsServer(CERTIFICATE));
    await attached(server);
    await works(`wss://127.0.0.1:${port}`);
  });

  it('leaves other paths to their owners', async () => {
    const { server, port } = await listening(createServer());
    const owner = new WebSocketServer({ noServer: true });
    await attached(server, { path: '/im' });
    server.on('upgrade', (request, socket, head) => {
      if (request.url !== '/other') return;
      owner.handleUpgrade(request, socket, head, (websocket) => websocket.send('of the other'));
    });
    const other = new WebSocket(`ws://127.0.0.1:${port}/other`);
    onTestFinished(() => other.terminate());
    expect(String((await once(other, 'message'))[0])).toBe('of the other');
    await works(`ws://127.0.0.1:${port}/im`);
  });

  it('other paths get 404 if nobody else listens', async () => {
    const { server, port } = await listening(createServer());
    await attached(server, { path: '/im' });
    expect(await handshake(port, {}, '/other')).toMatchObject({ status: 404, text: 'This path does not accept WebSocket.\n' });
  });

  it('two on one server, by their paths', async () => {
    const { server, port } = await listening(createServer());
    const [one, two] = [await attached(server, { path: '/one', idPrefix: 'one-' }), await attached(server, { idPrefix: 'two-' })];
    await works(`ws://127.0.0.1:${port}/one?a`);
    await works(`ws://127.0.0.1:${port}/else`);
    expect([one.logins[0].id, two.logins[0].id]).toEqual(['one-1', 'two-1']);
    await expect(attached(server, { path: '/one' })).rejects.toThrow('another server is attached with the same path');
    await expect(attached(server)).rejects.toThrow('another server is attached without a path');
    await one.server.close();
    // Its path belongs to the other one now.
    await works(`ws://127.0.0.1:${port}/one`);
    await attached(server, { path: '/one' });
  });

  it('refuses before the handshake', async () => {
    const { server, port } = await listening(createServer());
    const { server: refusing } = await attached(server, {
      accept: ({ origin }) => origin === 'https://im.example',
      maxConnectionsPerAddress: 1,
    });
    expect((await handshake(port, { Origin: 'https://evil.example' })).status).toBe(403);
    expect((await handshake(port, { Origin: 'https://im.example' })).status).toBe(101);
    expect((await handshake(port, { Origin: 'https://im.example' })).status).toBe(503);
    expect(refusing.connectionCount).toBe(1);
  });

  it('closes without the HTTP server, and leaves no listener', async () => {
    const { server, port } = await listening(createServer((_request, response) => response.end('page')));
    const before = server.listenerCount('upgrade');
    const { server: closing, ends } = await attached(server);
    const client = await connect(`ws://127.0.0.1:${port}`, { login: TOKEN, reconnect: false });
    await closing.close();
    await client.close();
    expect([closing.connectionCount, ends, server.listenerCount('upgrade') - before]).toEqual([0, [undefined], 0]);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page');
    await closing.close();
  });

  it('refuses the clients that wait for accept when it closes', async () => {
    const { server, port } = await listening(createServer());
    const asked: unknown[] = [];
    const { server: closing } = await attached(server, {
      accept: (request) => {
        asked.push(request);
        return new Promise(() => {});
      },
    });
    const answer = handshake(port);
    while (asked.length === 0) await new Promise(setImmediate);
    await closing.close();
    expect(await answer).toMatchObject({ status: 503, text: '[OVERLOADED] the server is going to close\n' });
    expect(server.listenerCount('upgrade')).toBe(0);
  });

  it('a listener that ends the upgrades of others after a while, as that of Socket.IO, leaves its own alone', async () => {
    const { server, port } = await listening(createServer());
    const { server: attachedServer } = await attached(server, { path: '/im' });
    server.on('upgrade', (_request, socket) => {
      setTimeout(() => {
        if (socket.writable && (socket as Socket).bytesWritten <= 0) socket.end();
      }, 20);
    });
    await works(`ws://127.0.0.1:${port}/im`);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(attachedServer.connectionCount).toBe(1);
  });

  it('drains: open requests are answered, new clients get 503', async () => {
    const { server, port } = await listening(createServer());
    let answer = (): void => {};
    const { server: draining } = await attached(server, {
      message: ({ cmd, data }) =>
        new Promise((resolve) => {
          answer = () => resolve({ cmd, data });
        }),
    });
    const client = await connect(`ws://127.0.0.1:${port}`, { login: TOKEN, reconnect: false });
    const asked = client.request(ASK, ask('late'));
    while (server.listenerCount('upgrade') === 0) await new Promise(setImmediate);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const drained = draining.drain({ graceMs: 5000, reconnectAfterMs: 0 });
    expect(await handshake(port)).toMatchObject({ status: 503, text: '[OVERLOADED] the server is going to close\n' });
    answer();
    expect(textOf(await asked)).toBe('late');
    await client.close();
    await drained;
    expect(server.listening).toBe(true);
  });
});

it.each<[Partial<ListenOptions>, string]>([
  [{ server: createServer(), port: 0 }, '[INVALID_MESSAGE] port: not together with server'],
  [{ server: createServer(), tls: {} }, '[INVALID_MESSAGE] tls: not together with server'],
  [{ server: createServer(), http: () => {} }, '[INVALID_MESSAGE] http: not together with server'],
  [{ server: createServer(), websocket: false }, '[INVALID_MESSAGE] websocket: must not be false with server'],
  [{ unix: '/tmp/x', port: 1 }, '[INVALID_MESSAGE] port: not together with unix'],
  [{ unix: '/tmp/x', tls: {} }, '[INVALID_MESSAGE] tls: not together with unix'],
  [{ fd: 3, unix: '/tmp/x' }, '[INVALID_MESSAGE] fd: not together with unix'],
  [{ path: 'ws' }, '[INVALID_MESSAGE] path: expected a path that begins with a slash, without a query'],
  [{ path: '/ws?a' }, '[INVALID_MESSAGE] path: expected a path that begins with a slash, without a query'],
  [{ maxConnectionsPerAddress: 0 }, '[INVALID_MESSAGE] maxConnectionsPerAddress: expected an integer from 1 on, got 0'],
  [{ maxConnectionsPerAddress: 1.5 }, '[INVALID_MESSAGE] maxConnectionsPerAddress: expected an integer from 1 on, got 1.5'],
  [{ sessions: 'many' as 'unlimited' }, '[INVALID_MESSAGE] sessions: expected one-per-terminal, one-per-device, unlimited'],
])('options that exclude each other: %o', async (options, message) => {
  await expect(listen({ login: () => ({}), message: () => undefined, ...options })).rejects.toMatchObject({ message });
});

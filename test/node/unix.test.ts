// Unix sockets in place of a port.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { HELLO, Received } from './foreign.js';
import { host } from './host.js';
import { socketPath, tcpOver } from './unix-sockets.js';

async function websocketOver(path: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const websocket = new WebSocket(`ws+unix://${path}:/ws`, ['im.v1', 'im'], { headers });
  onTestFinished(() => websocket.terminate());
  await once(websocket, 'open');
  return websocket;
}

it('frames, WebSocket and HTTP over a Unix socket', async () => {
  const unix = socketPath();
  const { server, logins } = await host({
    host: undefined,
    unix,
    sessions: 'unlimited',
    http: (_request, response) => response.end('well'),
  });
  // Several at once: they have no addresses.
  const [one, two] = await Promise.all([tcpOver(unix), tcpOver(unix), websocketOver(unix)]);
  expect([one.names, two.names]).toEqual([
    ['Welcome', '1'],
    ['Welcome', '1'],
  ]);
  const asked = request({ socketPath: unix, path: '/' }).end();
  const [response] = await once(asked, 'response');
  expect(response.statusCode).toBe(200);
  response.resume();
  expect([server.port, server.connectionCount, logins[0].remoteAddress]).toEqual([0, 3, '']);
  await server.close();
  expect(existsSync(unix)).toBe(false);
});

it('silent and refused clients of a Unix socket', async () => {
  const unix = socketPath();
  const { server } = await host({
    host: undefined,
    unix,
    handshakeTimeoutMs: 50,
    maxConnections: 1,
    maxConnectionsPerAddress: 1,
  });
  const received = new Received();
  const silent = createConnection(unix)
    .on('data', (chunk) => received.take(chunk))
    .on('close', () => received.end());
  onTestFinished(() => void silent.destroy());
  await received.ended();
  expect(received.names).toEqual(['Reject 5']);
  await server.close();
});

it('the proxy of a Unix socket names its client', async () => {
  const unix = socketPath();
  const seen: string[] = [];
  await host({ host: undefined, unix, trustProxy: ['unix'], accept: ({ remoteAddress }) => void seen.push(remoteAddress) });
  await websocketOver(unix, { 'X-Forwarded-For': '192.0.2.1' });
  expect(seen).toEqual(['192.0.2.1']);
});

it('without trust, a Unix socket names nobody', async () => {
  const unix = socketPath();
  const seen: string[] = [];
  await host({ host: undefined, unix, trustProxy: ['127.0.0.1'], accept: ({ remoteAddress }) => void seen.push(remoteAddress) });
  await websocketOver(unix, { 'X-Forwarded-For': '192.0.2.1' });
  expect(seen).toEqual(['']);
});

it('a PROXY header over a Unix socket names the client', async () => {
  const unix = socketPath();
  const seen: string[] = [];
  await host({
    host: undefined,
    unix,
    trustProxy: ['unix'],
    proxyProtocol: true,
    maxConnectionsPerAddress: 1,
    accept: ({ remoteAddress }) => void seen.push(remoteAddress),
  });
  const names: string[] = [];
  for (const source of ['192.0.2.1', '192.0.2.1', '192.0.2.2']) {
    const received = new Received();
    const socket = createConnection(unix).on('data', (chunk) => received.take(chunk));
    onTestFinished(() => void socket.destroy());
    socket.write(`PROXY TCP4 ${source} 198.51.100.7 5000 443\r\n`);
    socket.write(HELLO);
    await received.count(1);
    names.push(...received.names);
  }
  expect([names, seen]).toEqual([
    ['Welcome', 'Reject 4', 'Welcome'],
    ['192.0.2.1', '192.0.2.2'],
  ]);
});

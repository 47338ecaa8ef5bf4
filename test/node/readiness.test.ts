// Whether a server is ready: its status, what health checks get, and a drain that is announced.
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { answerHealth, connect, type ListenOptions, type Server } from '../../src/node/index.js';
import { type Host, host, TOKEN } from './host.js';

async function healthy(options: Partial<ListenOptions> = {}): Promise<Host> {
  const made: Host = await host({
    http: (request, response) => answerHealth(made.server, request, response) || response.writeHead(404).end(),
    ...options,
  });
  return made;
}

async function check(port: number, path: string, method = 'GET'): Promise<[status: number, body: string]> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return [response.status, await response.text()];
}

const checks = async (port: number) => [await check(port, '/healthz'), await check(port, '/readyz')];

it('a server is ready until maxConnections are open, and again when one of them has closed', async () => {
  const { server, port, client } = await healthy({ maxConnections: 2, sessions: 'unlimited' });
  await client('tcp');
  expect([server.status, await checks(port)]).toEqual([
    'ready',
    [
      [200, '{"status":"ready"}\n'],
      [200, '{"status":"ready"}\n'],
    ],
  ]);
  const second = await client('ws', { login: { accessToken: 'b' }, reconnect: false });
  expect([server.status, await checks(port)]).toEqual([
    'full',
    [
      [200, '{"status":"full"}\n'],
      [503, '{"status":"full"}\n'],
    ],
  ]);
  await second.close();
  await expect.poll(() => server.status).toBe('ready');
});

it('answers GET and HEAD of its two paths, with a query too, and nothing else', async () => {
  const { port } = await healthy();
  expect(await check(port, '/readyz?verbose=1')).toEqual([200, '{"status":"ready"}\n']);
  expect(await check(port, '/readyz', 'HEAD')).toEqual([200, '']);
  expect(await check(port, '/healthz', 'POST')).toEqual([405, '']);
  for (const path of ['/', '/readyz/', '/healthz/readyz', '/READYZ']) expect(await check(port, path)).toEqual([404, '']);
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect([response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual(['application/json', 'no-store']);
  const [refused] = (await once(
    httpRequest({ port, host: '127.0.0.1', path: '/readyz', method: 'DELETE' }).end(),
    'response',
  )) as [IncomingMessage];
  expect([refused.statusCode, refused.headers.allow]).toEqual([405, 'GET, HEAD']);
  refused.resume();
});

it.each(['tcp', 'ws'])(
  'while it leaves, it is not ready and still accepts clients over %s; the end of the wait begins the drain',
  async (protocol) => {
    const { server, port, client, url } = await healthy();
    const early = await client(protocol, { login: { accessToken: 'a', deviceId: 'a' } });
    const drained = server.drain({ notReadyMs: 600_000, graceMs: 10_000 });
    expect([server.status, await checks(port)]).toEqual([
      'leaving',
      [
        [200, '{"status":"leaving"}\n'],
        [503, '{"status":"leaving"}\n'],
      ],
    ]);
    const late = await connect(url(protocol), { login: { accessToken: 'b', deviceId: 'a' }, reconnect: false });
    onTestFinished(async () => void (await late.close()));
    expect([late.state, server.status]).toEqual(['authenticated', 'leaving']);
    await early.close();
    // The second call does not wait.
    const again = server.drain({ notReadyMs: 600_000, graceMs: 10_000 });
    expect(server.status).toBe('draining');
    await late.close();
    await Promise.all([drained, again]);
    expect(server.status).toBe('closed');
  },
);

it('drains after notReadyMs', async () => {
  const { server, client, ends } = await healthy();
  const connected = await client('tcp', { reconnect: false });
  await server.drain({ notReadyMs: 50, graceMs: 0 });
  expect([(await connected.closed)?.code, server.status, ends]).toEqual(['CLOSED', 'closed', ['DRAINING']]);
});

it('close ends the wait', async () => {
  const { server, client } = await healthy();
  const connected = await client('tcp', { reconnect: false });
  const drained = server.drain({ notReadyMs: 600_000 });
  await server.close();
  await drained;
  expect([(await connected.closed)?.code, server.status]).toEqual(['CLOSED', 'closed']);
});

it.each([
  [{ notReadyMs: -1 }, 'notReadyMs: expected an integer from 0 to 2147483647, got -1'],
  [{ notReadyMs: 0.5 }, 'notReadyMs: expected an integer from 0 to 2147483647, got 0.5'],
  [{ notReadyMs: 2 ** 31 }, 'notReadyMs: expected an integer from 0 to 2147483647, got 2147483648'],
  [{ notReadyMs: 1000, graceMs: 600_001 }, 'SendInfo breaks 1 rule: drain.graceMs: got 600001, limit 600000'],
  [{ notReadyMs: 1000, grace: 1 }, 'SendInfo breaks 1 rule: drain.grace: no field of im.protocol.v1.DrainInfo'],
])('refuses %j, and stays ready', async (options, text) => {
  const { server } = await healthy();
  await expect(server.drain(options)).rejects.toMatchObject({ code: 'INVALID_MESSAGE', message: `[INVALID_MESSAGE] ${text}` });
  expect(server.status).toBe('ready');
});

it('an Express application answers for a server that is attached to it, during the drain too', async () => {
  const app = express();
  const http = createServer(app).listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  const { port } = http.address() as AddressInfo;
  let server: Server | undefined;
  app.use((request, response, next) => {
    if (server === undefined || !answerHealth(server, request, response)) next();
  });
  ({ server } = await host({ host: undefined, server: http }));
  const client = await connect(`ws://127.0.0.1:${port}`, { login: TOKEN, reconnect: false });
  expect(await check(port, '/readyz')).toEqual([200, '{"status":"ready"}\n']);
  const drained = server.drain({ graceMs: 10_000 });
  expect(await check(port, '/readyz')).toEqual([503, '{"status":"draining"}\n']);
  await client.close();
  await drained;
  expect(await checks(port)).toEqual([
    [200, '{"status":"closed"}\n'],
    [503, '{"status":"closed"}\n'],
  ]);
});

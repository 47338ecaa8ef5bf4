// Callbacks that fail, over real sockets: see test/connection/callbacks.test.ts for each way to fail.
import { expect, it, vi } from 'vitest';
import { printError } from '../../src/callbacks.js';
import type { ServerErrorContext } from '../../src/node/index.js';
import { host } from './host.js';

it('an http handler that fails answers 500, or ends a started response; onError gets the error', async () => {
  const errors: [unknown, ServerErrorContext][] = [];
  const { port } = await host({
    http: async (request, response) => {
      if (request.url === '/begun') response.write('half');
      throw new Error(request.url);
    },
    onError: (error, context) => void errors.push([error, context]),
  });
  const url = `http://127.0.0.1:${port}`;
  expect((await fetch(`${url}/fresh`)).status).toBe(500);
  await expect(fetch(`${url}/begun`).then((response) => response.text())).rejects.toThrow();
  expect(errors.map(([error, context]) => [(error as Error).message, context])).toEqual([
    ['/fresh', { callback: 'http' }],
    ['/begun', { callback: 'http' }],
  ]);
});

it('an http handler that makes a 500 impossible, or writes after the end, ends no process', async () => {
  const errors: unknown[] = [];
  const { port } = await host({
    http: ({ url }, response) => {
      if (url === '/twice') {
        response.end('once');
        response.end('twice');
        return;
      }
      if (url === '/status') response.statusMessage = 'two\nlines';
      if (url === '/length') response.strictContentLength = true;
      if (url === '/own') response.writeHead = () => fail('writeHead');
      response.setHeader('Content-Length', '5');
      fail(String(url));
    },
    onError: (error) => void errors.push((error as Error).message),
  });
  const fail = (text: string): never => {
    throw new Error(text);
  };
  const url = `http://127.0.0.1:${port}`;
  expect((await fetch(`${url}/status`)).status).toBe(500);
  expect((await fetch(`${url}/length`)).status).toBe(500);
  await expect(fetch(`${url}/own`)).rejects.toThrow();
  expect(await (await fetch(`${url}/twice`)).text()).toBe('once');
  await expect.poll(() => errors, { timeout: 10_000 }).toEqual(['/status', '/length', '/own', 'write after end']);
});

it('an error whose text is not a string is printed', () => {
  const lines: string[] = [];
  const write = vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)));
  const text = {
    toString() {
      throw new Error('no text');
    },
  };
  for (const message of [Symbol('a symbol'), text, null])
    printError(Object.assign(new Error('x'), { message }), { callback: 'login' });
  write.mockRestore();
  expect(lines.map((line) => line.replace(/ at .*/, '').trimEnd())).toEqual([
    '@im/protocol: login: Symbol(a symbol)',
    '@im/protocol: login: an error that cannot be shown',
    '@im/protocol: login: Error: null',
  ]);
});

it('a login that never answers does not hold a connection, over either transport', async () => {
  const { client, server } = await host({ login: () => new Promise(() => {}), loginTimeoutMs: 200, onError: () => {} });
  for (const protocol of ['tcp', 'ws']) await expect(client(protocol)).rejects.toMatchObject({ code: 'OVERLOADED' });
  await expect.poll(() => server.connectionCount, { timeout: 10_000 }).toBe(0);
});

it('an error of the application crosses TCP and WebSocket in both directions', async () => {
  const { ProtocolError } = await import('../../src/index.js');
  const { client, server } = await host({
    login: ({ accessToken }) => {
      if (accessToken === 'banned') throw new ProtocolError(1002, 'banned', { retryAfterMs: 60_000 });
      return { userId: 1n, terminal: 1 };
    },
    message: () => {
      throw new ProtocolError(1001, 'full', { retryAfterMs: 70 });
    },
  });
  for (const protocol of ['tcp', 'ws']) {
    const onRequest = (): never => {
      throw new ProtocolError(1003, 'busy', { retryAfterMs: 5 });
    };
    const connected = await client(protocol, { onRequest });
    await expect(connected.request(1000, undefined)).rejects.toMatchObject({
      code: 1001,
      retryAfterMs: 70,
      message: '[1001] the peer refused 1000: "full"',
    });
    await expect(server.connections.get(1n, 1)!.request({ cmd: 1000 })).rejects.toMatchObject({ code: 1003, retryAfterMs: 5 });
    await expect(client(protocol, { login: { accessToken: 'banned' } })).rejects.toMatchObject({
      code: 1002,
      retryAfterMs: 60_000,
    });
    await connected.close();
  }
});

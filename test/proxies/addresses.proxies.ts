// What a server knows of clients behind nginx and HAProxy: their addresses, their Origin, large frames.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type Client, type ConnectOptions, connect } from '../../src/node/index.js';
import type { ServerSettings } from './processes/server.js';
import { type RunningProxy, startHaproxy, startNginx } from './proxy.js';
import { type ServerProcess, startServer } from './server-process.js';

const TRUST = { trustProxy: ['127.0.0.1'] };
/** The command of the server that returns its data. */
const ECHO = 1001;
const LARGE = { maxFrameBytes: 8 * 2 ** 20, maxQueuedBytes: 32 * 2 ** 20 };

interface Front {
  readonly proxy: RunningProxy;
  readonly server: ServerProcess;
}

/** One server behind a proxy, twice as upstream. */
async function front(start: (server: ServerProcess) => Promise<RunningProxy>, settings: ServerSettings): Promise<Front> {
  const server = await startServer(settings);
  return { proxy: await start(server), server };
}

type Upstreams = { ports: [number, number] };
const upstreams = ({ port }: ServerProcess): Upstreams => ({ ports: [port, port] });

const http = (settings: ServerSettings = {}, replaced = {}): Promise<Front> =>
  front((server) => startNginx('http', { ...upstreams(server), replaced }), {
    ...settings,
    options: { ...TRUST, ...settings.options },
  });
const stream = (settings: ServerSettings = {}): Promise<Front> =>
  front((server) => startNginx('stream', upstreams(server)), {
    ...settings,
    options: { ...TRUST, proxyProtocol: true, ...settings.options },
  });
const haproxy = (settings: ServerSettings = {}): Promise<Front> =>
  front((server) => startHaproxy(upstreams(server)), {
    ...settings,
    options: { ...TRUST, proxyProtocol: true, ...settings.options },
  });

/** A client with a source address. */
async function from(
  localAddress: string,
  protocol: string,
  { port, ca }: RunningProxy,
  options: Partial<ConnectOptions> = {},
): Promise<Client> {
  const tls = { ca, localAddress } as ConnectOptions['tls'];
  const client = await connect(`${protocol}://127.0.0.1:${port}/ws`, {
    login: { accessToken: '1' },
    tls,
    reconnect: false,
    ...options,
  });
  onTestFinished(async () => void (await client.close()));
  return client;
}

/** The addresses of the clients that have logged in. */
const logins = ({ lines }: ServerProcess): unknown[] =>
  lines.filter(({ login }) => login !== undefined).map(({ login }) => login);

/** A WebSocket of another library: the status of its handshake, with 101 for success. */
async function handshake({ port, ca }: RunningProxy, headers: Record<string, string>, localAddress: string): Promise<number> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, ['im.v2', 'im'], { ca, headers, localAddress });
  onTestFinished(() => socket.terminate());
  socket.on('error', () => {});
  const opened = once(socket, 'open').then(() => 101);
  const refused = once(socket, 'unexpected-response').then(([, response]) => (response as IncomingMessage).statusCode ?? 0);
  return Promise.race([opened, refused]);
}

describe.each([
  ['nginx, http', 'wss', 'websocket', http],
  ['nginx, stream', 'tls', 'tcp', stream],
  ['nginx, stream', 'wss', 'websocket', stream],
  ['HAProxy', 'tls', 'tcp', haproxy],
  ['HAProxy', 'wss', 'websocket', haproxy],
] as const)('%s, %s', (_name, protocol, transport, start) => {
  it('the server knows the addresses of its clients', async () => {
    const { proxy, server } = await start({ options: { sessions: 'unlimited' } });
    const sources = ['127.0.0.2', '127.0.0.77', '127.9.9.9'];
    for (const source of sources) await from(source, protocol, proxy);
    await expect.poll(() => logins(server)).toEqual(sources);
    expect(new Set(server.lines.slice(1).map((line) => line.transport))).toEqual(new Set([transport]));
  });

  it('limits the connections of an address, not of the proxy', async () => {
    const { proxy } = await start({ options: { sessions: 'unlimited', maxConnectionsPerAddress: 2 } });
    for (const source of ['127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.3', '127.0.0.4']) await from(source, protocol, proxy);
    await expect(from('127.0.0.3', protocol, proxy)).rejects.toThrow(protocol === 'tls' ? '[OVERLOADED]' : '503');
    // The refusal does not take the server out.
    await from('127.0.0.5', protocol, proxy);
  });

  it('large frames arrive unchanged, in both directions', async () => {
    const { proxy } = await start({ options: LARGE });
    const client = await from('127.0.0.2', protocol, proxy, LARGE);
    const value = randomBytes(7 * 2 ** 20);
    const digest = createHash('sha256').update(value).digest('hex');
    const [first, second] = await Promise.all(
      [1, 2].map(() => client.request(ECHO, { typeUrl: 'a/b', value }, { timeoutMs: 60_000 })),
    );
    for (const reply of [first, second] as unknown as { value: Uint8Array }[])
      expect(createHash('sha256').update(reply.value).digest('hex')).toBe(digest);
  });
});

describe('false headers of a client', () => {
  const FALSE = { 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=203.0.113.9', 'X-Real-IP': '203.0.113.9' };
  const accepted = ({ lines }: ServerProcess): unknown[] => lines.flatMap(({ accept }) => (accept === undefined ? [] : [accept]));

  it.each([
    ['nginx replaces them', {}],
    ['nginx appends to them', { '$remote_addr;': '$proxy_add_x_forwarded_for;' }],
  ])('are not believed: %s', async (_name, replaced) => {
    const { proxy, server } = await http({}, replaced);
    expect(await handshake(proxy, FALSE, '127.0.0.8')).toBe(101);
    await expect.poll(() => accepted(server)).toEqual(['127.0.0.8']);
  });

  it('are not believed of a client that connects directly, nor is its PROXY header', async () => {
    const { server } = await http();
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, ['im.v2'], { headers: FALSE, localAddress: '127.0.0.9' });
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    await expect.poll(() => accepted(server)).toEqual(['127.0.0.9']);
  });

  it('do not matter with the PROXY protocol', async () => {
    const { proxy, server } = await stream();
    expect(await handshake(proxy, {}, '127.0.0.8')).toBe(101);
    await expect.poll(() => accepted(server)).toEqual(['127.0.0.8']);
  });
});

describe.each([
  ['nginx, http', http],
  ['nginx, stream', stream],
  ['HAProxy', haproxy],
] as const)('%s: another Origin', (_name, start) => {
  it('is refused by HTTP 403, before there is a WebSocket', async () => {
    const { proxy, server } = await start({ origin: 'https://im.example.com' });
    expect(await handshake(proxy, { Origin: 'https://evil.example' }, '127.0.0.2')).toBe(403);
    expect(await handshake(proxy, {}, '127.0.0.2')).toBe(403);
    expect(await handshake(proxy, { Origin: 'https://im.example.com' }, '127.0.0.3')).toBe(101);
    // A refusal is no failure of the server.
    expect(await handshake(proxy, { Origin: 'https://im.example.com' }, '127.0.0.4')).toBe(101);
    await expect
      .poll(() => server.lines.slice(1).map(({ accept }) => accept))
      .toEqual(['127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.4']);
  });
});

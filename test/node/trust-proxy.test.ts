// The address of a client behind proxies.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { ProtocolError } from '../../src/index.js';
import type { ListenOptions } from '../../src/node/index.js';
import { listen } from '../../src/node/index.js';
import { HELLO, Received } from './foreign.js';
import { handshake } from './handshake.js';
import { host } from './host.js';
import { CERTIFICATE } from './tls/certificate.js';

/** A server that notes the addresses of its clients. */
async function addresses(options: Partial<ListenOptions>) {
  const seen: string[] = [];
  const hosted = await host({
    trustProxy: ['127.0.0.1'],
    ...options,
    accept: ({ remoteAddress }) => void seen.push(remoteAddress),
  });
  return { ...hosted, seen };
}

const v1 = (source: string): Buffer =>
  Buffer.from(`PROXY ${source.includes(':') ? 'TCP6' : 'TCP4'} ${source} ${source} 5000 443\r\n`);
const V2 = Buffer.from('0d0a0d0a000d0a515549540a2111000fc0000209c6336407dc0401bb040000', 'hex');
const V2_LOCAL = Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex');

describe('headers of HTTP', () => {
  it.each<[string, Partial<ListenOptions>, Record<string, string>, string]>([
    ['X-Forwarded-For of a proxy', {}, { 'X-Forwarded-For': '192.0.2.1' }, '192.0.2.1'],
    ['what the client itself has put in front', {}, { 'X-Forwarded-For': '10.9.9.9, 192.0.2.1' }, '192.0.2.1'],
    [
      'two proxies',
      { trustProxy: ['loopback', '10.0.0.0/8'] },
      { 'X-Forwarded-For': '9.9.9.9, 192.0.2.1, 10.1.2.3' },
      '192.0.2.1',
    ],
    ['only proxies', { trustProxy: ['loopback', '10.0.0.0/8'] }, { 'X-Forwarded-For': '10.1.1.1, 10.1.2.3' }, '10.1.1.1'],
    ['a port', {}, { 'X-Forwarded-For': '192.0.2.1:5000' }, '192.0.2.1'],
    ['IPv6', {}, { 'X-Forwarded-For': '2001:db8::1' }, '2001:db8::1'],
    ['a mapped address', {}, { 'X-Forwarded-For': '::ffff:192.0.2.1' }, '192.0.2.1'],
    ['no address', {}, { 'X-Forwarded-For': 'unknown' }, '127.0.0.1'],
    [
      'a proxy that does not say its peer',
      { trustProxy: ['loopback', '10.0.0.0/8'] },
      { 'X-Forwarded-For': '192.0.2.1, _x, 10.1.2.3' },
      '10.1.2.3',
    ],
    ['nothing', {}, {}, '127.0.0.1'],
    ['another peer is not believed', { trustProxy: ['10.0.0.0/8'] }, { 'X-Forwarded-For': '192.0.2.1' }, '127.0.0.1'],
    ['nobody is believed', { trustProxy: undefined }, { 'X-Forwarded-For': '192.0.2.1' }, '127.0.0.1'],
    ['Forwarded is not read by default', {}, { Forwarded: 'for=192.0.2.1' }, '127.0.0.1'],
    ['Forwarded', { forwardedHeader: 'forwarded' }, { Forwarded: 'for=192.0.2.1;proto=https;by=203.0.113.43' }, '192.0.2.1'],
    ['Forwarded, several', { forwardedHeader: 'forwarded' }, { Forwarded: 'for=9.9.9.9, For="192.0.2.1:80"' }, '192.0.2.1'],
    ['Forwarded, IPv6', { forwardedHeader: 'forwarded' }, { Forwarded: 'for="[2001:db8:cafe::17]:4711"' }, '2001:db8:cafe::17'],
    ['Forwarded, obfuscated', { forwardedHeader: 'forwarded' }, { Forwarded: 'for=_gazonk' }, '127.0.0.1'],
    ['Forwarded, without for', { forwardedHeader: 'forwarded' }, { Forwarded: 'for=192.0.2.1, proto=https' }, '127.0.0.1'],
    ['Forwarded, invalid', { forwardedHeader: 'forwarded' }, { Forwarded: 'for=192.0.2.1;;=' }, '127.0.0.1'],
    ['Forwarded, with an invalid start', { forwardedHeader: 'forwarded' }, { Forwarded: ';;=, for=192.0.2.1' }, '192.0.2.1'],
    [
      'Forwarded, with an open quote of the client, and two proxies',
      { forwardedHeader: 'forwarded', trustProxy: ['loopback', '10.0.0.0/8'] },
      { Forwarded: 'for=9.9.9.9;by=", for="[2001:db8::17]:4711";proto=https, for=10.1.2.3' },
      '2001:db8::17',
    ],
    [
      'X-Forwarded-For beside Forwarded',
      { forwardedHeader: 'forwarded' },
      { 'X-Forwarded-For': '9.9.9.9', Forwarded: 'for=192.0.2.1' },
      '192.0.2.1',
    ],
  ])('%s', async (_name, options, headers, address) => {
    const { port, seen } = await addresses(options);
    expect((await handshake(port, headers)).status).toBe(101);
    expect(seen).toEqual([address]);
  });

  it('on an attached server', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { seen, server: attached } = await addresses({ host: undefined, server });
    await handshake(attached.port, { 'X-Forwarded-For': '192.0.2.1' });
    expect(seen).toEqual(['192.0.2.1']);
  });

  it('the limit of connections is that of the client', async () => {
    const { port } = await addresses({ maxConnectionsPerAddress: 1 });
    const from = (address: string) => handshake(port, { 'X-Forwarded-For': address });
    expect((await from('192.0.2.1')).status).toBe(101);
    expect((await from('192.0.2.2')).status).toBe(101);
    expect((await from('192.0.2.1')).status).toBe(503);
    expect((await from('2001:db8::1')).status).toBe(101);
    expect((await from('2001:db8::2')).status).toBe(503);
    // A proxy that names no client stands for many.
    for (let i = 0; i < 3; i++) expect((await handshake(port)).status).toBe(101);
  });
});

describe('the PROXY protocol', () => {
  const proxied = (options: Partial<ListenOptions> = {}) => addresses({ proxyProtocol: true, ...options });
  const sender = async (port: number, bytes: Uint8Array): Promise<{ socket: Socket; received: Received }> => {
    const socket = createConnection(port, '127.0.0.1');
    const received = new Received();
    socket
      .on('data', (chunk) => received.take(chunk))
      .on('close', () => received.end())
      .on('error', () => {});
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    socket.write(bytes);
    return { socket, received };
  };

  it.each<[string, Buffer, string]>([
    ['version 1', v1('192.0.2.1'), '192.0.2.1'],
    ['version 1, IPv6', v1('2001:db8::1'), '2001:db8::1'],
    ['version 1, unknown', Buffer.from('PROXY UNKNOWN\r\n'), '127.0.0.1'],
    ['version 2', V2, '192.0.2.9'],
    ['version 2, the proxy itself', V2_LOCAL, '127.0.0.1'],
  ])('%s, before TCP', async (_name, header, address) => {
    const { port, seen } = await proxied();
    const whole = await sender(port, Buffer.concat([header, HELLO]));
    await whole.received.count(1);
    const { socket, received } = await sender(port, header.subarray(0, 1));
    for (const byte of Buffer.concat([header.subarray(1), HELLO])) {
      socket.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
    await received.count(1);
    expect([whole.received.names, received.names, seen]).toEqual([['Welcome'], ['Welcome'], [address, address]]);
  });

  it('before a WebSocket, whose headers go on from its address', async () => {
    const { port, seen } = await proxied({ trustProxy: ['127.0.0.1', '192.0.2.9'] });
    for (const header of [v1('198.51.100.7'), V2]) {
      const createOwn = (): Socket => {
        const socket = createConnection(port, '127.0.0.1');
        socket.write(header);
        return socket;
      };
      const websocket = new WebSocket(`ws://127.0.0.1:${port}`, ['im.v1', 'im'], {
        createConnection: createOwn,
        headers: { 'X-Forwarded-For': '203.0.113.5' },
      });
      onTestFinished(() => websocket.terminate());
      await once(websocket, 'open');
    }
    // The first is no proxy.
    expect(seen).toEqual(['198.51.100.7', '203.0.113.5']);
  });

  it.each(['in one chunk', 'with a pause', 'byte by byte'])('before TLS, %s', async (how) => {
    const { port, seen, server } = await proxied({ tls: CERTIFICATE });
    const { socket } = await sender(port, how === 'byte by byte' ? V2.subarray(0, 1) : V2);
    for (const byte of how === 'byte by byte' ? V2.subarray(1) : []) {
      socket.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
    if (how === 'with a pause') await new Promise((resolve) => setTimeout(resolve, 20));
    const received = new Received();
    const secure = connectTls({ socket, rejectUnauthorized: false });
    secure.on('data', (chunk) => received.take(chunk));
    await once(secure, 'secureConnect');
    secure.write(HELLO);
    await received.count(1);
    expect([received.names, seen, server.connectionCount]).toEqual([['Welcome'], ['192.0.2.9'], 1]);
  });

  it('a request of HTTP', async () => {
    const { port } = await proxied({ http: ({ socket: { remoteAddress } }, response) => void response.end(remoteAddress) });
    const { socket } = await sender(
      port,
      Buffer.concat([V2, Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')]),
    );
    socket.removeAllListeners('data');
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it('a proxy that sends none is closed, and reported', async () => {
    const reports: ProtocolError[] = [];
    const { port, server } = await proxied({ onError: (error) => void reports.push(error as ProtocolError) });
    for (const bytes of [HELLO, Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from('PROXY TCP4 1.1.1.1\r\n')]) {
      const { received } = await sender(port, bytes);
      await received.ended();
      expect(received.bytes).toBe(0);
    }
    expect(reports.map(({ message }) => message)).toEqual([
      '[FOREIGN_PROTOCOL] no PROXY header',
      '[FOREIGN_PROTOCOL] no PROXY header',
      '[FOREIGN_PROTOCOL] invalid addresses or ports in the PROXY line of TCP4',
    ]);
    expect(server.connectionCount).toBe(0);
  });

  it('a proxy that sends only a part of it is closed in time', async () => {
    const reports: string[] = [];
    const { port } = await proxied({ handshakeTimeoutMs: 50, onError: (error) => void reports.push(String(error)) });
    const parts = await Promise.all(['', 'PROXY TCP4 192.0.2.1'].map((text) => sender(port, Buffer.from(text))));
    await Promise.all(parts.map(({ received }) => received.ended()));
    expect(reports).toEqual(Array(2).fill('ProtocolError: [HANDSHAKE_TIMEOUT] no PROXY header of a trusted proxy within 50 ms'));
  });

  it('a proxy that closes at once, as a health check, is not reported', async () => {
    const reports: unknown[] = [];
    const { port, server } = await proxied({ onError: (error) => void reports.push(error) });
    const { socket, received } = await sender(port, Buffer.alloc(0));
    socket.end();
    await received.ended();
    await server.close();
    expect(reports).toEqual([]);
  });

  it('others send none, and are not believed', async () => {
    const { port, seen, ends } = await proxied({ trustProxy: ['10.0.0.0/8'] });
    const { received } = await sender(port, HELLO);
    await received.count(1);
    expect([received.names, seen]).toEqual([['Welcome'], ['127.0.0.1']]);
    const pretending = await sender(port, Buffer.concat([V2, HELLO]));
    await pretending.received.ended();
    expect([pretending.received.names, ends]).toEqual([[], ['FOREIGN_PROTOCOL']]);
  });

  it('the limit of connections is that of the client', async () => {
    const { port } = await proxied({ maxConnectionsPerAddress: 1 });
    const names = [];
    for (const source of ['192.0.2.1', '192.0.2.1', '192.0.2.2']) {
      const { received } = await sender(port, Buffer.concat([v1(source), HELLO]));
      await received.count(1);
      names.push(...received.names);
    }
    expect(names).toEqual(['Welcome', 'Reject 4', 'Welcome']);
  });

  it('a server that closes ends those whose header is not complete', async () => {
    const { port, server } = await proxied();
    const { received } = await sender(port, Buffer.from('PROXY '));
    await Promise.all([server.close(), received.ended()]);
    expect(received.bytes).toBe(0);
  });
});

it.each<[Partial<ListenOptions>, string]>([
  [{ trustProxy: ['nobody'] }, '[INVALID_MESSAGE] trustProxy: invalid IP address: nobody'],
  [{ trustProxy: true as never }, '[INVALID_MESSAGE] trustProxy: expected an array of addresses and subnets'],
  [{ trustProxy: 'loopback' as never }, '[INVALID_MESSAGE] trustProxy: expected an array of addresses and subnets'],
  [{ trustProxy: [1] as never }, '[INVALID_MESSAGE] trustProxy: expected an array of addresses and subnets'],
  [{ trustProxy: ['10.0.0.0/33'] }, '[INVALID_MESSAGE] trustProxy: invalid range on address: 10.0.0.0/33'],
  [{ proxyProtocol: true }, '[INVALID_MESSAGE] proxyProtocol needs trustProxy, the addresses of the proxies'],
  [{ forwardedHeader: 'forwarded' }, '[INVALID_MESSAGE] forwardedHeader needs trustProxy, the addresses of the proxies'],
  [
    { trustProxy: [], forwardedHeader: 'x-real-ip' as 'forwarded' },
    "[INVALID_MESSAGE] forwardedHeader: expected 'x-forwarded-for' or 'forwarded'",
  ],
])('invalid options: %o', async (options, message) => {
  await expect(listen({ login: () => ({}), message: () => undefined, ...options })).rejects.toMatchObject({ message });
});

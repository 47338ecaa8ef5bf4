// A client on real sockets.
import { expect, it } from 'vitest';
import type { ProtocolError } from '../../src/errors.js';
import { connect, createDeflate } from '../../src/node/index.js';
import { ASK, ask, custom, textOf } from '../connection/messages.js';
import { host, TOKEN } from './host.js';

it.each(['tcp', 'ws'])('%s: an address without a server rejects with CLOSED and the cause', async (protocol) => {
  const { server, url } = await host();
  await server.close();
  const error = await connect(url(protocol), { login: TOKEN }).catch((thrown: ProtocolError) => thrown);
  expect(error).toMatchObject({ code: 'CLOSED', cause: { code: 'ECONNREFUSED' } });
  expect((error as ProtocolError).message).toMatch(/^\[CLOSED\] the connection could not be opened: connect ECONNREFUSED 127/);
});

it('several addresses of a host that all refuse are reported by their code', async () => {
  const { server, port } = await host();
  await server.close();
  await expect(connect(`tcp://localhost:${port}`, { login: TOKEN })).rejects.toThrow('ECONNREFUSED');
});

it.each(['http://a', 'tcp://a', 'tls://a', 'tcp://'])('%s is not an address: a TypeError', async (url) => {
  await expect(connect(url, { login: TOKEN })).rejects.toBeInstanceOf(TypeError);
});

it('a server that only speaks HTTP rejects with its answer', async () => {
  const { createServer } = await import('node:http');
  const http = createServer((_request, response) => void response.writeHead(404).end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => void http.once('listening', resolve));
  const { port } = http.address() as { port: number };
  const failed = connect(`ws://127.0.0.1:${port}`, { login: TOKEN });
  await expect(failed).rejects.toThrow('[CLOSED] the connection could not be opened: Unexpected server response');
  http.closeAllConnections();
  http.close();
});

it.each(['tcp', 'ws'])('%s: no common version has its own error', async (protocol) => {
  const { url } = await host({ versions: [3] });
  await expect(connect(url(protocol), { login: TOKEN })).rejects.toMatchObject({ code: 'NO_COMMON_VERSION' });
});

/** Counts bytes. */
function counter() {
  const count = { sent: 0, received: 0 };
  const trace = (direction: 'sent' | 'received', bytes: Uint8Array): void => {
    count[direction] += bytes.length;
  };
  return { count, trace };
}

it.each(['tcp', 'ws'])('%s: frames are compressed in both directions if both sides support it', async (protocol) => {
  const deflate = createDeflate();
  const { count, trace } = counter();
  const { client } = await host({ deflate });
  const connected = await client(protocol, { deflate, trace });
  const text = 'again and '.repeat(5000);
  expect(textOf(await connected.request(ASK, ask(text)))).toBe(`re ${text}`);
  expect(connected.agreement?.features).toEqual(['deflate']);
  expect([count.sent < 5000, count.received < 5000]).toEqual([true, true]);
});

it('frames are not compressed if one side does not support it', async () => {
  const { client } = await host();
  const { count, trace } = counter();
  const connected = await client('tcp', { deflate: createDeflate(), trace });
  await connected.request(ASK, ask('a'.repeat(10_000)));
  expect(count.sent).toBeGreaterThan(10_000);
});

it.each(['tcp', 'ws'])('%s: trace gets all bytes, the same on both sides', async (protocol) => {
  const [ofClient, ofServer] = [counter(), counter()];
  const { client } = await host({ trace: (_connection, ...bytes) => ofServer.trace(...bytes) });
  const connected = await client(protocol, { trace: ofClient.trace });
  await connected.request(ASK, ask('a'));
  expect(ofClient.count).toEqual({ sent: ofServer.count.received, received: ofServer.count.sent });
});

it.each(['tcp', 'ws'])('%s: a large reply of a megabyte, and a large request', async (protocol) => {
  const { client } = await host({ message: (message) => custom(textOf(message)) });
  const connected = await client(protocol);
  const text = 'x'.repeat(1_000_000);
  const replies = await Promise.all([1, 2, 3].map(() => connected.request(ASK, ask(text))));
  for (const reply of replies) expect(textOf(reply)).toHaveLength(text.length);
});

it.each(['tcp', 'ws'])('%s: a thousand requests at once are answered in their order', async (protocol) => {
  const { client } = await host({ message: async (message) => custom(textOf(message)) });
  const connected = await client(protocol);
  const order: string[] = [];
  await Promise.all(
    Array.from({ length: 1000 }, (_, i) =>
      connected.request(ASK, ask(String(i))).then((reply) => void order.push(textOf(reply))),
    ),
  );
  expect(order).toEqual(Array.from({ length: 1000 }, (_, i) => String(i)));
});

it('a heartbeat measures the round trip', async () => {
  const { client } = await host({ heartbeatIntervalMs: 1000 });
  const connected = await client('tcp', { random: () => 0 });
  await expect.poll(() => connected.roundTripMs, { timeout: 3000 }).toBeGreaterThanOrEqual(0);
});

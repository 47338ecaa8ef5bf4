// Too much of one thing.
import { expect, it, onTestFinished } from 'vitest';
import { encodeFrame, type ProtocolError } from '../../src/index.js';
import { connect, createClient } from '../../src/node/index.js';
import { HELLO, LOGIN, loggedInTcp, send, tcp, websocket } from './foreign.js';
import { handshake } from './handshake.js';
import { host, TOKEN } from './host.js';

const repeat = (bytes: Uint8Array, count: number): Uint8Array => Buffer.concat(new Array<Uint8Array>(count).fill(bytes));

it('tiny frames: all are handled in order, with a slow handler', async () => {
  const got: number[] = [];
  const { port } = await host({
    async message({ cmd }) {
      got.push(cmd);
      return undefined;
    },
  });
  const { socket } = await loggedInTcp(port);
  const commands = Array.from({ length: 50_000 }, (_, i) => 1000 + i);
  socket.write(Buffer.concat(commands.map((cmd) => send({ cmd }))));
  await expect.poll(() => got.length, { timeout: 20_000 }).toBe(50_000);
  expect(got).toEqual(commands);
});

it('heartbeats: each is answered, until a peer that does not read is a SLOW_CONSUMER', async () => {
  const { port, ends, server } = await host({ maxQueuedBytes: 65_536 });
  const { socket, received } = await loggedInTcp(port);
  socket.pause();
  const heartbeat = send({ cmd: 2, sequence: 9, data: { $case: 'heartbeat', value: { sentAtMs: 1n } } });
  const block = repeat(heartbeat, 10_000);
  const write = (): void => {
    if (!socket.destroyed && ends.length === 0) socket.write(block, write);
  };
  write();
  await expect.poll(() => ends, { timeout: 20_000 }).toEqual(['SLOW_CONSUMER']);
  expect(server.connectionCount).toBe(0);
  expect(received.frames.length).toBe(2);
});

it('LOGINs: one at a time, and before it is accepted a second one closes', async () => {
  let count = 0;
  const { port, ends } = await host({
    login() {
      count += 1;
      return new Promise(() => {});
    },
  });
  const { socket, received } = await tcp(port);
  socket.write(Buffer.concat([HELLO, LOGIN, repeat(LOGIN, 1000)]));
  await received.ended();
  expect(count).toBe(1);
  expect(ends).toHaveLength(1);
});

it('requests: 1024 wait, and the next is RATE_LIMITED', async () => {
  const { port } = await host({ message: () => new Promise<never>(() => {}) });
  const { socket, received } = await loggedInTcp(port);
  const asked = Array.from({ length: 1025 }, (_, i) => encodeFrame('SendInfo', { cmd: 1000, sequence: i + 2 }));
  socket.write(Buffer.concat(asked));
  await received.count(3);
  // The first is with the handler, and reading goes on only when it is done.
  expect(received.names[2]).toBe('error 35');
});

it('connections above maxConnections are OVERLOADED: over TCP by a Reject, over WebSocket by HTTP 503', async () => {
  const refused: string[] = [];
  const { port, server, url } = await host({ maxConnections: 2, accept: ({ transport }) => void refused.push(transport) });
  const first = [await websocket(port), await websocket(port)];
  for (const { socket } of first) socket.send(HELLO);
  await Promise.all(first.map(({ received }) => received.count(1)));
  // The application is not asked about a WebSocket that is refused anyway.
  refused.length = 0;
  const answer = await handshake(port);
  expect(answer).toMatchObject({ status: 503, text: '[OVERLOADED] 2 connections are open\n', headers: { 'retry-after': '1' } });
  const third = await tcp(port);
  third.socket.write(HELLO);
  await third.received.ended();
  expect([third.received.names, refused]).toEqual([['Reject 4'], ['tcp']]);
  expect(first.map(({ received }) => received.names)).toEqual([['Welcome'], ['Welcome']]);
  expect(server.connectionCount).toBe(2);
  // A client may try again.
  const error = await connect(url('ws'), { login: TOKEN }).catch((thrown: ProtocolError) => thrown);
  expect(error).toMatchObject({
    message: '[CLOSED] the connection could not be opened: Unexpected server response: 503',
    properties: { reconnect: true, retry: true },
  });
});

it('a client that is refused by HTTP 503 gets in when there is room', async () => {
  const { port, server, url } = await host({ maxConnections: 1 });
  const first = await websocket(port);
  await expect.poll(() => server.connectionCount).toBe(1);
  const client = createClient(url('ws'), { login: TOKEN, retryFirst: true, reconnect: { baseMs: 1 } });
  onTestFinished(async () => void (await client.close()));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(client.state).not.toBe('authenticated');
  first.socket.close();
  await client.ready;
  expect(client.state).toBe('authenticated');
});

it('WebSockets that wait for `accept` do not exceed maxConnections', async () => {
  const open: (() => void)[] = [];
  const { port, server } = await host({
    maxConnections: 2,
    maxConnectionsPerAddress: 3,
    accept: () => new Promise<void>((resolve) => void open.push(resolve)),
  });
  const answers = Array.from({ length: 3 }, () => handshake(port));
  await expect.poll(() => open.length).toBe(3);
  for (const accept of open.splice(0)) accept();
  expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([101, 101, 503]);
  expect(server.connectionCount).toBe(2);
  expect(server.metrics().connections.refused).toEqual({ OVERLOADED: 1 });
});

it('silent connections are limited too', async () => {
  const { port, server } = await host({ maxConnections: 0 });
  const silent = await Promise.all(Array.from({ length: 256 }, () => tcp(port)));
  const { received } = await tcp(port);
  await received.ended();
  expect(received.names).toEqual([]);
  expect(silent.every((client) => !client.received.isEnded)).toBe(true);
  await server.close();
});

it('pongs for a WebSocket peer that does not read do not accumulate', async () => {
  const { port, logins } = await host();
  const { socket, received } = await websocket(port);
  socket.send(Buffer.concat([HELLO, LOGIN]));
  await received.count(2);
  socket.pause();
  const data = new Uint8Array(125);
  for (let i = 0; i < 200; i++) await new Promise<void>((resolve) => void socket.ping(data, true, () => resolve()));
  for (let i = 0; i < 50_000; i++) socket.ping(data);
  await new Promise<void>((resolve) => void socket.ping(data, true, () => resolve()));
  expect(logins[0].bufferedBytes).toBeLessThan(1_000_000);
});

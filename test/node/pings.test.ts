// What a WebSocket carries besides messages: pings, pongs and fragments.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { connect } from '../../src/node/index.js';
import { HELLO, loggedInWebsocket, tcp, websocket } from './foreign.js';
import { host, TOKEN } from './host.js';

/** A push with the unknown command 500, which nobody has to know. */
const IGNORABLE = Uint8Array.of(0, 0, 0, 7, 1, 7, 0, 2, 8, 0xf4, 3);

it.each(['ping', 'pong'] as const)('frames do not allow a client more %ss before LOGIN', async (kind) => {
  const { port, ends } = await host();
  const { socket, received } = await websocket(port);
  socket.send(HELLO);
  await received.count(1);
  const data = new Uint8Array(100);
  let sent = 0;
  while (!received.isEnded && socket.readyState === WebSocket.OPEN) {
    for (let i = 0; i < 500; i++) socket[kind](data);
    await new Promise<void>((resolve) => socket.send(IGNORABLE, () => resolve()));
    sent += 500;
    expect(sent).toBeLessThan(1_000_000);
  }
  await received.ended();
  expect([received.names, received.closeCode]).toEqual([['Welcome', 'error 35'], 4035]);
  expect(ends).toEqual(['RATE_LIMITED']);
});

it('the fragments before LOGIN are limited together, for messages of any size', async () => {
  const { port, ends } = await host();
  const { socket, received } = await websocket(port);
  socket.send(HELLO);
  await received.count(1);
  for (let i = 0; i < 2000; i++) {
    for (let at = 0; at < IGNORABLE.length; at++)
      socket.send(IGNORABLE.subarray(at, at + 1), { fin: at === IGNORABLE.length - 1 });
  }
  await received.ended();
  expect(ends).toEqual(['RATE_LIMITED']);
});

it('the bytes before LOGIN are limited over TCP as well', async () => {
  const { port, ends } = await host();
  const { socket, received } = await tcp(port);
  socket.write(Buffer.concat([HELLO, ...new Array<Uint8Array>(20_000).fill(IGNORABLE)]));
  await received.ended();
  expect(received.names).toEqual(['Welcome', 'error 35']);
  expect(ends).toEqual(['RATE_LIMITED']);
});

it('a peer that pings and does not read gets a pong for its last ping once it reads, and stays connected', async () => {
  const { port, logins, ends } = await host();
  const { socket } = await loggedInWebsocket(port);
  let pongs = 0;
  let last = '';
  socket.on('pong', (data) => {
    pongs += 1;
    last = String(data);
  });
  socket.pause();
  const text = (i: number): string => String(i).padStart(120, '0');
  const count = 100_000;
  for (let i = 1; i < count; i++) {
    socket.ping(text(i));
    if (i % 1000 === 0) {
      await new Promise<void>((resolve) => void socket.ping('', true, () => resolve()));
      expect(logins[0].bufferedBytes).toBeLessThan(200_000);
    }
  }
  socket.ping(text(count));
  socket.resume();
  await expect.poll(() => last, { timeout: 20_000 }).toBe(text(count));
  expect(pongs).toBeLessThanOrEqual(count + 100);
  expect(ends).toEqual([]);
});

it('a server answers a ping', async () => {
  const { port } = await host();
  const { socket } = await loggedInWebsocket(port);
  const pong = once(socket, 'pong');
  socket.ping('hello');
  expect(String((await pong)[0])).toBe('hello');
});

it('a client answers a ping', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  const connected = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const ended = connect(`ws://127.0.0.1:${port}`, { login: TOKEN }).catch((error: unknown) => error);
  const [peer] = (await connected) as [WebSocket];
  const pong = once(peer, 'pong');
  peer.ping('hello');
  expect(String((await pong)[0])).toBe('hello');
  peer.terminate();
  expect(await ended).toMatchObject({ code: 'CLOSED' });
});

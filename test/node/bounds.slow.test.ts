// What waits undecoded, decoded or inflated is bounded: on both sides, on each transport, whatever the application does.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createHello, encodeFrame, type SendInfo, type SendInfoInit } from '../../src/index.js';
import { createDeflate } from '../../src/node/index.js';
import { connect as connectWeb } from '../../src/web/index.js';
import { custom } from '../connection/messages.js';
import { LOGIN, loggedInTcp, loggedInWebsocket, send, tcp, websocket } from './foreign.js';
import { host, TOKEN } from './host.js';
import { MemoryWatch, MIB } from './memory.js';

const deflate = createDeflate();
/** The frames of the attacks are of version 1. */
const HELLO = encodeFrame('Hello', createHello({ versions: [1], features: ['deflate'] }));

/** As many of a frame as one WebSocket message takes. */
function filled(frame: Uint8Array): { bytes: Uint8Array; count: number } {
  const count = Math.floor(MIB / frame.length);
  return { bytes: Buffer.concat(new Array<Uint8Array>(count).fill(frame)), count };
}

/** About a thousand frames of a kilobyte, each of which inflates to a megabyte that its message keeps. */
function bombs() {
  const value = { typeUrl: 'a/b', value: new Uint8Array(1_040_000) };
  const message: SendInfoInit = { cmd: 1000, data: { $case: 'custom', value } };
  return filled(encodeFrame('SendInfo', message, { compress: deflate }));
}

const ATTACKS = [
  ['compressed frames', bombs()],
  ['tiny frames', filled(send(custom('')))],
] as const;
const TRANSPORTS = ['tcp', 'websocket'] as const;
const CASES = TRANSPORTS.flatMap((transport) => ATTACKS.map(([what, attack]) => [transport, what, attack] as const));

let users = 0n;
const nextUser = () => ({ userId: ++users, terminal: 1 });

async function attacker(transport: 'tcp' | 'websocket', port: number): Promise<{ write(bytes: Uint8Array): void; end(): void }> {
  if (transport === 'tcp') {
    const { socket, received } = await tcp(port);
    socket.write(Buffer.concat([HELLO, LOGIN]));
    await received.count(2);
    return { write: (bytes) => void socket.write(bytes), end: () => void socket.end() };
  }
  const { socket, received } = await websocket(port);
  socket.send(Buffer.concat([HELLO, LOGIN]));
  await received.count(2);
  return { write: (bytes) => void socket.send(bytes), end: () => void socket.close() };
}

it.each(CASES)(
  'a server that is slow, over %s, %s: all but a few wait undecoded, and none is lost',
  async (...[transport, , attack]) => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let handled = 0;
    const { port, server } = await host({
      deflate,
      async message() {
        await gate;
        handled += 1;
        return undefined;
      },
    });
    const { write, end } = await attacker(transport, port);
    const memory = new MemoryWatch();
    write(attack.bytes);
    for (let i = 0; i < 10; i++) {
      await sleep(50);
      memory.look();
    }
    memory.expectBelow(8 * MIB);
    release();
    await expect.poll(() => handled, { timeout: 20_000 }).toBe(attack.count);
    end();
    await expect.poll(() => server.connectionCount).toBe(0);
    await memory.expectGone();
  },
);

it.each(CASES)('a server that is quick, over %s, %s: they are decoded as they are handled', async (...[transport, , attack]) => {
  let handled = 0;
  let memory: MemoryWatch | undefined;
  const { port, server } = await host({
    deflate,
    message() {
      if (handled++ % 10_000 < 2) memory!.look();
      return undefined;
    },
  });
  const { write, end } = await attacker(transport, port);
  memory = new MemoryWatch();
  write(attack.bytes);
  await expect.poll(() => handled, { timeout: 20_000 }).toBe(attack.count);
  memory.expectBelow(16 * MIB);
  end();
  await expect.poll(() => server.connectionCount).toBe(0);
  await memory.expectGone();
});

it('while one client makes the server inflate, another is answered', async () => {
  let inflated = 0;
  const { port, client } = await host({
    deflate,
    login: nextUser,
    message(message) {
      if (message.sequence === 0) inflated += 1;
      return custom('', message.cmd);
    },
  });
  const { write } = await attacker('websocket', port);
  const other = await client('tcp', { requestTimeoutMs: 30_000 });
  const { bytes, count } = bombs();
  write(bytes);
  await expect.poll(() => inflated).toBeGreaterThan(0);
  for (let i = 0; i < 5; i++) await other.request(1000, { typeUrl: 'a/b', value: new Uint8Array(1) });
  expect(inflated).toBeLessThan(count);
});

it.each(CASES)('a client that nobody iterates, over %s, %s', async (...[transport, , attack]) => {
  const { logins, client } = await host({ deflate });
  const connected = await client(transport === 'tcp' ? 'tcp' : 'ws', { deflate, versions: [1] });
  const memory = new MemoryWatch();
  logins[0].driver.transport!.write([attack.bytes]);
  for (let i = 0; i < 10; i++) {
    await sleep(50);
    memory.look();
  }
  memory.expectBelow(8 * MIB);
  expect(connected.state).toBe('authenticated');
  let taken = 0;
  for await (const _message of connected) if (++taken === attack.count) break;
  memory.expectBelow(16 * MIB);
  await connected.close();
  await memory.expectGone();
});

it.each(CASES)('a client that iterates, over %s, %s', async (...[transport, , attack]) => {
  const { logins, client } = await host({ deflate });
  const connected = await client(transport === 'tcp' ? 'tcp' : 'ws', { deflate, versions: [1] });
  const memory = new MemoryWatch();
  logins[0].driver.transport!.write([attack.bytes]);
  let taken = 0;
  for await (const _message of connected) {
    if (taken++ % 10_000 < 2) memory.look();
    if (taken === attack.count) break;
  }
  memory.expectBelow(12 * MIB);
});

it.each(ATTACKS)('a browser cannot stop reading: nobody iterates, %s', async (what, attack) => {
  const { logins, url, ends } = await host({ deflate });
  const client = await connectWeb(url('ws'), {
    login: TOKEN,
    deflate,
    versions: [1],
    WebSocket: WebSocket as never,
    reconnect: false,
  });
  const memory = new MemoryWatch();
  for (let i = 0; i < 4; i++) logins[0].driver.transport!.write([attack.bytes]);
  await expect.poll(() => client.state, { timeout: 20_000 }).toBe('closed');
  memory.expectBelow(40 * MIB);
  expect((await client.closed)?.code).toBe('SLOW_CONSUMER');
  expect((await client.closed)?.message).toMatch(what === 'tiny frames' ? /65536 messages wait/ : /bytes of messages wait/);
  await expect.poll(() => ends).toEqual(['SLOW_CONSUMER']);
});

it('a client that nobody iterates stops reading at a megabyte, and goes on when messages are taken', async () => {
  const { logins, client } = await host({ maxQueuedBytes: 512 * MIB });
  const connected = await client('tcp');
  const memory = new MemoryWatch();
  const body = { $case: 'text', value: { text: 'x'.repeat(1_000_000) } } as const;
  const push: SendInfoInit = { cmd: 6, data: { $case: 'systemMessage', value: { content: { body } } } };
  for (let i = 0; i < 60; i++) logins[0].push(push);
  await expect.poll(() => logins[0].bufferedBytes).toBeGreaterThan(40_000_000);
  await sleep(200);
  // What the server has to write is in the same process.
  expect(memory.look() - logins[0].bufferedBytes).toBeLessThan(16 * MIB);
  const got: SendInfo[] = [];
  for await (const message of connected) if (got.push({ ...message, data: undefined }) === 60) break;
  expect(logins[0].bufferedBytes).toBe(0);
});

it('requests that a client is answering are bounded in bytes, too', async () => {
  const { logins, client } = await host({ deflate });
  const asked: SendInfo[] = [];
  await client('ws', {
    deflate,
    versions: [1],
    onRequest(message) {
      asked.push(message);
      return new Promise<never>(() => {});
    },
  });
  const frames: Uint8Array[] = [];
  const value = { typeUrl: 'a/b', value: new Uint8Array(1_040_000) };
  for (let sequence = 1; sequence <= 900; sequence++)
    frames.push(encodeFrame('SendInfo', { cmd: 1000, sequence, data: { $case: 'custom', value } }, { compress: deflate }));
  const memory = new MemoryWatch();
  logins[0].driver.transport!.write(frames);
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  await sleep(300);
  memory.expectBelow(8 * MIB);
});

it.each(TRANSPORTS)(
  '2 MiB of bad frames over %s: the connection closes within its budget, and another is answered',
  async (transport) => {
    const { port, client, ends, notices } = await host({ login: nextUser });
    const other = await client('tcp', { requestTimeoutMs: 30_000 });
    const { socket, received } = await (transport === 'tcp' ? loggedInTcp(port) : loggedInWebsocket(port));
    const { bytes } = filled(Uint8Array.of(0, 0, 0, 6, 1, 7, 0, 0, 8, 0x80));
    for (let i = 0; i < 2; i++) 'send' in socket ? socket.send(bytes) : socket.write(bytes);
    await other.request(1000, { typeUrl: 'a/b', value: new Uint8Array(1) });
    await received.ended();
    expect(ends).toEqual(['RATE_LIMITED']);
    expect(received.names.slice(2)).toEqual([...Array(100).fill('error 24'), 'error 35']);
    expect(received.bytes).toBeLessThan(65_536);
    expect(received.closeCode).toBe(transport === 'tcp' ? undefined : 4035);
    expect(notices.length).toBe(100);
    expect(notices[0].stack).not.toContain('\n    at ');
  },
);

it.each(TRANSPORTS)('a client closes a server over %s that sends bad frames', async (transport) => {
  const { logins, client, ends } = await host();
  const notices: unknown[] = [];
  const connected = await client(transport === 'tcp' ? 'tcp' : 'ws', {
    versions: [1],
    onNotice: (error) => void notices.push(error),
  });
  logins[0].driver.transport!.write([filled(Uint8Array.of(0, 0, 0, 6, 1, 7, 0, 0, 8, 0x80)).bytes]);
  expect((await connected.closed)?.code).toBe('RATE_LIMITED');
  expect(notices.length).toBe(100);
  await expect.poll(() => ends.length).toBe(1);
});

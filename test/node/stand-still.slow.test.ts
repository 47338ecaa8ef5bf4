// A process that stands still, while its peers do not: what they sent in time is read before a deadline counts.
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { connect } from '../../src/node/index.js';
import { ASK, ask, textOf } from '../connection/messages.js';
import { ALICE, host, TOKEN } from './host.js';
import { start } from './processes/run.js';

/** This process does nothing for so long. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

it('a server keeps 50 clients whose heartbeats are in the socket buffers', async () => {
  let users = 0n;
  const login = () => ({ ...ALICE, userId: ++users });
  const { port, server, ends, logins } = await host({ heartbeatIntervalMs: 1000, login });
  const peers = start('peers.ts', String(port), '50');
  await expect.poll(() => logins.length, { timeout: 20_000 }).toBe(50);
  for (let round = 0; round < 2; round++) {
    standStill(4000);
    await wait(100);
  }
  expect(ends).toEqual([]);
  expect(server.connections.size).toBe(50);
  peers.process.stdin!.write('\n');
  expect(await peers.line()).toBe('0');
});

it('a client keeps its connection, and a request whose reply is in the socket buffer resolves', async () => {
  const patient = start('patient-server.ts');
  const urls = [`tcp://127.0.0.1:${await patient.line()}`, `ws://127.0.0.1:${await patient.line()}`];
  const lost: (string | number)[] = [];
  const clients = await Promise.all(
    urls.map((url) => connect(url, { login: TOKEN, onReconnect: ({ code }) => void lost.push(code) })),
  );
  const request = (timeoutMs: number) => clients.map((client) => client.request(ASK, ask('a'), { timeoutMs }));
  const early = request(1000);
  await turn();
  await turn();
  standStill(4000);
  expect((await Promise.all(early)).map(textOf)).toEqual(['a', 'a']);
  // These are written only afterwards, and have the rest of their time.
  const late = request(20_000);
  standStill(4000);
  expect((await Promise.all(late)).map(textOf)).toEqual(['a', 'a']);
  // Four megabytes of messages come before these replies.
  const behind = clients.map((client) => client.request(1001, ask('a'), { timeoutMs: 1000 }));
  await turn();
  await turn();
  standStill(3000);
  expect((await Promise.all(behind)).map(textOf)).toEqual(['a', 'a']);
  expect(lost).toEqual([]);
  expect(clients.map(({ state }) => state)).toEqual(['authenticated', 'authenticated']);
  await Promise.all(clients.map((client) => client.close()));
});

it('a server accepts a first byte and a Hello that are in the socket buffer', async () => {
  let users = 0n;
  const login = () => ({ ...ALICE, userId: ++users });
  const { port, logins, ends } = await host({ handshakeTimeoutMs: 1500, login });
  const peers = start('late-hello.ts', String(port));
  expect(await peers.line()).toBe('open');
  await wait(100);
  peers.process.stdin!.write('\n');
  standStill(3000);
  await expect.poll(() => logins.length, { timeout: 5000 }).toBe(2);
  expect(ends).toEqual([]);
});

// The first connection: established, or rejected with the reason.
import { expect, it } from 'vitest';
import { ProtocolError } from '../../src/errors.js';
import { TOKEN, World } from './world.js';

it('on WebSocket Hello and LOGIN go out in one flight, and the first message after one round trip', async () => {
  const world = new World({ transport: 'websocket' });
  const client = await world.connect();
  expect(client.state).toBe('authenticated');
  expect(world.flights).toEqual({ toServer: 1, toClient: 1 });
});

it('also on TCP with one version', async () => {
  const world = new World();
  await world.connect();
  expect(world.flights).toEqual({ toServer: 1, toClient: 1 });
});

it('a transport that cannot be opened rejects with CLOSED and its cause', async () => {
  const world = new World();
  const cause = new Error('connect ECONNREFUSED 127.0.0.1:1');
  world.answer = cause;
  const error = await world.connect().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProtocolError);
  expect(error).toMatchObject({
    code: 'CLOSED',
    message: '[CLOSED] the connection could not be opened: connect ECONNREFUSED 127.0.0.1:1',
    cause,
  });
  expect(world.platform.timers).toBe(0);
});

it('a cause without a text is reported by its code', async () => {
  const world = new World();
  world.answer = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
  await expect(world.connect()).rejects.toThrow('[CLOSED] the connection could not be opened: ECONNREFUSED');
});

it('a transport that does not open in time rejects with HANDSHAKE_TIMEOUT, and is cancelled', async () => {
  const world = new World();
  world.answer = 'nothing';
  const client = world.start({ handshakeTimeoutMs: 100 });
  const failed = expect(client).rejects.toMatchObject({ code: 'HANDSHAKE_TIMEOUT' });
  await world.pass(100);
  await failed;
  expect(world.cancelled).toBe(1);
  expect(world.platform.timers).toBe(0);
});

it('a server that never answers rejects with HANDSHAKE_TIMEOUT', async () => {
  const world = new World();
  const client = world.start({ handshakeTimeoutMs: 100 });
  const failed = expect(client).rejects.toMatchObject({ code: 'HANDSHAKE_TIMEOUT' });
  await Promise.resolve();
  world.lastEnd.peer.isStuck = true;
  await world.pass(100);
  await failed;
});

it('a refused LOGIN rejects with the error of the server', async () => {
  const world = new World({
    login: () => {
      throw new ProtocolError('UNAUTHENTICATED', 'expired');
    },
  });
  await expect(world.connect()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(world.dials).toBe(1);
});

it('no common version rejects, and is not retried', async () => {
  const world = new World({ versions: [2], transport: 'websocket' });
  await expect(world.connect()).rejects.toMatchObject({ code: 'NO_COMMON_VERSION' });
  await world.pass(100_000);
  expect(world.dials).toBe(1);
});

it('options that break a rule reject before dialing', async () => {
  const world = new World();
  await expect(world.connect({ login: { accessToken: 'with a space' } })).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
  await expect(world.connect({ agent: 'x'.repeat(300) })).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
  expect(world.dials).toBe(0);
});

it('a client that has ended leaves no timer', async () => {
  const world = new World();
  const client = await world.connect({ login: TOKEN });
  expect(world.platform.timers).toBeGreaterThan(0);
  await client.close();
  await world.settle();
  expect(world.platform.timers).toBe(0);
  expect(world.served[0].state).toBe('closed');
});

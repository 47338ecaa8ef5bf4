// What servers publish to `node:diagnostics_channel`.
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ProtocolError, type SendInfo } from '../../src/index.js';
import type { ConnectionMessage, LoginMessage, RequestMessage } from '../../src/node/index.js';
import { ASK, ask, custom, push, textOf } from '../connection/messages.js';
import { HELLO, LOGIN, loggedInTcp, send, tcp } from './foreign.js';
import { handshake } from './handshake.js';
import { ALICE, host } from './host.js';
import { listenTo, startOf, traceCalls } from './subscribe.js';

const question = (sequence: number, text = 'a') => send({ cmd: ASK, sequence, data: { $case: 'custom', value: ask(text) } });
const UNKNOWN_TYPE = Uint8Array.of(0, 0, 0, 5, 1, 200, 0, 0, 0);

describe('channels', () => {
  it('report the life of a connection in order, each message with its server', async () => {
    const seen: string[] = [];
    const messages: ConnectionMessage[] = [];
    const note = (text: string, message: ConnectionMessage): void => {
      seen.push(text);
      messages.push(message);
    };
    listenTo('im.protocol.server.connection.open', (message) => note(`open ${message.connection.state}`, message));
    listenTo('im.protocol.server.handshake', (message) =>
      note(`handshake ${message.code} v${message.connection.version}`, message),
    );
    listenTo('im.protocol.server.frame.refuse', (message) => note(`refuse ${message.error.code}`, message));
    listenTo('im.protocol.server.connection.close', (message) => note(`close ${message.code}`, message));
    traceCalls('im.protocol.server.login', (event, message) =>
      note(`login ${event} ${message.code} ${message.isRenewal}`, message),
    );
    traceCalls('im.protocol.server.request', (event, message) => note(`request ${event} ${message.code}`, message));
    const { server, port, logins } = await host();
    const { socket, received } = await loggedInTcp(port);
    // Frames that arrive together are decoded before the first is handled.
    socket.write(Buffer.concat([question(2), UNKNOWN_TYPE]));
    await received.count(4);
    socket.end();
    await expect.poll(() => server.connectionCount).toBe(0);
    expect(seen).toEqual([
      'open negotiating',
      'handshake OK v1',
      'login start undefined false',
      'login end undefined false',
      'login asyncStart OK false',
      'login asyncEnd OK false',
      'refuse UNSUPPORTED_TYPE',
      'request start undefined',
      'request end undefined',
      'request asyncStart OK',
      'request asyncEnd OK',
      'close OK',
    ]);
    for (const message of messages) expect([message.server, message.connection]).toEqual([server, logins[0]]);
    expect(messages.at(-1)).toMatchObject({ error: undefined, durationMs: expect.any(Number) });
  });

  it('report clients that never log in', async () => {
    const seen: unknown[] = [];
    listenTo('im.protocol.server.handshake', ({ code, error }) => seen.push(['handshake', code, error?.code]));
    listenTo('im.protocol.server.connection.close', ({ code, error }) => seen.push(['close', code, error?.code]));
    listenTo('im.protocol.server.connection.refuse', ({ transport, remoteAddress, error }) =>
      seen.push([transport, remoteAddress, error.code]),
    );
    traceCalls('im.protocol.server.login', (event, { code, error }) =>
      seen.push([event, code, (error as Error | undefined)?.message]),
    );
    const { server, port } = await host({
      accept: ({ transport }) => transport === 'tcp',
      login: () => {
        throw new ProtocolError('UNAUTHENTICATED', 'the token is not valid');
      },
    });
    await handshake(port);
    const { socket, received } = await tcp(port);
    socket.write(LOGIN);
    await received.ended();
    const other = await tcp(port);
    other.socket.write(Buffer.concat([HELLO, LOGIN]));
    await other.received.ended();
    await expect.poll(() => server.connectionCount).toBe(0);
    const thrown = '[UNAUTHENTICATED] the token is not valid';
    expect(seen).toEqual([
      ['websocket', '127.0.0.1', 'PERMISSION_DENIED'],
      ['handshake', 'MALFORMED_HELLO', 'MALFORMED_HELLO'],
      ['close', 'MALFORMED_HELLO', 'MALFORMED_HELLO'],
      ['handshake', 'OK', undefined],
      ['start', undefined, undefined],
      ['end', undefined, undefined],
      ['error', 'UNAUTHENTICATED', thrown],
      ['asyncStart', 'UNAUTHENTICATED', thrown],
      ['asyncEnd', 'UNAUTHENTICATED', thrown],
      ['close', 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
    ]);
  });

  it('never have the token in the message about a LOGIN', async () => {
    const calls: LoginMessage[] = [];
    traceCalls('im.protocol.server.login', (_event, message) => void calls.push(message));
    const { port } = await host();
    await loggedInTcp(port);
    expect(calls.map(({ connection: _connection, server: _server, ...facts }) => JSON.stringify(facts)).join()).not.toContain(
      'token',
    );
    expect(Object.keys(calls[0]).sort()).toEqual(['code', 'connection', 'durationMs', 'error', 'isRenewal', 'server']);
  });

  it('report a client that reads too slowly, and when it has caught up', async () => {
    const seen: boolean[] = [];
    listenTo('im.protocol.server.queue', ({ isFull, bufferedBytes }) => {
      seen.push(isFull);
      expect(bufferedBytes > 0 || !isFull).toBe(true);
    });
    const { port, logins } = await host();
    const { socket } = await loggedInTcp(port);
    socket.pause();
    for (let id = 1n; seen.length === 0; id++) {
      if (logins[0].bufferedBytes < 1_000_000) logins[0].push(push(id, 'x'.repeat(8000)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.resume();
    await expect.poll(() => seen).toEqual([true, false]);
  });

  it('have the durations and errors of requests', async () => {
    const calls: RequestMessage[] = [];
    traceCalls('im.protocol.server.request', (event, message) => event === 'asyncEnd' && calls.push(message));
    const failure = new TypeError('failed');
    const { port } = await host({
      message: async (message) => {
        if (textOf(message) === 'b') throw failure;
        return custom('re');
      },
      onError: () => {},
    });
    const { socket, received } = await loggedInTcp(port);
    socket.write(Buffer.concat([question(2), question(3, 'b')]));
    await received.count(4);
    expect(calls.map(({ code, error, message }) => [code, error, message.sequence])).toEqual([
      ['OK', undefined, 2],
      ['INTERNAL', failure, 3],
    ]);
    for (const { durationMs } of calls) expect(durationMs).toBeGreaterThanOrEqual(0);
  });

  it('have the durations of requests: of 1,000 at once, of the rest when metrics are read', async () => {
    const { server, port } = await host({ message: () => custom('re') });
    const { socket, received } = await loggedInTcp(port);
    let sequence = 2;
    const askTimes = async (count: number): Promise<void> => {
      socket.write(Buffer.concat(Array.from({ length: count }, () => question(sequence++))));
      await received.count(sequence);
    };
    // Nobody has subscribed.
    await askTimes(1);
    server.metrics();
    const groups: (readonly number[])[] = [];
    listenTo('im.protocol.server.request.durations', (message) => {
      expect(message.server).toBe(server);
      groups.push(message.durationsMs);
    });
    await askTimes(999);
    expect(groups).toEqual([]);
    await askTimes(2);
    expect(groups.map(({ length }) => length)).toEqual([1000]);
    server.metrics();
    server.metrics();
    expect(groups.map(({ length }) => length)).toEqual([1000, 1]);
    for (const ms of groups.flat()) expect(ms).toBeGreaterThanOrEqual(0);
    expect(server.metrics().requests.durations.OTHER?.count).toBe(1001);
  });

  it('end a LOGIN and a request whose connection has ended before', async () => {
    const seen: unknown[] = [];
    traceCalls('im.protocol.server.login', (event, { code }) => event === 'asyncEnd' && seen.push(['login', code]));
    traceCalls('im.protocol.server.request', (event, { code }) => event === 'asyncEnd' && seen.push(['request', code]));
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let isFirst = true;
    const { server, port } = await host({
      login: () => {
        if (isFirst) return ALICE;
        return gate.then(() => ALICE);
      },
      message: async () => {
        await gate;
        return custom('re');
      },
    });
    const { socket } = await loggedInTcp(port);
    isFirst = false;
    socket.write(question(2));
    await expect.poll(() => server.metrics().requests.active).toBe(1);
    const other = await tcp(port);
    other.socket.write(Buffer.concat([HELLO, LOGIN]));
    await other.received.count(1);
    socket.destroy();
    other.socket.destroy();
    await expect.poll(() => server.connectionCount).toBe(0);
    expect(seen).toEqual([
      ['login', 'OK'],
      ['login', 'CLOSED'],
    ]);
    release();
    await expect
      .poll(() => seen)
      .toEqual([
        ['login', 'OK'],
        ['login', 'CLOSED'],
        ['request', 'CLOSED'],
      ]);
    expect(server.metrics()).toMatchObject({ logins: { first: { OK: 1, CLOSED: 1 } }, requests: { active: 0 } });
  });
});

describe('the context of a callback', () => {
  it('has the stores that are bound to `start`, also after an await', async () => {
    const store = new AsyncLocalStorage<string>();
    for (const name of ['im.protocol.server.login', 'im.protocol.server.request'] as const) {
      startOf(name).bindStore(store, () => name);
      onTestFinished(() => void startOf(name).unbindStore(store));
    }
    const seen: (string | undefined)[] = [];
    const { port } = await host({
      login: async () => {
        await null;
        seen.push(store.getStore());
        return ALICE;
      },
      message: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(store.getStore());
        return custom('re');
      },
    });
    const { socket, received } = await loggedInTcp(port);
    socket.write(question(2));
    await received.count(3);
    expect(seen).toEqual(['im.protocol.server.login', 'im.protocol.server.request']);
  });

  it('is that of `within`, whose wraps nest and see neither result nor error', async () => {
    const [outer, inner] = [new AsyncLocalStorage<string>(), new AsyncLocalStorage<string>()];
    traceCalls('im.protocol.server.request', (event, message) => {
      if (event !== 'start') return;
      message.within((call) => outer.run('outer', call));
      message.within((call) => inner.run(`inner of ${outer.getStore()}`, call));
    });
    const { port } = await host({ message: () => custom(`${inner.getStore()}`) });
    const { socket, received } = await loggedInTcp(port);
    socket.write(question(2));
    await received.count(3);
    expect(textOf((received.frames[2] as unknown as { message: SendInfo }).message)).toBe('inner of outer');
  });
});

describe('a subscriber that throws', () => {
  /** The uncaught exceptions until the end of the test. */
  function uncaught(): unknown[] {
    const before = process.listeners('uncaughtException');
    const errors: unknown[] = [];
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => void errors.push(error));
    onTestFinished(() => {
      process.removeAllListeners('uncaughtException');
      for (const listener of before) process.on('uncaughtException', listener);
    });
    return errors;
  }

  it('is reported to `uncaughtException` of the process, and affects no connection', async () => {
    const errors = uncaught();
    const fail = (): never => {
      throw new Error('subscriber');
    };
    listenTo('im.protocol.server.connection.open', fail);
    listenTo('im.protocol.server.connection.close', fail);
    listenTo('im.protocol.server.handshake', fail);
    listenTo('im.protocol.server.frame.refuse', fail);
    traceCalls('im.protocol.server.login', fail);
    traceCalls('im.protocol.server.request', (event, message) => {
      if (event === 'start') message.within(fail);
      fail();
    });
    const { server, port } = await host();
    const { socket, received } = await loggedInTcp(port);
    socket.write(Buffer.concat([question(2), UNKNOWN_TYPE, question(3)]));
    await received.count(5);
    expect(received.names).toEqual(['Welcome', '1', 'error 22', String(ASK), String(ASK)]);
    socket.end();
    await expect.poll(() => server.connectionCount).toBe(0);
    expect(server.metrics()).toMatchObject({ connections: { closed: { OK: 1 } }, requests: { active: 0 } });
    expect(errors.length).toBeGreaterThan(10);
    expect(new Set(errors.map(String))).toEqual(new Set(['Error: subscriber']));
  });

  it('of `within` that does not call, or calls twice, changes nothing', async () => {
    let calls = 0;
    traceCalls('im.protocol.server.request', (event, message) => {
      if (event !== 'start') return;
      if (message.message.sequence === 2) message.within(() => {});
      else message.within((call) => [call(), call()]);
    });
    const { port } = await host({
      message: () => {
        calls += 1;
        return custom('re');
      },
    });
    const { socket, received } = await loggedInTcp(port);
    socket.write(Buffer.concat([question(2), question(3)]));
    await received.count(4);
    expect(calls).toBe(2);
  });
});

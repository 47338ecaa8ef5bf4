// Whatever a callback of the application does: the connection goes on, and `onError` gets to know of it.
import { describe, expect, it, vi } from 'vitest';
import type { ErrorContext } from '../../src/connection/callback-context.js';
import type { Client } from '../../src/connection/client.js';
import { isProtocolError, ProtocolError } from '../../src/errors.js';
import { turn } from './fake-platform.js';
import { ASK, ask, custom, push, textOf } from './messages.js';
import { FAILURES, NONSENSE, never } from './misbehaviour.js';
import { unhandledRejections } from './rejections.js';
import { ALICE, TOKEN, World, type WorldOptions } from './world.js';

/** What `onError` got: which callback, and about what. */
function errorLog() {
  const errors: { error: unknown; context: ErrorContext }[] = [];
  const onError = (error: unknown, context: ErrorContext): void => void errors.push({ error, context });
  return { errors, onError, callbacks: () => errors.map(({ context }) => context.callback) };
}

/** Two clients are two users. */
const BOB = { accessToken: 'bob' };
const login = ({ accessToken }: { accessToken: string }) => (accessToken === 'bob' ? { userId: 2n, terminal: 1 } : ALICE);

async function refused(world: World, client: Client): Promise<ProtocolError> {
  const reply = client.request(ASK, ask('a')).catch((error: ProtocolError) => error);
  await world.settle();
  return (await reply) as ProtocolError;
}

describe('a message handler', () => {
  const misbehaviour = { ...FAILURES, ...NONSENSE };
  it.each(Object.entries(misbehaviour))('that %s affects neither its connection nor others', async (_what, misbehave) => {
    const unhandled = unhandledRejections();
    let isBad = true;
    const { onError } = errorLog();
    const message: WorldOptions['message'] = (asked) => (isBad ? (misbehave() as never) : custom(`re ${textOf(asked)}`));
    const world = new World({ login, message, onError });
    const [client, other] = [await world.connect(), await world.connect({ login: BOB })];
    expect(isProtocolError(await refused(world, client))).toBe(true);
    client.send(custom('a push'));
    await world.settle();
    isBad = false;
    for (const one of [client, other].filter(({ state }) => state === 'authenticated')) {
      const answer = one.request(ASK, ask('b'));
      await world.settle();
      expect(textOf(await answer)).toBe('re b');
    }
    await turn();
    expect(unhandled).toEqual([]);
  });

  it('may refuse with a code of a newer release, thrown by another copy of the package', async () => {
    const { errors, onError } = errorLog();
    // Another copy of the class, from a release that knows more.
    const newer = Object.defineProperties(new Error('[NEWER] not today'), {
      [Symbol.for('@im/protocol ProtocolError')]: { value: true },
      code: { value: 'NEWER', enumerable: true },
      properties: { value: { number: 45, closes: false, reconnect: false, retry: true, local: false } },
      retryAfterMs: { value: 300, enumerable: true },
    });
    const world = new World({
      message: () => {
        throw newer;
      },
      onError,
    });
    const error = await refused(world, await world.connect());
    expect(error).toMatchObject({ code: 'INTERNAL', retryAfterMs: 300, properties: { number: 45, retry: false } });
    expect(error.message).toContain('not today');
    expect(errors).toEqual([]);
  });

  it('is called for one message at a time, in order, for synchronous and asynchronous answers', async () => {
    const order: string[] = [];
    const world: World = new World({
      message(message) {
        const text = textOf(message);
        order.push(`${text} in`);
        if (text === '1' || text === '4') return turn().then(() => void order.push(`${text} out`));
        // What it does may bring the next messages in.
        world.served[0].push(push(BigInt(text)));
        order.push(`${text} out`);
        return undefined;
      },
    });
    const client = await world.connect();
    for (const text of ['1', '2', '3', '4', '5']) client.send(custom(text));
    await world.settle();
    expect(order).toEqual(['1', '2', '3', '4', '5'].flatMap((text) => [`${text} in`, `${text} out`]));
  });
});

describe('login', () => {
  it('of a server that fails is OVERLOADED: the client reconnects, and onError gets the cause', async () => {
    const { errors, onError } = errorLog();
    const cause = new Error('the database is away');
    let isAway = false;
    const world = new World({ login: () => (isAway ? Promise.reject(cause) : ALICE), onError });
    const reasons: unknown[] = [];
    const client = await world.connect({ onReconnect: ({ code }) => void reasons.push(code) });
    isAway = true;
    world.lastEnd.cut();
    await world.pass(2000);
    isAway = false;
    await world.pass(5000);
    expect(client.state).toBe('authenticated');
    expect(new Set(reasons)).toEqual(new Set(['CLOSED', 'OVERLOADED']));
    expect(errors[0]).toMatchObject({ error: cause, context: { callback: 'login', connection: { id: '2' }, command: 1 } });
  });

  it('of a server that throws a local error is OVERLOADED as well', async () => {
    const world = new World({ login: () => Promise.reject(new ProtocolError('TIMEOUT', 'the platform')), onError: () => {} });
    await expect(world.connect()).rejects.toMatchObject({ code: 'OVERLOADED' });
  });

  it('of a server that never answers is OVERLOADED at the timeout, and a late answer is dropped', async () => {
    const { errors, onError } = errorLog();
    let answer: () => void = () => {};
    const login = (): Promise<typeof ALICE> => new Promise((resolve) => (answer = () => resolve(ALICE)));
    const world = new World({ login, onError, loginTimeoutMs: 3000 });
    const failed = expect(world.start()).rejects.toMatchObject({ code: 'OVERLOADED' });
    await world.pass(2999);
    expect(world.served[0].state).toBe('anonymous');
    await world.pass(1);
    await failed;
    answer();
    await world.settle();
    expect([world.served[0].state, world.registry.size, world.platform.timers]).toEqual(['closed', 0, 0]);
    expect(errors).toMatchObject([{ error: { code: 'TIMEOUT' }, context: { callback: 'login', connection: { id: '1' } } }]);
  });

  it('of a server that fails to renew a token is INTERNAL, and the connection stays open', async () => {
    let isAway = false;
    const world = new World({ login: () => (isAway ? Promise.reject(new Error('away')) : ALICE), onError: () => {} });
    const client = await world.connect();
    isAway = true;
    const renewed = expect(client.login(TOKEN)).rejects.toMatchObject({ code: 'INTERNAL' });
    await world.settle();
    await renewed;
    isAway = false;
    const again = client.login(TOKEN);
    await world.settle();
    expect([(await again).userId, world.served.length, world.served[0].state]).toEqual([1n, 1, 'authenticated']);
  });

  it.each(Object.entries(FAILURES).filter(([what]) => !/ProtocolError|one (of the|with a lone)/.test(what)))(
    'of a client that %s is tried again',
    async (_what, misbehave) => {
      const { onError } = errorLog();
      let isBad = false;
      const world = new World();
      const client = await world.connect({ login: () => (isBad ? (misbehave() as never) : TOKEN), onError });
      isBad = true;
      world.lastEnd.cut();
      await world.pass(1000);
      isBad = false;
      // An error that was changed until it made no sense may be a refusal.
      if (client.state === 'closed') return expect((await client.closed)?.code).toBe('INTERNAL');
      await world.pass(60_000);
      expect(client.state).toBe('authenticated');
    },
  );

  it.each([
    ['never answers', never],
    ['answers with nothing', () => undefined],
  ])('of a client that %s is tried again', async (_what, misbehave) => {
    const { onError, callbacks } = errorLog();
    let isBad = false;
    const reasons: string[] = [];
    const world = new World();
    const client = await world.connect({
      login: () => (isBad ? (misbehave() as never) : TOKEN),
      onError,
      onReconnect: ({ message }) => void reasons.push(message),
    });
    isBad = true;
    world.lastEnd.cut();
    await world.pass(11_000);
    isBad = false;
    await world.pass(60_000);
    expect(client.state).toBe('authenticated');
    expect(callbacks()).toContain('login');
    expect(reasons[1]).toContain('[CLOSED] login failed: ');
  });

  it('of a client that never answers fails the first connection, and leaves no timer', async () => {
    const world = new World();
    const failed = expect(world.start({ login: never, loginTimeoutMs: 500, onError: () => {} })).rejects.toThrow(
      '[CLOSED] login failed: [TIMEOUT] login has not answered within 500 ms',
    );
    await world.pass(500);
    await failed;
    expect([world.dials, world.platform.timers]).toEqual([0, 0]);
  });

  it('of a client that never answers does not outlive the client', async () => {
    const world = new World();
    const client = world.start({ login: never });
    client.catch(() => {});
    const controller = { abort: () => {} };
    const aborted = expect(
      world.start({
        login: never,
        signal: {
          aborted: false,
          addEventListener: (_, listener) => Object.assign(controller, { abort: listener }),
          removeEventListener: () => {},
        },
      }),
    ).rejects.toMatchObject({ code: 'CLOSED' });
    await world.settle();
    controller.abort();
    await aborted;
    // That of the first client, which still waits.
    expect(world.platform.timers).toBe(1);
  });
});

describe('a callback', () => {
  const SERVER = ['onLogin', 'onClose', 'onNotice'] as const;
  const CLIENT = ['onLogin', 'onReconnect', 'onNotice', 'trace'] as const;

  it.each(Object.entries(FAILURES))('that %s ends nothing, and onError gets the error', async (_what, misbehave) => {
    const unhandled = unhandledRejections();
    const [server, client] = [errorLog(), errorLog()];
    const all = (names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, misbehave]));
    const world = new World({ ...all(SERVER), message: () => undefined, onError: server.onError });
    const connected = await world.connect({ ...all(CLIENT), onError: client.onError });
    expect((await refused(world, connected)).code).toBe('UNSUPPORTED_COMMAND');
    world.served[0].close(new ProtocolError('OVERLOADED', 'later'));
    await world.pass(250);
    expect(connected.state).toBe('authenticated');
    await connected.close();
    await world.settle();
    await turn();
    expect(unhandled).toEqual([]);
    expect(new Set(server.callbacks())).toEqual(new Set(SERVER));
    expect(new Set(client.callbacks())).toEqual(new Set(CLIENT.filter((name) => name !== 'onNotice')));
    expect(world.registry.size).toBe(0);
    expect(server.errors[0].context).toMatchObject({ callback: 'onLogin', connection: world.served[0], user: ALICE });
    expect(client.errors.find(({ context }) => context.callback === 'onLogin')!.context).toMatchObject({
      connection: { id: '1' },
      user: ALICE,
    });
  });

  it.each(Object.entries(FAILURES))('an onError that %s ends nothing', async (_what, misbehave) => {
    const unhandled = unhandledRejections();
    const written = vi.spyOn(console, 'error').mockReturnValue();
    try {
      const fail = (): never => {
        throw new Error('of the application');
      };
      const world = new World({ message: fail, onLogin: fail, onClose: fail, onError: misbehave });
      const client = await world.connect({ onLogin: fail, onError: misbehave });
      expect((await refused(world, client)).code).toBe('INTERNAL');
      await client.close();
      await world.settle();
      await turn();
      expect(unhandled).toEqual([]);
      expect(world.registry.size).toBe(0);
      const lines = written.mock.calls.map(([line]) => String(line));
      expect(lines.filter((line) => line.startsWith('@im/protocol: message: Error: of the application'))).toHaveLength(1);
      expect(lines.filter((line) => line.startsWith('@im/protocol: onError: '))).toHaveLength(4);
    } finally {
      written.mockRestore();
    }
  });

  it('is printed to stderr without an onError, as a line without control characters', async () => {
    const written = vi.spyOn(console, 'error').mockReturnValue();
    try {
      const world = new World({
        message: () => {
          throw new TypeError('a\nb\u2028c\u009b\u202e\u{e0041}');
        },
      });
      await refused(world, await world.connect());
      expect(written).toHaveBeenCalledTimes(1);
      expect(written.mock.calls[0][0]).toMatch(
        /^@im\/protocol: message: TypeError: a\\nb\\u2028c\\u009b\\u202e\\udb40\\udc41 at .*\(connection 1, user 1, command 1000\)$/,
      );
    } finally {
      written.mockRestore();
    }
  });

  it('is printed to the console if there is no process', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue();
    vi.stubGlobal('process', { env: {} });
    try {
      const world = new World({ onLogin: () => Promise.reject('no') as never });
      await world.connect();
      expect(logged.mock.calls).toEqual([['@im/protocol: onLogin: no (connection 1, user 1)']]);
    } finally {
      vi.unstubAllGlobals();
      logged.mockRestore();
    }
  });

  it('is not reported if it refuses', async () => {
    const [server, client] = [errorLog(), errorLog()];
    const world = new World({
      message: () => {
        throw new ProtocolError('PERMISSION_DENIED', 'no');
      },
      onError: server.onError,
    });
    const onRequest = (): never => {
      throw new ProtocolError(1002, 'not here');
    };
    const connected = await world.connect({ onRequest, onError: client.onError });
    await refused(world, connected);
    const asked = expect(world.served[0].request(custom('?'))).rejects.toMatchObject({ code: 1002 });
    await world.settle();
    await asked;
    expect([server.errors, client.errors]).toEqual([[], []]);
  });

  it.each(Object.entries({ ...FAILURES, ...NONSENSE }))(
    'onRequest that %s refuses, and nothing else',
    async (_what, misbehave) => {
      const unhandled = unhandledRejections();
      const { onError } = errorLog();
      const world = new World({ message: () => custom('here') });
      const client = await world.connect({ onRequest: misbehave as never, onError });
      const asked = world.served[0].request(custom('?')).catch((error: ProtocolError) => error);
      await world.settle();
      expect(isProtocolError(await asked)).toBe(true);
      const answer = client.request(ASK, ask('a'));
      await world.settle();
      expect(textOf(await answer)).toBe('here');
      await turn();
      expect(unhandled).toEqual([]);
    },
  );

  it('a deflate that throws ends only its own connection', async () => {
    const { errors, onError } = errorLog();
    const broken = new RangeError('zlib is broken');
    let isBroken = false;
    const deflate = {
      deflate: (bytes: Uint8Array) => bytes,
      inflate: (bytes: Uint8Array) => {
        if (isBroken) throw broken;
        return bytes;
      },
    };
    const options: WorldOptions = { login, deflate, compressFromBytes: 0, message: () => custom('x'.repeat(2000)), onError };
    const world = new World(options);
    const client = await world.connect({ deflate: { ...deflate, deflate: (bytes) => bytes.slice(0, -1) }, compressFromBytes: 0 });
    const other = await world.connect({ login: BOB, deflate, compressFromBytes: 0 });
    isBroken = true;
    client.send(custom('x'.repeat(2000)));
    await world.settle();
    expect([world.served[0].state, world.served[1].state]).toEqual(['closed', 'authenticated']);
    expect(errors).toMatchObject([{ error: broken, context: { connection: { id: '1' } } }]);
    const reply = other.request(ASK, ask('a'));
    isBroken = false;
    await world.settle();
    expect(textOf(await reply)).toHaveLength(2000);
  });
});

describe('an error of the application', () => {
  const CODES = [1000, 1001, 2_147_483_647];

  it.each(CODES)('refuses a request with %d, a text and a time to wait', async (code) => {
    const world = new World({
      message: () => {
        throw new ProtocolError(code, 'the group is full', { retryAfterMs: 5000 });
      },
    });
    const error = await refused(world, await world.connect());
    expect(error).toMatchObject({ code, retryAfterMs: 5000 });
    expect(error.message).toBe(`[${code}] the peer refused 1000: "the group is full"`);
    expect(error.properties).toEqual({ number: code, closes: false, reconnect: false, retry: false, local: false });
    expect(isProtocolError(error, code)).toBe(true);
    expect(world.served[0].state).toBe('authenticated');
  });

  it.each(['tcp', 'websocket'] as const)(
    'refuses a login over %s: the client sees it, and does not come back',
    async (transport) => {
      const world = new World({
        transport,
        login: () => {
          throw new ProtocolError(1001, 'banned', { retryAfterMs: 86_400_000 });
        },
      });
      await expect(world.connect()).rejects.toMatchObject({ code: 1001, retryAfterMs: 86_400_000 });
      await world.settle();
      expect([world.lastEnd.peer.closeCode, world.dials]).toEqual([4043, 1]);
    },
  );

  it('closes a connection: the client sees it', async () => {
    const notices: unknown[] = [];
    const world = new World({});
    const client = await world.connect({ onNotice: ({ code }) => void notices.push(code), reconnect: false });
    world.served[0].close(new ProtocolError(1001, 'bye'));
    await world.settle();
    expect([notices, client.state]).toEqual([[1001], 'closed']);
  });

  it('closes a connection before the handshake: the client gets it with its time to wait', async () => {
    const world = new World();
    const failed = expect(world.start()).rejects.toMatchObject({ code: 1003, retryAfterMs: 9 });
    await turn();
    world.served[0].close(new ProtocolError(1003, 'not yet', { retryAfterMs: 9 }));
    await world.settle();
    await failed;
  });

  it('makes a client wait before it reconnects', async () => {
    let isFull = false;
    const world = new World({
      login: () => {
        if (isFull) throw new ProtocolError('OVERLOADED', 'full', { retryAfterMs: 60_000 });
        return ALICE;
      },
    });
    const waits: number[] = [];
    await world.connect({
      onReconnect: ({ retryAfterMs }, delayMs) => void waits.push(retryAfterMs ?? 0, delayMs),
    });
    isFull = true;
    world.lastEnd.cut();
    await world.pass(1000);
    isFull = false;
    expect(waits.slice(2)).toEqual([60_000, 60_000]);
  });
});

describe('a callback that never settles', () => {
  it('of message blocks only its own connection, and onError gets it', async () => {
    const { errors, onError } = errorLog();
    const message: WorldOptions['message'] = (asked, { user }) => (user?.userId === 1n ? never() : custom(`re ${textOf(asked)}`));
    const world = new World({ login, message, onError });
    const [client, other] = [await world.connect(), await world.connect({ login: BOB })];
    const failed = expect(client.request(ASK, ask('a'))).rejects.toMatchObject({ code: 'TIMEOUT' });
    await world.pass(74_999);
    await failed;
    expect(errors).toEqual([]);
    await world.pass(1);
    expect(errors).toMatchObject([
      { error: { code: 'TIMEOUT' }, context: { callback: 'message', connection: { id: '1' }, user: ALICE, command: ASK } },
    ]);
    // It is read, and its heartbeats are answered.
    expect([world.served[0].state, client.state, world.dials]).toEqual(['authenticated', 'authenticated', 2]);
    const answer = other.request(ASK, ask('b'));
    await world.settle();
    expect(textOf(await answer)).toBe('re b');
    await Promise.all([client.close(), other.close(), world.settle()]);
    expect([world.registry.size, world.platform.timers]).toEqual([0, 0]);
  });

  it('of message closes a connection whose reading is paused, although the client has vanished', async () => {
    const { errors, onError } = errorLog();
    const ends: unknown[] = [];
    const world = new World({ message: never, onError, onClose: (_connection, error) => void ends.push(error?.code) });
    const client = await world.connect({ reconnect: false });
    for (let i = 0; i < 100; i++) client.send(custom('x'.repeat(10_000)));
    await world.settle();
    expect(world.ends[0].peer.isPaused).toBe(true);
    await client.close();
    await world.pass(75_000);
    expect([ends, world.registry.size, world.platform.timers, errors.length]).toEqual([['OVERLOADED'], 0, 0, 1]);
  });

  it('of message that answers late is not an error', async () => {
    const { errors, onError } = errorLog();
    const world: World = new World({
      message: (asked) => new Promise((resolve) => void world.platform.setTimer(() => resolve(custom(textOf(asked))), 70_000)),
      onError,
    });
    const client = await world.connect({ requestTimeoutMs: Number.POSITIVE_INFINITY });
    const answers = ['1', '2', '3'].map((text) => client.request(ASK, ask(text)));
    await world.pass(210_000);
    expect((await Promise.all(answers)).map(textOf)).toEqual(['1', '2', '3']);
    expect(errors).toEqual([]);
  });

  it('of onRequest does not keep the client from reading, and onError gets it', async () => {
    const { errors, onError } = errorLog();
    const world = new World({ message: () => custom('here'), requestTimeoutMs: 5000 });
    const client = await world.connect({ onRequest: never, onError });
    const asked = Array.from({ length: 1024 }, () => world.served[0].request(custom('?')).catch(({ code }) => code));
    await world.pass(10_000);
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['TIMEOUT']));
    expect(errors).toHaveLength(1024);
    expect(errors[0]).toMatchObject({ error: { code: 'TIMEOUT' }, context: { callback: 'onRequest', command: ASK } });
    const answer = client.request(ASK, ask('a'));
    await world.pass(100);
    expect(textOf(await answer)).toBe('here');
    await Promise.all([client.close(), world.settle()]);
    expect(world.platform.timers).toBe(0);
  });
});

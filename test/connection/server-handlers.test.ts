// What a server answers, from what its handlers return and throw.
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../src/errors.js';
import { ASK, ask, chat, custom, push, textOf } from './messages.js';
import { ALICE, World } from './world.js';

/** What the client learns of a request, and what the log of the server. */
async function asked(
  message: () => unknown,
  clientOptions = {},
): Promise<{ error: ProtocolError; notices: ProtocolError[]; world: World }> {
  const notices: ProtocolError[] = [];
  const world = new World({ message: message as never, onNotice: (_connection, error) => void notices.push(error) });
  const client = await world.connect(clientOptions);
  const error = client.request(ASK, ask('a')).catch((thrown: ProtocolError) => thrown);
  await world.settle();
  return { error: (await error) as ProtocolError, notices, world };
}

describe.each([
  [
    'at once',
    (error: unknown) => {
      throw error;
    },
  ],
  ['later', (error: unknown) => Promise.reject(error)],
])('a handler that fails %s', (_when, fail) => {
  it('with a ProtocolError refuses the request', async () => {
    const { error, world } = await asked(() => fail(new ProtocolError('RATE_LIMITED', 'slow down')));
    expect(error).toMatchObject({ code: 'RATE_LIMITED' });
    expect(error.message).toContain('slow down');
    expect(world.served[0].state).toBe('authenticated');
  });

  it('with another error is INTERNAL, and only onError gets the error, once', async () => {
    const cause = new Error('secret');
    const { error, notices } = await asked(() => fail(cause));
    expect(error.code).toBe('INTERNAL');
    expect(error.message).not.toContain('secret');
    expect(notices.map((notice) => [notice.code, notice.cause])).toEqual([['INTERNAL', cause]]);
  });

  it('with a local error is INTERNAL to the client', async () => {
    const { error } = await asked(() => fail(new ProtocolError('TIMEOUT', 'the platform did not answer')));
    expect(error.code).toBe('INTERNAL');
  });

  it.each(['UNSUPPORTED_VERSION', 'FRAME_TOO_LARGE', 'UNSUPPORTED_FLAGS'] as const)(
    'with %s, which another peer answered, is INTERNAL, and the connection is kept',
    async (code) => {
      const cause = new ProtocolError(code, 'version 2, this platform has version 1');
      const { error, notices, world } = await asked(() => fail(cause));
      expect([error.code, world.served[0].state]).toEqual(['INTERNAL', 'authenticated']);
      expect(notices.map((notice) => [notice.code, notice.cause])).toEqual([['INTERNAL', cause]]);
    },
  );

  it('with an error that closes, closes the connection', async () => {
    const { error, world } = await asked(() => fail(new ProtocolError('UNAUTHENTICATED', 'expired')));
    expect(error.code).toBe('UNAUTHENTICATED');
    expect(world.served[0].state).toBe('closed');
  });
});

describe('a reply', () => {
  it.each([undefined, Promise.resolve(undefined)])('that is undefined is UNSUPPORTED_COMMAND', async (reply) => {
    expect((await asked(() => reply)).error.code).toBe('UNSUPPORTED_COMMAND');
  });

  it.each([
    ['of another command', { cmd: 1001 }],
    ['that breaks a rule', { cmd: ASK, data: { $case: 'custom', value: { typeUrl: '' } } }],
    ['that is nonsense', 'hello'],
  ])('%s is INTERNAL, and the connection is kept', async (_what, reply) => {
    const { error, notices, world } = await asked(() => reply);
    expect(error.code).toBe('INTERNAL');
    expect(notices).toHaveLength(1);
    expect(world.served[0].state).toBe('authenticated');
  });

  it('that is too large for the client is INTERNAL, and the reported error has the size', async () => {
    const { error, notices } = await asked(() => custom('x'.repeat(20_000)), { maxFrameBytes: 16_384 });
    expect(error.code).toBe('INTERNAL');
    expect(notices[0].cause).toMatchObject({ code: 'FRAME_TOO_LARGE', limit: 16_384 });
  });

  it('may be any object with a then', async () => {
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
    const thenable = { then: (resolve: (value: unknown) => void) => resolve(custom('later')) };
    const world = new World({ message: () => thenable as never });
    const client = await world.connect();
    const answer = client.request(ASK, ask('a'));
    await world.settle();
    expect(textOf(await answer)).toBe('later');
  });

  it('to a message that expects none is not sent', async () => {
    const world = new World({ message: () => custom('nobody asked') });
    const client = await world.connect();
    client.send(custom('a'));
    await world.settle();
    expect(world.lastEnd.peer.writes).toHaveLength(1);
  });
});

it('a push that is refused is reported to onNotice', async () => {
  const notices: ProtocolError['code'][] = [];
  const world = new World({
    message: () => {
      throw new ProtocolError('RATE_LIMITED', 'slow down');
    },
    onNotice: (_connection, { code }) => void notices.push(code),
  });
  const client = await world.connect();
  client.send(custom('a'));
  await world.settle();
  expect(notices).toEqual(['RATE_LIMITED']);
});

it('a sender other than the authenticated user is PERMISSION_DENIED and does not reach the handler', async () => {
  const world = new World({ message: () => expect.fail('handed over') });
  const client = await world.connect();
  const forged = { ...(chat('a') as object), sender: { userId: 2n, terminal: 1 } } as never;
  const failed = expect(client.request(4, forged)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  await world.settle();
  await failed;
});

describe('a login handler', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('the database is down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the database is down'))],
    ['returns nothing', () => undefined],
    ['returns nobody', () => ({ userId: 0n, terminal: 1 })],
  ])('that %s is OVERLOADED, and the connection closes', async (_what, login) => {
    const closed: (ProtocolError | undefined)[] = [];
    const world = new World({ login: login as never, onClose: (_connection, error) => void closed.push(error) });
    const error = await world.connect().catch((thrown: ProtocolError) => thrown);
    expect(error).toMatchObject({ code: 'OVERLOADED' });
    expect(closed.map((reason) => reason?.code)).toEqual(['OVERLOADED']);
    expect(closed[0]?.cause).toBeInstanceOf(Error);
  });

  it('that returns another terminal than the client sent is UNAUTHENTICATED', async () => {
    const world = new World({ login: () => ALICE });
    const failed = world.connect({ login: { accessToken: 't', terminal: 2 } });
    await expect(failed).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('may answer after its client has gone', async () => {
    let accept: (() => void) | undefined;
    const logins: unknown[] = [];
    const world = new World({
      login: () => new Promise((resolve) => (accept = () => resolve(ALICE))),
      onLogin: (connection) => void logins.push(connection),
    });
    const failed = expect(world.start()).rejects.toMatchObject({ code: 'CLOSED' });
    await world.settle();
    world.lastEnd.cut();
    await failed;
    accept!();
    await world.settle();
    expect([logins.length, world.registry.size]).toEqual([0, 0]);
  });
});

it('a push before LOGIN throws on the server', async () => {
  const world = new World({ login: () => new Promise<never>(() => {}) });
  world.start().catch(() => {});
  await world.settle();
  expect(() => world.served[0].push(push(1n))).toThrow('[LOGIN_REQUIRED]');
  expect(world.served[0].pushFrame(new Uint8Array(8))).toBe(3);
});

// A server of version 2: who is a member, how large a group may be for TYPING, and chunks to a client that lags.
import { describe, expect, it } from 'vitest';
import { Command, FEATURES, ProtocolError, SendCode } from '../../../src/index.js';
import { SharedFrame } from '../../../src/session/index.js';
import { chat, taken } from '../messages.js';
import { ALICE, World, type WorldOptions } from '../world.js';

const VERSIONS = { versions: [1, 2] };
const world = (options: WorldOptions = {}): World => new World({ ...VERSIONS, features: FEATURES, ...options });
const group = (id: bigint) => ({ kind: { $case: 'groupId', value: id } }) as const;
const text = (value: string) => ({ body: { $case: 'text', value: { text: value } } }) as never;

describe('member', () => {
  it.each<[string, WorldOptions['member'], string]>([
    ['true', () => true, 'answered'],
    ['a size', () => 2, 'answered'],
    ['a promise of true', async () => true, 'answered'],
    ['false', () => false, 'NOT_A_MEMBER'],
    ['0', () => 0, 'NOT_A_MEMBER'],
    ['a promise of false', async () => false, 'NOT_A_MEMBER'],
    [
      'a refusal',
      () => {
        throw new ProtocolError('OVERLOADED', 'later');
      },
      'OVERLOADED',
    ],
    ['a failure', () => Promise.reject(new Error('no database')), 'INTERNAL'],
    ['nothing', () => undefined as never, 'INTERNAL'],
    ['a promise of null', async () => null as never, 'INTERNAL'],
    ['not a number', () => Number.NaN, 'INTERNAL'],
    ['a negative number', () => -1, 'INTERNAL'],
    ['a bigint', () => 0n as never, 'INTERNAL'],
    ['a row of a database', () => ({ count: 0 }) as never, 'INTERNAL'],
  ])('%s', async (_title, member, expected) => {
    const handled: number[] = [];
    const message: WorldOptions['message'] = (sent) => {
      handled.push(sent.cmd);
      return sent.cmd === Command.HISTORY ? { cmd: sent.cmd, data: { $case: 'historyPage', value: {} } } : taken(sent);
    };
    const here = world({ member: member!, message, onError: () => {} });
    const client = await here.connect(VERSIONS);
    const outcome = (request: Promise<unknown>) =>
      request.then(
        () => 'answered',
        (error) => error.code,
      );
    const outcomes = [
      outcome(client.request(Command.HISTORY, { conversation: group(3n) })),
      outcome(client.request(Command.PRIVATE_MESSAGE, chat('hi'))),
      outcome(client.request(Command.GROUP_MESSAGE, { groupId: 3n, content: text('x') })),
    ];
    await here.settle();
    expect(await Promise.all(outcomes)).toEqual([expected, expected, expected]);
    expect(handled).toEqual(expected === 'answered' ? [11, 4, 5] : []);
  });

  it('is asked with the conversation and the user, not for rooms and messages without a conversation', async () => {
    const asked: unknown[] = [];
    const here = world({
      member: (conversation, user) => {
        asked.push([conversation.kind, user.userId]);
        return true;
      },
      message: (sent) => ({ cmd: sent.cmd, data: sent.data }),
    });
    const client = await here.connect(VERSIONS);
    const requests = [
      client.request(Command.ROOM, { roomId: 5n, join: true }),
      client.request(1000, undefined),
      client.request(Command.STREAM_CONTROL, { conversation: group(3n), messageId: 1n }),
      client.request(Command.DELETE_FOR_ME, {
        conversation: { kind: { $case: 'private', value: { lowerId: 1n, higherId: 9n } } },
        upToSeq: 1n,
      }),
    ];
    await here.settle();
    await Promise.all(requests);
    expect(asked).toEqual([
      [{ $case: 'groupId', value: 3n }, 1n],
      [{ $case: 'private', value: { lowerId: 1n, higherId: 9n } }, 1n],
    ]);
    expect([...here.lastServed.rooms]).toEqual([5n]);
  });

  it('that answers after the connection has ended leads to no message, notice or error', async () => {
    const calls: unknown[] = [];
    let answer: () => void = () => {};
    const here = world({
      member: () =>
        new Promise((resolve) => {
          answer = () => resolve(true);
        }),
      message: (sent) => void calls.push(sent.cmd),
      onNotice: (_, error) => void calls.push(error),
      onError: (error) => void calls.push(error),
    });
    const client = await here.connect(VERSIONS);
    client.request(Command.GROUP_MESSAGE, { groupId: 3n, content: text('x') }).catch(() => {});
    await here.settle();
    here.lastServed.takeOver({ user: ALICE, deviceId: 'other' });
    await here.settle();
    answer();
    await here.settle();
    expect(calls).toEqual([]);
  });

  it('a handler that fails with CLOSED because the connection has ended is not reported', async () => {
    const calls: unknown[] = [];
    const here = world({
      message: (_, connection) =>
        new Promise((_resolve, reject) => {
          connection.whenClosed(() => reject(new ProtocolError('CLOSED', 'the connection has closed')));
        }),
      onNotice: (_, error) => void calls.push(error),
      onError: (error) => void calls.push(error),
    });
    const client = await here.connect(VERSIONS);
    client.request(Command.GROUP_MESSAGE, { groupId: 3n, content: text('x') }).catch(() => {});
    await here.settle();
    here.lastEnd.cut();
    await here.settle();
    expect(calls).toEqual([]);
  });

  it.each([
    [2, 1],
    [3, 0],
    [true, 1],
  ] as const)('TYPING in a group of %s where 2 are allowed is passed on %d times', async (members, times) => {
    const handled: number[] = [];
    const errors: unknown[] = [];
    const here = world({
      login: () => ({ ...ALICE, limits: { typingGroupSize: 2 } }),
      member: () => members,
      message: (sent) => void handled.push(sent.cmd),
      onNotice: (_, error) => errors.push(error),
    });
    const client = await here.connect(VERSIONS);
    client.push(Command.TYPING, { conversation: group(3n), action: 1 });
    await here.settle();
    expect([handled.length, errors]).toEqual([times, []]);
  });
});

it('PRESENCE subscribes the connection once the handler has answered', async () => {
  const here = world({ message: (sent) => ({ cmd: sent.cmd, data: { $case: 'presenceList', value: {} } }) });
  const client = await here.connect(VERSIONS);
  const request = client.request(Command.PRESENCE, { userIds: [7n], ttlMs: 1000 });
  await here.settle();
  await request;
  expect([here.lastServed.isSubscribedTo(7n), here.lastServed.presenceSubscriptions()]).toEqual([true, [7n]]);
  await here.pass(1000);
  expect([here.lastServed.isSubscribedTo(7n), here.lastServed.presenceSubscriptions()]).toEqual([false, []]);
});

describe('chunks to a client that lags', () => {
  const chunk = (index: number) => {
    const value = { conversation: group(3n), messageId: 7n, index, offset: 0, text: 'x'.repeat(1000), state: 1 } as const;
    return { cmd: 16, data: { $case: 'chunk', value } } as const;
  };

  it('are dropped and counted from 65536 waiting bytes on; everything else is queued', async () => {
    const here = world();
    const client = await here.connect(VERSIONS);
    const { lastServed: connection, lastEnd } = here;
    lastEnd.peer.isStuck = true;
    let sent = 0;
    while (connection.droppedChunks === 0) connection.push(chunk(++sent));
    const before = connection.bufferedBytes;
    expect([before >= 65_536, before < 65_536 + 1100]).toEqual([true, true]);
    expect(SharedFrame.of(chunk(1)).pushTo(connection)).toBe(SendCode.NOT_ONLINE);
    expect([connection.droppedChunks, connection.bufferedBytes, connection.state]).toEqual([2, before, 'authenticated']);
    expect(SharedFrame.of({ cmd: 1000 }).pushTo(connection)).toBe(SendCode.SUCCESS);
    connection.push({ cmd: 1000 });
    expect(connection.bufferedBytes).toBeGreaterThan(before);
    lastEnd.peer.isStuck = false;
    await here.settle();
    expect(SharedFrame.of(chunk(1)).pushTo(connection)).toBe(SendCode.SUCCESS);
    expect(client.state).toBe('authenticated');
  });
});

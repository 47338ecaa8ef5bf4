import { describe, expect, it } from 'vitest';
import { groupRef, roomRef } from '../../src/conversation/index.js';
import {
  Command,
  decodeFrame,
  encodeFrame,
  NoticeKind,
  ProtocolError,
  type ReceiveInfo,
  type ReceiveInfoInit,
  RoomPriority,
  SendCode,
  StreamState,
  Terminal,
} from '../../src/index.js';
import { AudienceIndex, type DeliverOptions, deliver } from '../../src/server/index.js';
import { ConnectionRegistry, type Sessions } from '../../src/session/index.js';
import { Served } from './served.js';

const { APP, WEB } = Terminal;
const BOB = { userId: 2n, terminal: APP };

function group(text: string): ReceiveInfoInit {
  const value = {
    sender: BOB,
    groupId: 10n,
    content: { messageId: 77n, sentAtMs: 1n, body: { $case: 'text', value: { text } } },
  } as const;
  return { cmd: Command.GROUP_MESSAGE, sender: BOB, data: { $case: 'groupMessage', value } };
}

const TYPING: ReceiveInfoInit = {
  cmd: Command.TYPING,
  sender: BOB,
  data: { $case: 'typing', value: { conversation: groupRef(10n), sender: BOB, expiresInMs: 3000 } },
};

function room(priority: RoomPriority): ReceiveInfoInit {
  const content = { sentAtMs: 1n, body: { $case: 'text', value: { text: 'hi' } } } as const;
  return {
    cmd: Command.ROOM_MESSAGE,
    sender: BOB,
    everyone: true,
    audience: roomRef(7n),
    data: { $case: 'roomMessage', value: { sender: BOB, roomId: 7n, priority, content } },
  };
}

function open(connections: Served[], options: DeliverOptions<Served> = {}, sessions?: Sessions) {
  const registry = new ConnectionRegistry<Served>(sessions);
  for (const connection of connections) registry.add(connection);
  return {
    registry,
    send: (message: ReceiveInfoInit, more: DeliverOptions<Served> = {}) =>
      deliver(encodeFrame('ReceiveInfo', message), { connections: registry }, { ...options, ...more }),
  };
}

const sentTo = (connections: readonly Served[]): string[] =>
  connections.filter(({ frames }) => frames.length > 0).map(({ id }) => id);
const last = (connection: Served): unknown => decodeFrame(connection.frames.at(-1)!).message;

describe('deliver', () => {
  it('pushes to the receivers, and reports one result per outcome', () => {
    const [one, slow, old] = [new Served('1', 1n, APP), new Served('2', 2n, APP), new Served('3', 1n, WEB, 1)];
    slow.answer = SendCode.TOO_LARGE;
    const { send } = open([one, slow, old]);
    const receivers = [
      { terminal: APP, userIds: [1n, 2n, 9n, 1n] },
      { terminal: WEB, userIds: [1n] },
      { terminal: APP, userIds: [1n, 8n] },
    ];
    const { results, serviceName, dropped } = send({ ...group('hi'), receivers, serviceName: 'chat', traceId: 't' });
    const common = { sender: BOB, cmd: Command.GROUP_MESSAGE, messageId: 77n, traceId: 't' };
    expect([serviceName, dropped]).toEqual(['chat', undefined]);
    expect(results).toEqual([
      {
        ...common,
        code: SendCode.SUCCESS,
        receivers: [
          { terminal: APP, userIds: [1n] },
          { terminal: WEB, userIds: [1n] },
        ],
      },
      { ...common, code: SendCode.TOO_LARGE, receivers: [{ terminal: APP, userIds: [2n] }] },
      { ...common, code: SendCode.CHANNEL_NOT_FOUND, receivers: [{ terminal: APP, userIds: [9n, 8n] }] },
    ]);
    for (const result of results) encodeFrame('SendResult', result);
    expect([one.frames.length, last(one)]).toMatchObject([1, { cmd: Command.GROUP_MESSAGE, sequence: 0 }]);
    // The frame is in the version of the connection.
    expect([one.frames[0][4] <= 2, old.frames[0][4]]).toEqual([true, 1]);
  });

  it('makes results that a SendResult can carry, however the receivers are listed', () => {
    const { send } = open([]);
    const ids = (from: number): bigint[] => Array.from({ length: 10_000 }, (_, i) => BigInt(from + i));
    const receivers = Array.from({ length: 3 }, (_, i) => ({ terminal: APP, userIds: ids(1 + i * 10_000) }));
    const { results } = send({ ...group('hi'), receivers });
    expect(results.map((result) => result.receivers?.[0].userIds?.length)).toEqual([10_000, 10_000, 10_000]);
    for (const result of results) encodeFrame('SendResult', result, { maxFrameBytes: 4_194_304 });
  });

  it('reports UNSUPPORTED_VERSION for connections that are older than the command', () => {
    const [one, old] = [new Served('1', 1n, APP), new Served('3', 1n, WEB, 1)];
    const { send } = open([one, old]);
    const data = { $case: 'deleteForMe', value: { conversation: groupRef(10n), messageIds: [1n] } } as const;
    const receivers = [APP, WEB].map((terminal) => ({ terminal, userIds: [1n] }));
    const { results } = send({ cmd: Command.DELETE_FOR_ME, receivers, data });
    expect(results.map(({ code, receivers: some }) => [code, some?.[0].terminal])).toEqual([
      [SendCode.SUCCESS, APP],
      [SendCode.UNSUPPORTED_VERSION, WEB],
    ]);
    expect([one.frames.length, old.frames.length]).toEqual([1, 0]);
  });

  it('makes no result with skip_result, and for TYPING, CHUNK and ROOM_MESSAGE', () => {
    const one = new Served('1', 1n, APP);
    const { send } = open([one]);
    const receivers = [{ terminal: APP, userIds: [1n, 9n] }];
    expect(send({ ...group('hi'), receivers, skipResult: true }).results).toEqual([]);
    expect(send({ ...TYPING, receivers }).results).toEqual([]);
    const chunk = { messageId: 5n, conversation: groupRef(10n), index: 1, offset: 0, text: 'a', state: StreamState.OPEN };
    expect(send({ cmd: Command.CHUNK, receivers, data: { $case: 'chunk', value: chunk } }).results).toEqual([]);
    const { audience: _audience, everyone: _everyone, ...message } = room(RoomPriority.HIGH);
    expect(send({ ...message, receivers }).results).toEqual([]);
    expect(one.frames).toHaveLength(4);
  });

  it('pushes to everyone, or to everyone on some terminals, without results', () => {
    const all = [new Served('1', 1n, APP), new Served('2', 2n, WEB), new Served('3', 3n, APP, 1)];
    const { send } = open(all);
    expect(send({ ...group('hi'), everyone: true }).results).toEqual([]);
    expect(sentTo(all)).toEqual(['1', '2', '3']);
    send({ ...group('hi'), everyone: true, everyoneTerminals: [WEB] });
    expect(all.map(({ frames }) => frames.length)).toEqual([1, 2, 1]);
  });

  it('pushes to an audience but the connection of the sender', () => {
    const all = [new Served('1', 1n, APP), new Served('app', 2n, APP), new Served('web', 2n, WEB), new Served('4', 4n, APP)];
    const audience = new AudienceIndex<Served>();
    audience.setMembers(10n, [1n, 2n]);
    const { send } = open(all, { audience });
    const message = { ...group('hi'), everyone: true, audience: groupRef(10n) };
    expect(send(message)).toEqual({ results: [], serviceName: '', dropped: undefined });
    expect(sentTo(all)).toEqual(['1', 'web']);
    send({ ...message, everyoneTerminals: [WEB] });
    expect(all.map(({ frames }) => frames.length)).toEqual([1, 0, 2, 0]);
    // Without an index nobody is in the group.
    send(message, { audience: undefined });
    expect(all.map(({ frames }) => frames.length)).toEqual([1, 0, 2, 0]);
  });

  it('removes members from the audience before it pushes the notice', () => {
    const all = [new Served('1', 1n, APP), new Served('2', 2n, APP)];
    const audience = new AudienceIndex<Served>();
    audience.setMembers(10n, [1n, 2n]);
    const { send } = open(all, { audience });
    const notice = { kind: NoticeKind.MEMBERS_REMOVED, actorId: 1n, userIds: [2n] };
    const content = { messageId: 5n, sentAtMs: 1n, fallback: '2 was removed', body: { $case: 'notice', value: notice } } as const;
    const value = { conversation: groupRef(10n), content };
    send({ cmd: Command.SYSTEM_MESSAGE, everyone: true, audience: groupRef(10n), data: { $case: 'systemMessage', value } });
    expect([sentTo(all), audience.hasMember(10n, 2n)]).toEqual([['1'], false]);
  });

  it('ends the sessions of FORCE_LOGOUT, or only that of a connection', () => {
    const [one, two] = [new Served('1', 1n, APP), new Served('2', 2n, APP)];
    const { send } = open([one, two]);
    const value = { user: { userId: 1n, terminal: APP }, reason: 'away' };
    const message = { cmd: Command.FORCE_LOGOUT, data: { $case: 'forceLogout', value } } as const;
    const receivers = [{ terminal: APP, userIds: [1n, 9n] }];
    expect(send({ ...message, receivers }).results.map(({ code }) => code)).toEqual([
      SendCode.SUCCESS,
      SendCode.CHANNEL_NOT_FOUND,
    ]);
    expect([one.taken, two.taken]).toMatchObject([[value], []]);
    // A later connection of the user stays.
    const other = send({ ...message, receivers: [{ terminal: APP, userIds: [2n] }], connectionId: '1' });
    expect([other.results.map(({ code }) => code), two.taken]).toEqual([[SendCode.CHANNEL_NOT_FOUND], []]);
    send({ ...message, receivers: [{ terminal: APP, userIds: [2n] }], connectionId: '2' });
    expect(two.taken).toHaveLength(1);
  });

  it('drops events that are too old', () => {
    const one = new Served('1', 1n, APP);
    const { send } = open([one]);
    const message = { ...TYPING, receivers: [{ terminal: APP, userIds: [1n] }] };
    expect(send(message, { bornAtMs: 1000, nowMs: 4000 }).dropped).toBeUndefined();
    expect(send(message, { bornAtMs: 1000, nowMs: 4001 }).dropped).toMatchObject({
      code: 'TOO_LATE',
      message: '[TOO_LATE] the event is 3001 ms old, limit 3000',
    });
    expect(send(message, { bornAtMs: 0, nowMs: 99_000 }).dropped).toBeUndefined();
    expect(send({ ...group('hi'), receivers: message.receivers }, { bornAtMs: 1, nowMs: 9e9 }).dropped).toBeUndefined();
    expect(one.frames).toHaveLength(3);
  });

  it('sends no perishable events to a connection that is slow to read', () => {
    const audience = new AudienceIndex<Served>();
    const slow = new Served('1', 1n, APP);
    audience.join(slow, 7n);
    const { send } = open([slow], { audience });
    const receivers = [{ terminal: APP, userIds: [1n] }];
    const sendAll = (): void => {
      send({ ...TYPING, receivers });
      for (const priority of [RoomPriority.LOW, RoomPriority.NORMAL, RoomPriority.UNSPECIFIED]) send(room(priority));
    };
    slow.bufferedBytes = 65_536;
    sendAll();
    expect(slow.frames).toHaveLength(4);
    slow.bufferedBytes = 65_537;
    sendAll();
    expect(slow.frames).toHaveLength(4);
    send(room(RoomPriority.HIGH));
    send({ ...group('hi'), receivers });
    expect(slow.frames).toHaveLength(6);
  });

  it('drops what is no ReceiveInfo, without an exception', () => {
    const one = new Served('1', 1n, APP);
    const { registry, send } = open([one]);
    const of = (frame: Uint8Array): unknown => deliver(frame, { connections: registry });
    const result = encodeFrame('SendResult', { code: SendCode.SUCCESS, cmd: 4 });
    expect(of(result)).toMatchObject({ results: [], dropped: { code: 'UNSUPPORTED_TYPE' } });
    const good = encodeFrame('ReceiveInfo', { ...group('hi'), receivers: [{ terminal: APP, userIds: [1n] }] });
    for (let end = 0; end < good.length; end++) {
      expect(of(good.subarray(0, end))).toMatchObject({ results: [], dropped: expect.any(ProtocolError) });
    }
    for (let at = 0; at < good.length; at++) {
      for (const flip of [1, 0x80, 0xff]) {
        const bad = good.slice();
        bad[at] ^= flip;
        of(bad);
      }
    }
    one.frames.length = 0;
    const narrowed = send({ ...group('hi'), receivers: [{ terminal: APP, userIds: [1n] }], audience: groupRef(10n) });
    expect([narrowed.dropped?.message, one.frames]).toEqual(['[INVALID_MESSAGE] audience without everyone', []]);
    one.takeOver = () => {
      throw new Error('bug');
    };
    const forced: ReceiveInfoInit = {
      cmd: Command.FORCE_LOGOUT,
      everyone: true,
      data: { $case: 'forceLogout', value: { user: BOB } },
    };
    expect(send(forced).dropped).toMatchObject({ code: 'INTERNAL', cause: new Error('bug') });
  });

  describe('a reply', () => {
    const page: ReceiveInfoInit = {
      cmd: Command.SYNC,
      receivers: [{ terminal: APP, userIds: [1n] }],
      connectionId: 'c-1',
      replyTo: 5,
      data: { $case: 'syncPage', value: { cursor: new Uint8Array([1]) } },
    };

    function openReply(options: DeliverOptions<Served> = {}) {
      const answers: [string, number, ReceiveInfo['cmd']][] = [];
      const uplink = {
        answer(connection: Served, sequence: number, { cmd }: Pick<ReceiveInfo, 'cmd'>): undefined {
          answers.push([connection.id, sequence, cmd]);
        },
      };
      return { answers, ...open([new Served('c-1', 1n, APP), new Served('c-2', 2n, APP)], { uplink, ...options }) };
    }

    it('goes to the request of its connection, without a result', () => {
      const { send, answers } = openReply();
      expect(send({ ...page, serviceName: 'chat' })).toEqual({ results: [], serviceName: 'chat', dropped: undefined });
      expect(answers).toEqual([['c-1', 5, Command.SYNC]]);
    });

    it.each<[string, ReceiveInfoInit, string]>([
      [
        'another connection of the user',
        { connectionId: 'c-0' },
        '[CLOSED] the connection that the reply is for is not a connection of its receiver',
      ],
      [
        'no connection',
        { connectionId: '' },
        '[CLOSED] the connection that the reply is for is not a connection of its receiver',
      ],
      [
        'the connection of another user',
        { connectionId: 'c-2' },
        '[CLOSED] the connection that the reply is for is not a connection of its receiver',
      ],
      [
        'another terminal',
        { receivers: [{ terminal: WEB, userIds: [1n] }] },
        '[CLOSED] the connection that the reply is for is not a connection of its receiver',
      ],
      [
        'two receivers',
        { receivers: [{ terminal: APP, userIds: [1n, 2n] }] },
        '[INVALID_MESSAGE] a reply has one receiver, got 2',
      ],
      ['everyone', { receivers: [], everyone: true }, '[INVALID_MESSAGE] a reply has one receiver, got 0'],
    ])('is dropped for %s', (_name, change, text) => {
      const { send, answers } = openReply();
      const { results, dropped } = send({ ...page, ...change });
      expect([results, dropped?.message, answers]).toEqual([[], text, []]);
    });

    it('is dropped by a server without an uplink', () => {
      const { send } = openReply({ uplink: undefined });
      expect(send(page).dropped?.message).toBe('[CLOSED] no request waits for a reply of the platform');
    });
  });
});

describe('deliver to several connections of a user and terminal', () => {
  const several = () => {
    const all = [new Served('1', 1n, APP), new Served('2', 1n, APP), new Served('3', 1n, APP, 1)];
    const audience = new AudienceIndex<Served>();
    audience.addMember(10n, 1n);
    return { all, ...open(all, { audience }, 'unlimited') };
  };
  const receivers = [{ terminal: APP, userIds: [1n] }];

  it('pushes to all, with one result: SUCCESS if one of them has accepted', () => {
    const { all, send } = several();
    const resultOf = (...answers: SendCode[]): unknown => {
      answers.forEach((answer, i) => {
        all[i].answer = answer;
      });
      return send({ ...group('hi'), receivers }).results.map(({ code }) => code);
    };
    const { SUCCESS, TOO_LARGE, CHANNEL_NOT_FOUND } = SendCode;
    expect(resultOf(SUCCESS, SUCCESS, SUCCESS)).toEqual([SUCCESS]);
    expect(sentTo(all)).toEqual(['1', '2', '3']);
    expect(resultOf(TOO_LARGE, SUCCESS, CHANNEL_NOT_FOUND)).toEqual([SUCCESS]);
    expect(resultOf(TOO_LARGE, TOO_LARGE, CHANNEL_NOT_FOUND)).toEqual([TOO_LARGE]);
    expect(resultOf(CHANNEL_NOT_FOUND, CHANNEL_NOT_FOUND, CHANNEL_NOT_FOUND)).toEqual([CHANNEL_NOT_FOUND]);
    expect(decodeFrame(all[2].frames[0]).version).toBe(1);
  });

  it.each(['1', '2', '3'])('pushes to connection %s alone if it is named', (connectionId) => {
    const { all, send } = several();
    expect(send({ ...group('hi'), receivers, connectionId }).results.map(({ code }) => code)).toEqual([SendCode.SUCCESS]);
    expect(sentTo(all)).toEqual([connectionId]);
  });

  it('ends all of them, or the one that is named', () => {
    const { all, send } = several();
    const notice = { user: { userId: 1n, terminal: APP }, reason: 'r' };
    const logout = { cmd: Command.FORCE_LOGOUT, receivers, data: { $case: 'forceLogout', value: notice } } as const;
    send({ ...logout, connectionId: '2' });
    expect(all.map(({ taken }) => taken.length)).toEqual([0, 1, 0]);
    send(logout);
    expect(all.map(({ taken }) => taken.length)).toEqual([1, 2, 1]);
  });

  it('an audience: without the sending terminal, or only without the connection that is named', () => {
    const message = { ...group('hi'), sender: { userId: 1n, terminal: APP }, everyone: true, audience: groupRef(10n) };
    const whole = several();
    whole.send(message);
    expect(sentTo(whole.all)).toEqual([]);
    const named = several();
    named.send({ ...message, connectionId: '2' });
    expect(sentTo(named.all)).toEqual(['1', '3']);
  });

  it('a reply goes to the connection that has asked', () => {
    const { all, registry } = several();
    const answered: string[] = [];
    const uplink = { answer: ({ id }: Served) => void answered.push(id) };
    const result = { $case: 'sendResult', value: { code: SendCode.SUCCESS, cmd: Command.GROUP_MESSAGE } } as const;
    for (const { id } of [...all, { id: 'x' }]) {
      const reply = { cmd: Command.SEND_RESULT, receivers, connectionId: id, replyTo: 1, data: result };
      const { dropped } = deliver(encodeFrame('ReceiveInfo', reply), { connections: registry }, { uplink: uplink as never });
      expect(dropped?.code).toBe(id === 'x' ? 'CLOSED' : undefined);
    }
    expect(answered).toEqual(['1', '2', '3']);
  });
});

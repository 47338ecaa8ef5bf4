// What travels on RocketMQ from version 2 on.
import { describe, expect, it } from 'vitest';
import { checkReceiveInfo } from '../../generated/im/protocol/v1/receive_info.codec.js';
import { checkSendResult } from '../../generated/im/protocol/v1/send_result.codec.js';
import {
  Command,
  type ContentInit,
  type ReceiveInfoInit,
  SendCode,
  StreamState,
  Terminal,
  TopicMessage,
} from '../../src/index.js';
import {
  Deduplicator,
  type Delivery,
  EmbeddedBroker,
  eventLifetimeMs,
  expectsResult,
  fromRocketMQ,
  MemoryRoutes,
  planAudience,
  planCommand,
  planFanOut,
  receiveInfoMessage,
  sendResultMessage,
  sessionEventMessage,
  toRocketMQ,
  uplinkInfoMessage,
} from '../../src/rocketmq/index.js';
import { thrownBy } from '../thrown-by.js';
import { ScriptedClock } from './scripted-clock.js';

const sender = { userId: 9n, terminal: Terminal.WEB };
const receivers = [{ terminal: Terminal.APP, userIds: [2n] }];
const pair = { kind: { $case: 'private', value: { lowerId: 2n, higherId: 9n } } } as const;
const group = { kind: { $case: 'groupId', value: 7n } } as const;
const room = { kind: { $case: 'roomId', value: 8n } } as const;
const content = { messageId: 501n, clientMessageId: 'c1', body: { $case: 'text', value: { text: 'hi' } } } as const;
const typing = { $case: 'typing', value: { conversation: pair, sender, action: 1 } } as const;
const chunk = {
  $case: 'chunk',
  value: { conversation: group, messageId: 501n, index: 3, text: 'x', state: StreamState.OPEN },
} as const;
const step = { callId: 'call-1', conversation: group, sender, step: 1, sentAtMs: 1_767_225_600_000n } as const;
const call = { $case: 'call', value: { ...step, action: { $case: 'ringing', value: {} } } } as const;
const roomMessage = { $case: 'roomMessage', value: { sender, roomId: 8n, content } } as const;
const read = { $case: 'read', value: { conversation: group, reader: sender, upToSeq: 3n } } as const;
const events: [ReceiveInfoInit, string, string[]][] = [
  [{ cmd: Command.TYPING, data: typing }, 'p_2_9', []],
  [{ cmd: Command.TYPING, data: { ...typing, value: { ...typing.value, conversation: room } } }, 'r_8', []],
  [{ cmd: Command.CHUNK, data: chunk }, 's_501', ['501']],
  [{ cmd: Command.CALL, data: call }, 'c_call-1', []],
  [{ cmd: Command.ROOM_MESSAGE, data: roomMessage }, 'r_8', ['501', 'c1']],
];

describe('a ReceiveInfo of version 2', () => {
  it.each(events)('with an event goes to im_event, in order: %#', (info, messageGroup, keys) => {
    const message = receiveInfoMessage(3, { sender, receivers, ...info });
    const mapped = toRocketMQ(message);
    expect([mapped.topic, mapped.messageGroup, mapped.keys]).toEqual(['im_event_3', messageGroup, keys]);
    expect(mapped.tag).toBe(mapped.properties.get('im_command'));
    expect(fromRocketMQ(mapped)).toEqual(TopicMessage.create(message));
  });

  it('with another command goes to the topic of the system', () => {
    const mapped = toRocketMQ(receiveInfoMessage(3, { cmd: Command.READ, sender, receivers, data: read }));
    expect([mapped.topic, mapped.tag, mapped.messageGroup, mapped.properties.get('im_version')]).toEqual([
      'im_message_system_3',
      'READ',
      '',
      '2',
    ]);
  });

  it('with the reply to a client goes to the topic of the system', () => {
    const reply = { cmd: Command.SYNC, receivers, connectionId: 'c', replyTo: 4 };
    const message = receiveInfoMessage(3, { ...reply, data: { $case: 'syncPage', value: { cursor: Uint8Array.of(1) } } });
    const mapped = toRocketMQ(message);
    expect([mapped.topic, mapped.tag, mapped.messageGroup]).toEqual(['im_message_system_3', 'SYNC', '']);
    expect(fromRocketMQ(mapped)).toEqual(TopicMessage.create(message));
  });

  it('on the topic of another kind, or in another group, is refused', () => {
    const payload = { $case: 'receiveInfo', value: { cmd: Command.TYPING, sender, receivers, data: typing } } as const;
    expect(thrownBy(() => toRocketMQ({ topic: 'im_message_system_3', payload })).message).toBe(
      '[INVALID_MESSAGE] TopicMessage breaks 1 rule: payload: the topic is for system messages, TYPING goes to event',
    );
    expect(thrownBy(() => toRocketMQ({ topic: 'im_event_3', messageGroup: 'u_9', payload })).message).toBe(
      '[INVALID_MESSAGE] TopicMessage breaks 1 rule: messageGroup: is not the conversation of the message',
    );
    expect(thrownBy(() => toRocketMQ({ topic: 'im_uplink', messageGroup: 'u_9', payload })).message).toBe(
      '[INVALID_MESSAGE] TopicMessage breaks 2 rules: payload: the topic carries a uplinkInfo, got receiveInfo; messageGroup: is not the conversation of the message',
    );
  });
});

describe('a command of an application', () => {
  it('goes to the topic of its kind, in the order of its user unless it has a group', () => {
    const info = { cmd: 1234, sender, receivers };
    const [event, ordered] = [{}, { messageGroup: 'poll' }].map((rest) =>
      toRocketMQ({ ...receiveInfoMessage(3, info, { kind: 'event' }), ...rest }),
    );
    expect([event.topic, event.tag, event.messageGroup, ordered.messageGroup]).toEqual(['im_event_3', '1234', 'u_9', 'poll']);
    expect(receiveInfoMessage(3, { cmd: 1234, receivers }, { kind: 'event' }).messageGroup).toBe('u_2');
    expect(receiveInfoMessage(3, info).topic).toBe('im_message_system_3');
    expect(sendResultMessage({ cmd: 1234, code: SendCode.SUCCESS }, { kind: 'event' }).topic).toBe('im_result_system');
  });

  it('alone has a choice', () => {
    expect(receiveInfoMessage(3, { cmd: Command.READ, receivers, data: read }, { kind: 'event' }).topic).toBe(
      'im_message_system_3',
    );
  });
});

describe('results', () => {
  it('of system messages and events go to im_result_system', () => {
    for (const cmd of [Command.READ, Command.CALL, Command.DELETE_FOR_ME]) {
      expect(toRocketMQ(sendResultMessage({ cmd, code: SendCode.SUCCESS, receivers })).topic).toBe('im_result_system');
    }
  });

  it.each(['TYPING', 'CHUNK', 'ROOM_MESSAGE'] as const)('of %s do not exist', (name) => {
    const message = sendResultMessage({ cmd: Command[name], code: SendCode.SUCCESS, receivers });
    expect(thrownBy(() => toRocketMQ(message)).message).toBe(
      `[INVALID_MESSAGE] TopicMessage breaks 1 rule: payload: ${name} has no result`,
    );
    expect(expectsResult({ cmd: Command[name], receivers })).toBe(false);
  });

  it('are expected unless the ReceiveInfo says otherwise', () => {
    const info = { cmd: Command.CALL, receivers };
    const others = [{ skipResult: true }, { everyone: true }, { replyTo: 4 }];
    expect([info, ...others.map((rest) => ({ ...info, ...rest }))].map(expectsResult)).toEqual([true, false, false, false]);
  });
});

describe('from a server to the platform', () => {
  const session = { user: sender, serverId: 's', connectionId: 'c', kind: 1, atMs: 1n, epoch: 1n, version: 2 };
  const uplink = { sender, serverId: 's', connectionId: 'c', version: 2, number: 1n, traceId: 't-1' };

  it('a SessionEvent is ordered by user', () => {
    const message = sessionEventMessage(session);
    const mapped = toRocketMQ(message);
    expect([mapped.topic, mapped.tag, mapped.keys, mapped.messageGroup]).toEqual(['im_session', 'OPENED', [], 'u_9']);
    expect([...mapped.properties]).toEqual([
      ['im_type', '11'],
      ['im_version', '2'],
      ['im_command', 'OPENED'],
    ]);
    expect([mapped.body[4], mapped.body[5]]).toEqual([2, 11]);
    expect(fromRocketMQ(mapped)).toEqual(TopicMessage.create(message));
    expect(sessionEventMessage({ ...session, kind: 77 }).tag).toBe('77');
  });

  it.each<[Parameters<typeof uplinkInfoMessage>[0], string, string]>([
    [{ ...uplink, cmd: Command.SYNC, data: { $case: 'syncRequest', value: {} } }, 'SYNC', 'u_9'],
    [{ ...uplink, cmd: Command.LOGOUT }, 'LOGOUT', 'u_9'],
    [{ ...uplink, cmd: 1234 }, '1234', 'u_9'],
    [{ ...uplink, cmd: Command.READ, data: read }, 'READ', 'g_7'],
    [{ ...uplink, cmd: Command.TYPING, data: typing }, 'TYPING', 'p_2_9'],
    [{ ...uplink, cmd: Command.CALL, data: call }, 'CALL', 'c_call-1'],
    [{ ...uplink, cmd: Command.ROOM, data: { $case: 'room', value: { roomId: 8n, join: true } } }, 'ROOM', 'r_8'],
    [{ ...uplink, cmd: Command.HISTORY, data: { $case: 'historyRequest', value: { conversation: group } } }, 'HISTORY', 'g_7'],
    [
      { ...uplink, cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value: { sender, receiverId: 2n, content } } },
      'PRIVATE_MESSAGE',
      'p_2_9',
    ],
  ])('an UplinkInfo is ordered by conversation, else by user: %#', (info, tag, messageGroup) => {
    const message = uplinkInfoMessage(info);
    const mapped = toRocketMQ(message);
    expect([mapped.topic, mapped.tag, mapped.messageGroup]).toEqual(['im_uplink', tag, messageGroup]);
    expect(['im_type', 'im_command', 'im_trace'].map((name) => mapped.properties.get(name))).toEqual(['12', tag, 't-1']);
    expect(fromRocketMQ(mapped)).toEqual(TopicMessage.create(message));
  });
});

describe('the age of events', () => {
  const invite = (lifetimeMs: number) => ({
    ...call,
    value: { ...call.value, action: { $case: 'invite', value: { lifetimeMs } } } as const,
  });
  it.each<[string, ReceiveInfoInit, number | undefined]>([
    ['TYPING', { cmd: Command.TYPING, data: typing }, 6000],
    ['TYPING', { cmd: Command.TYPING, data: { ...typing, value: { ...typing.value, expiresInMs: 250 } } }, 250],
    ['CHUNK', { cmd: Command.CHUNK, data: chunk }, 30_000],
    ['CALL', { cmd: Command.CALL, data: call }, 30_000],
    ['CALL with an invite', { cmd: Command.CALL, data: invite(45_000) }, 45_000],
    ['CALL with an invite', { cmd: Command.CALL, data: invite(0) }, 60_000],
    ['ROOM_MESSAGE', { cmd: Command.ROOM_MESSAGE, data: roomMessage }, 10_000],
    ['a command of an application', { cmd: 1234 }, undefined],
  ])('of %s is limited: %#', async (_name, info, limitMs) => {
    const message = receiveInfoMessage(3, { sender, receivers, ...info }, { kind: 'event' });
    expect(eventLifetimeMs(TopicMessage.create(message))).toBe(limitMs);
    if (limitMs === undefined) return;
    for (const [ageMs, count] of [
      [limitMs - 1, 1],
      [limitMs, 1],
      [limitMs + 1, 0],
    ]) {
      const clock = new ScriptedClock();
      const broker = new EmbeddedBroker({ clock });
      const bornAtMs = clock.nowMs();
      await broker.publish(message);
      await clock.advance(ageMs);
      const deliveries: Delivery[] = [];
      await broker.subscribe({ group: 'im_event_3', topics: ['im_event_3'] }, (delivery) => void deliveries.push(delivery));
      await clock.advance(0);
      expect(deliveries.map((delivery) => delivery.bornAtMs)).toEqual(Array(count).fill(bornAtMs));
      await broker.close();
    }
  });
});

describe('Deduplicator', () => {
  async function handled(...messages: ReturnType<typeof receiveInfoMessage>[]): Promise<{ count: number; dropped: number }> {
    const deduplicator = new Deduplicator();
    const broker = new EmbeddedBroker();
    let count = 0;
    const topics = [...new Set(messages.map(({ topic = '' }) => topic))];
    const group = 'im_service_x';
    const done = new Promise<void>((resolve) => {
      let left = messages.length;
      const wrapped = deduplicator.wrap(() => void count++);
      void broker.subscribe({ group, topics, maxInFlight: 1 }, async (delivery) => {
        await wrapped(delivery);
        if (--left === 0) resolve();
      });
    });
    for (const message of messages) await broker.publish(message);
    await done;
    await broker.close();
    return { count, dropped: deduplicator.dropped };
  }

  it('takes a stream again when its state or index is higher', async () => {
    const stream = (state: number, index: number) => {
      const body = { $case: 'stream', value: { text: 'x', state, index } } as const;
      const data = { $case: 'privateMessage', value: { sender, receiverId: 2n, content: { messageId: 501n, body } } } as const;
      return receiveInfoMessage(3, { cmd: Command.PRIVATE_MESSAGE, sender, receivers, data });
    };
    const { OPEN, DONE } = StreamState;
    expect(await handled(stream(OPEN, 0), stream(OPEN, 0), stream(DONE, 0), stream(DONE, 0))).toEqual({ count: 2, dropped: 2 });
    expect(await handled(stream(OPEN, 2), stream(OPEN, 1), stream(OPEN, 3), stream(OPEN, 2))).toEqual({ count: 2, dropped: 2 });
    expect(await handled(stream(DONE, 2), stream(OPEN, 2), stream(OPEN, 1))).toEqual({ count: 1, dropped: 2 });
  });

  it('takes each chunk, each step of a call, and each uplink of a connection once', async () => {
    const chunkOf = (index: number) =>
      receiveInfoMessage(3, { cmd: Command.CHUNK, receivers, data: { ...chunk, value: { ...chunk.value, index } } });
    const stepOf = (at: number, userId = 9n) =>
      receiveInfoMessage(3, {
        cmd: Command.CALL,
        receivers,
        data: { ...call, value: { ...call.value, step: at, sender: { ...sender, userId } } },
      });
    const uplinkOf = (serverId: string, connectionId: string, number: bigint) =>
      uplinkInfoMessage({ sender, serverId, connectionId, version: 2, cmd: Command.LOGOUT, number });
    expect(await handled(chunkOf(1), chunkOf(2), chunkOf(1))).toEqual({ count: 2, dropped: 1 });
    expect(await handled(stepOf(1), stepOf(2), stepOf(1), stepOf(1, 8n))).toEqual({ count: 3, dropped: 1 });
    expect(
      await handled(
        uplinkOf('a', 'c', 1n),
        uplinkOf('a', 'c', 2n),
        uplinkOf('b', 'c', 1n),
        uplinkOf('a', 'd', 1n),
        uplinkOf('a', 'c', 1n),
      ),
    ).toEqual({ count: 4, dropped: 1 });
  });
});

describe('fan-out of a command of version 2', () => {
  const clock = new ScriptedClock();
  async function world(): Promise<MemoryRoutes> {
    const table = new MemoryRoutes({ clock });
    let epoch = 0n;
    const opened = (userId: bigint, terminal: number, serverId: string, version: number) => {
      const atMs = BigInt(clock.nowMs());
      return table.apply({ user: { userId, terminal }, serverId, connectionId: `c${++epoch}`, kind: 1, atMs, epoch, version });
    };
    await opened(2n, Terminal.APP, 'new', 2);
    await opened(2n, Terminal.WEB, 'new', 1);
    await opened(3n, Terminal.APP, 'new', 1);
    await opened(9n, Terminal.PC, 'new', 2);
    await opened(9n, Terminal.APP, 'new', 1);
    await table.set(4n, Terminal.APP, 'old');
    await table.set(5n, Terminal.APP, 'new');
    return table;
  }
  const receiverIds = [2n, 3n, 4n, 5n, 6n];

  it('reaches connections of version 2, on servers that announced it', async () => {
    const { receiveInfos, results } = await planCommand({ cmd: Command.CALL, data: call, sender, receiverIds }, await world(), {
      traceId: 't',
    });
    expect(receiveInfos).toMatchObject([
      {
        serverId: 'new',
        receiveInfo: { cmd: Command.CALL, receivers: [{ terminal: Terminal.APP, userIds: [2n, 5n] }], skipResult: false },
      },
      { serverId: 'new', receiveInfo: { receivers: [{ terminal: Terminal.PC, userIds: [9n] }], skipResult: true } },
    ]);
    for (const { receiveInfo } of receiveInfos) expect(checkReceiveInfo(receiveInfo)).toBeUndefined();
    expect(
      results.map(({ code, receivers: lists }) => [code, lists?.map(({ terminal, userIds }) => [terminal, userIds])]),
    ).toEqual([
      [SendCode.NOT_ONLINE, [Terminal.WEB, Terminal.APP, Terminal.PC].map((terminal) => [terminal, [6n]])],
      [SendCode.UNSUPPORTED_VERSION, [[Terminal.APP, [3n, 4n]]]],
    ]);
    for (const result of results) expect(checkSendResult(result)).toBeUndefined();
  });

  it('reports each terminal that was asked for', async () => {
    const command = { cmd: Command.CALL, data: call, receiverIds: [2n], receiverTerminals: [Terminal.WEB, Terminal.PC] };
    const { receiveInfos, results } = await planCommand(command, await world());
    expect(receiveInfos).toEqual([]);
    expect(results.map(({ code, receivers: lists }) => [code, lists])).toEqual([
      [SendCode.NOT_ONLINE, [{ terminal: Terminal.PC, userIds: [2n] }]],
      [SendCode.UNSUPPORTED_VERSION, [{ terminal: Terminal.WEB, userIds: [2n] }]],
    ]);
  });

  it('has no results for TYPING', async () => {
    const { receiveInfos, results } = await planCommand(
      { cmd: Command.TYPING, data: typing, sender, receiverIds, skipSelf: true },
      await world(),
    );
    expect([receiveInfos.length, results]).toEqual([1, []]);
  });

  it('reaches nobody without announcements', async () => {
    const routes = { find: async () => new Map([[2n, [{ terminal: Terminal.APP, serverId: 's' }]]]) };
    expect((await planCommand({ cmd: Command.READ, data: read, receiverIds: [2n] }, routes)).receiveInfos).toEqual([]);
    expect((await planCommand({ cmd: Command.FORCE_LOGOUT, receiverIds: [2n] }, routes)).receiveInfos.length).toBe(1);
  });

  describe('with a body of version 2', () => {
    const planned = async (of: ContentInit) =>
      planFanOut({ sender, groupId: 7n, content: { ...content, ...of } }, await world(), { receiverIds: [2n, 3n, 4n, 5n] });
    const arrivals = async (of: ContentInit) =>
      (await planned(of)).receiveInfos.map(({ serverId, receiveInfo: { receivers: lists, data } }) => [
        serverId,
        lists?.map(({ terminal, userIds }) => [terminal, userIds]),
        data?.$case === 'groupMessage' && data.value.content?.body?.$case,
      ]);
    const unsupported = async (of: ContentInit) =>
      (await planned(of)).results.map(({ code, receivers: lists }) => [
        code,
        lists?.map(({ terminal, userIds }) => [terminal, userIds]),
      ]);
    const { APP, WEB, PC } = Terminal;
    const stream = (state: StreamState) => ({ body: { $case: 'stream', value: { state, text: 'Hello' } } }) as const;
    const reaction = { $case: 'reaction', value: { messageId: 3n, key: '+1' } } as const;
    const everybody = (body: string) => [
      [
        'new',
        [
          [APP, [2n, 3n, 5n]],
          [WEB, [2n]],
        ],
        body,
      ],
      ['old', [[APP, [4n]]], body],
      [
        'new',
        [
          [PC, [9n]],
          [APP, [9n]],
        ],
        body,
      ],
    ];

    it('and a fallback reaches every connection', async () => {
      expect(await arrivals({ body: reaction, fallback: 'liked' })).toEqual(everybody('reaction'));
      expect(await arrivals({})).toEqual(everybody('text'));
      expect(await unsupported({ body: reaction, fallback: 'liked' })).toEqual([]);
    });

    it('without a fallback reaches those of version 2', async () => {
      const expected = (body: string) => [
        ['new', [[APP, [2n, 5n]]], body],
        ['new', [[PC, [9n]]], body],
      ];
      expect(await arrivals({ body: reaction })).toEqual(expected('reaction'));
      expect(await arrivals({ ...stream(StreamState.OPEN), fallback: 'writing' })).toEqual(expected('stream'));
      expect(await unsupported({ body: reaction })).toEqual([[SendCode.UNSUPPORTED_VERSION, [[APP, [3n, 4n]]]]]);
    });

    it('a finished stream reaches those of version 1 as text', async () => {
      expect(await arrivals(stream(StreamState.DONE))).toEqual([
        ['new', [[APP, [2n, 5n]]], 'stream'],
        [
          'new',
          [
            [WEB, [2n]],
            [APP, [3n]],
          ],
          'text',
        ],
        ['old', [[APP, [4n]]], 'text'],
        ['new', [[PC, [9n]]], 'stream'],
        ['new', [[APP, [9n]]], 'text'],
      ]);
      expect(await unsupported(stream(StreamState.DONE))).toEqual([]);
    });
  });

  it('to an audience is one ReceiveInfo for each server of version 2', async () => {
    const info = { cmd: Command.ROOM_MESSAGE, sender, audience: room, data: roomMessage };
    const planned = planAudience(info, await (await world()).version2Servers());
    expect(planned.map(({ serverId, receiveInfo }) => [serverId, receiveInfo.everyone, receiveInfo.audience])).toEqual([
      ['new', true, room],
    ]);
    expect(checkReceiveInfo(planned[0].receiveInfo)).toBeUndefined();
    expect(receiveInfoMessage('new', planned[0].receiveInfo).topic).toBe('im_event_new');
    expect(thrownBy(() => planAudience({ ...info, audience: undefined }, [])).message).toBe(
      '[INVALID_MESSAGE] audience: not set',
    );
    expect(thrownBy(() => planAudience({ ...info, receivers }, [])).message).toBe(
      '[INVALID_MESSAGE] receivers: got receivers and audience, exactly one is allowed',
    );
  });
});

// What every Broker does: one suite, for the one in memory and for RocketMQ.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  Command,
  isProtocolError,
  type ReceiveInfoInit,
  SendCode,
  SessionEventKind,
  TopicMessage,
  type TopicMessageInit,
} from '../../src/index.js';
import {
  type Broker,
  Deduplicator,
  deadLetterTopic,
  type OnBrokerError,
  receiveInfoMessage,
  type Subscription,
  sendResultMessage,
  sessionEventMessage,
  uplinkInfoMessage,
} from '../../src/rocketmq/index.js';
import { Inbox, ofThisRun, textMessage, textOf, until } from './inbox.js';
import { SUITE_TOPICS, type SuiteTopic, suiteGroup } from './suite-names.js';

export interface BrokerUnderTest {
  open(onError: OnBrokerError): Broker;
  /** How long the slowest thing may take: a redelivery, a dead letter. */
  readonly timeoutMs: number;
  /** How long to wait to be sure that nothing comes. */
  readonly quietMs: number;
  /** Messages of the long conversation. */
  readonly conversationLength: number;
}

const sender = { userId: 9n, terminal: 1 };
const receivers = [{ terminal: 1, userIds: [2n] }];
const RETRY = { initialDelayMs: 50, maxDelayMs: 100 };

export function brokerSuite(name: string, { open, timeoutMs, quietMs, conversationLength }: BrokerUnderTest): void {
  describe(name, { timeout: timeoutMs * 3 }, () => {
    const opened: Broker[] = [];
    const errors: unknown[] = [];
    const openBroker = (): Broker => {
      const broker = open((error) => errors.push(error));
      opened.push(broker);
      return broker;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((broker) => broker.close()));
      errors.length = 0;
    });
    const subscription = (topic: SuiteTopic, rest: Partial<Subscription> = {}): Subscription => ({
      group: suiteGroup(topic),
      topics: [SUITE_TOPICS[topic].name],
      retry: RETRY,
      ...rest,
    });
    const text = (topic: SuiteTopic, body: string, rest: TopicMessageInit = {}) =>
      textMessage(SUITE_TOPICS[topic].name, body, rest);

    it('delivers a message as it was, with its id, its service and its bytes', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      await broker.subscribe(subscription('whole'), inbox.handler());
      const message = receiveInfoMessage('suite', privateMessage(501n), {
        keys: ['own'],
        properties: new Map([...ofThisRun, ['note', '测试 ✓']]),
      });
      const { messageId } = await broker.publish(message);
      await inbox.has(1, timeoutMs);
      const [delivery] = inbox.deliveries;
      expect(delivery.message).toEqual(TopicMessage.create(message));
      expect(delivery).toMatchObject({ messageId, attempt: 1, serviceName: 'chat', group: suiteGroup('whole') });
      expect([...delivery.body.subarray(4, 8)]).toEqual([1, 8, 0, 0]);
      expect(messageId.length).toBe(34);
    });

    it('brings a result back to the service that asked', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      await broker.subscribe(
        subscription('result', { topics: [SUITE_TOPICS.result.name, SUITE_TOPICS.system.name] }),
        inbox.handler(),
      );
      const result = { sender, receivers, code: SendCode.SUCCESS, cmd: Command.PRIVATE_MESSAGE, messageId: 501n };
      await broker.publish(sendResultMessage(result, { properties: ofThisRun }), { serviceName: 'chat' });
      await inbox.has(1, timeoutMs);
      expect(inbox.deliveries[0].serviceName).toBe('chat');
      // The same consumer has a second topic.
      await broker.publish(receiveInfoMessage('suite', { cmd: 1234, receivers }, { properties: ofThisRun }));
      await inbox.has(2, timeoutMs);
      expect(inbox.deliveries[1].message).toMatchObject({ tag: '1234', messageGroup: '' });
    });

    it('acknowledges events in any case, drops those that are too old, and states when they were sent', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const handler = inbox.handler(async (delivery) => {
        if (delivery.message.tag === 'ROOM_MESSAGE') delivery.nack();
        if (delivery.message.tag === 'CALL') delivery.deadLetter();
        if (inbox.deliveries.length > 1) return;
        await gate;
        throw new Error('not this one');
      });
      await broker.subscribe(subscription('event'), handler);
      const startMs = Date.now();
      await broker.publish(event(typing(60_000)));
      await inbox.has(1, timeoutMs);
      await broker.publish(event(typing(200)));
      await broker.publish(event(typing(60_000)));
      await sleep(400);
      release();
      for (const other of [call, roomMessage]) await broker.publish(event(other));
      await inbox.has(4, timeoutMs);
      await sleep(quietMs);
      expect(inbox.deliveries.map(({ message: { tag, messageGroup } }) => `${tag} ${messageGroup}`).toSorted()).toEqual([
        'CALL c_call-1',
        'ROOM_MESSAGE r_8',
        'TYPING p_2_9',
        'TYPING p_2_9',
      ]);
      for (const { attempt, bornAtMs } of inbox.deliveries) {
        expect(attempt).toBe(1);
        expect(bornAtMs).toBeGreaterThanOrEqual(startMs);
        expect(bornAtMs).toBeLessThanOrEqual(Date.now());
      }
      expect(errors).toEqual([new Error('not this one')]);
    });

    it('brings the platform the sessions of each user in order, and each uplink of a connection once', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      const deduplicator = new Deduplicator();
      const topics = [SUITE_TOPICS.session.name, SUITE_TOPICS.uplink.name];
      await broker.subscribe(subscription('session', { topics }), deduplicator.wrap(inbox.handler()));
      const connectionId = `c-${Date.now()}`;
      const { OPENED, BACKGROUND, LOGGED_OUT } = SessionEventKind;
      for (const kind of [OPENED, BACKGROUND, LOGGED_OUT]) {
        const atMs = BigInt(Date.now());
        const session = { user: sender, serverId: 'suite', connectionId, kind, atMs, epoch: 7n, version: 2 };
        await broker.publish(sessionEventMessage(session, { properties: ofThisRun }));
      }
      const conversation = { kind: { $case: 'groupId', value: 7n } } as const;
      const data = { $case: 'read', value: { conversation, reader: sender, upToSeq: 3n } } as const;
      for (const number of [1n, 1n, 2n]) {
        const uplink = { sender, serverId: 'suite', connectionId, version: 2, cmd: Command.READ, number, traceId: 't-1', data };
        await broker.publish(uplinkInfoMessage(uplink, { properties: ofThisRun }));
      }
      await inbox.has(5, timeoutMs);
      await until('1 dropped', () => deduplicator.dropped === 1, timeoutMs);
      const told = inbox.deliveries.map(({ message: { topic, tag, messageGroup } }) => `${topic} ${tag} ${messageGroup}`);
      expect(told.filter((line) => line.startsWith('im_session'))).toEqual([
        'im_session OPENED u_9',
        'im_session BACKGROUND u_9',
        'im_session LOGGED_OUT u_9',
      ]);
      expect(told.filter((line) => line.startsWith('im_uplink'))).toEqual(['im_uplink READ g_7', 'im_uplink READ g_7']);
      const payloads = inbox.deliveries.map(({ message: { payload } }) => payload?.$case);
      expect(payloads.toSorted()).toEqual(['sessionEvent', 'sessionEvent', 'sessionEvent', 'uplinkInfo', 'uplinkInfo']);
    });

    it('keeps the order of each message group, one message at a time', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      const running = new Map<string, number>();
      const handler = inbox.handler(async ({ message: { messageGroup } }) => {
        expect(running.get(messageGroup) ?? 0).toBe(0);
        running.set(messageGroup, 1);
        await sleep(1);
        running.set(messageGroup, 0);
      });
      await broker.subscribe(subscription('order'), handler);
      for (let i = 0; i < 90; i++) await broker.publish(text('order', `${i}`, { messageGroup: `g${i % 3}` }));
      await inbox.has(90, timeoutMs);
      for (const group of [0, 1, 2]) {
        const numbers = inbox.texts.map(Number).filter((i) => i % 3 === group);
        expect(numbers).toEqual(Array.from({ length: 30 }, (_, i) => i * 3 + group));
      }
      expect(errors).toEqual([]);
    });

    it('stores messages of one group in the order of the calls, awaited or not', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      await broker.subscribe(subscription('sends'), inbox.handler());
      const numbers = Array.from({ length: 150 }, (_, i) => i);
      await Promise.all(numbers.map((i) => broker.publish(text('sends', `${i}`, { messageGroup: 'g' }))));
      await inbox.has(150, timeoutMs);
      expect(inbox.texts.map(Number)).toEqual(numbers);
    });

    it('handles messages without a group at the same time, as many as the consumer wants', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      let [running, most] = [0, 0];
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const handler = inbox.handler(async () => {
        most = Math.max(most, ++running);
        await gate;
        running--;
      });
      await broker.subscribe(subscription('parallel', { maxInFlight: 4 }), handler);
      for (let i = 0; i < 10; i++) await broker.publish(text('parallel', `${i}`));
      await until('4 at a time', () => running === 4, timeoutMs);
      await sleep(quietMs);
      release();
      await inbox.has(10, timeoutMs);
      expect(most).toBe(4);
    });

    it('brings a message again that was not acknowledged, and counts', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      const handler = inbox.handler((delivery) => {
        if (delivery.attempt === 1) delivery.nack();
        if (delivery.attempt === 2) throw new Error('not yet');
      });
      await broker.subscribe(subscription('again'), handler);
      const { messageId } = await broker.publish(text('again', 'x'));
      await inbox.has(3, timeoutMs);
      await sleep(quietMs);
      expect(inbox.deliveries.map(({ attempt, messageId: id }) => [attempt, id])).toEqual([1, 2, 3].map((n) => [n, messageId]));
      expect(errors).toEqual([new Error('not yet')]);
    });

    it('a retry delays later messages of its group', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      const handler = inbox.handler((delivery) => {
        if (textOf(delivery) === 'first' && delivery.attempt < 3) delivery.nack({ afterMs: 20 });
      });
      await broker.subscribe(subscription('againInOrder'), handler);
      for (const body of ['first', 'second', 'third']) await broker.publish(text('againInOrder', body, { messageGroup: 'g' }));
      await inbox.has(5, timeoutMs);
      expect(inbox.texts).toEqual(['first', 'first', 'first', 'second', 'third']);
      expect(inbox.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 1, 1]);
    });

    it.each(['givenUp', 'givenUpInOrder'] as const)('buries what is given up, and what failed too often: %s', async (topic) => {
      const broker = openBroker();
      const inbox = new Inbox();
      const buried = new Inbox();
      const group = suiteGroup(topic);
      const dead = { group: suiteGroup(topic, '_2'), topics: [deadLetterTopic(group)], retry: RETRY };
      await broker.subscribe(dead, buried.handler());
      const handler = inbox.handler((delivery) => {
        if (textOf(delivery) === 'bad') delivery.deadLetter();
        if (textOf(delivery) === 'worse') delivery.nack();
      });
      await broker.subscribe(subscription(topic, { retry: { ...RETRY, maxAttempts: 2 } }), handler);
      const order = topic === 'givenUp' ? {} : { messageGroup: 'g' };
      const ids = new Map<string, string>();
      for (const body of ['bad', 'worse', 'good']) {
        ids.set(body, (await broker.publish(text(topic, body, { tag: 'T', keys: ['k'], ...order }))).messageId);
      }
      await buried.has(2, timeoutMs);
      await inbox.has(4, timeoutMs);
      expect(buried.texts.toSorted()).toEqual(['bad', 'worse']);
      expect(inbox.texts.toSorted()).toEqual(['bad', 'good', 'worse', 'worse']);
      for (const delivery of buried.deliveries) {
        expect(delivery.message).toMatchObject({ topic: deadLetterTopic(group), tag: 'T', keys: ['k'] });
        expect(delivery.messageId).toBe(ids.get(textOf(delivery)));
      }
    });

    it('leaves out tags that are not wanted', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      const topics = [{ topic: SUITE_TOPICS.filter.name, tags: ['A', 'B C'] }];
      await broker.subscribe(subscription('filter', { topics }), inbox.handler());
      for (const tag of ['A', 'B', 'B C', '', 'A']) await broker.publish(text('filter', `tag ${tag}`, { tag }));
      await inbox.has(3, timeoutMs);
      await sleep(quietMs);
      expect(inbox.texts.toSorted()).toEqual(['tag A', 'tag A', 'tag B C']);
    });

    it('delivers when it is time', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      const arrived = new Map<string, number>();
      await broker.subscribe(
        subscription('delay'),
        inbox.handler((delivery) => void arrived.set(textOf(delivery), Date.now())),
      );
      const dueMs = Date.now() + 1500;
      const deliver = (body: string, atMs: number) => broker.publish(text('delay', body, { deliverAtMs: BigInt(atMs) }));
      await deliver('past', 1000);
      await deliver('late', dueMs);
      await inbox.has(2, timeoutMs);
      expect(inbox.texts).toEqual(['past', 'late']);
      expect(arrived.get('late')).toBeGreaterThanOrEqual(dueMs);
      const [past, late] = inbox.deliveries;
      expect([past.message.deliverAtMs, late.message.deliverAtMs]).toEqual([1000n, BigInt(dueMs)]);
    });

    it('gives the next consumer of the group what was not acknowledged, in order', async () => {
      const broker = openBroker();
      const first = new Inbox();
      const consumer = await broker.subscribe(
        subscription('back'),
        first.handler((delivery) => {
          if (Number(textOf(delivery)) >= 2) delivery.nack({ afterMs: 1000 });
        }),
      );
      for (let i = 0; i < 5; i++) await broker.publish(text('back', `${i}`, { messageGroup: 'g' }));
      await first.has(3, timeoutMs);
      await consumer.close();
      for (let i = 5; i < 8; i++) await broker.publish(text('back', `${i}`, { messageGroup: 'g' }));
      const second = new Inbox();
      await broker.subscribe(subscription('back'), second.handler());
      await second.has(6, timeoutMs);
      // The third came again to the first consumer, if that was slow to close.
      expect([[...new Set(first.texts)], second.texts]).toEqual([
        ['0', '1', '2'],
        ['2', '3', '4', '5', '6', '7'],
      ]);
    });

    it('gives each group all, and the consumers of a group their share', async () => {
      const broker = openBroker();
      const [one, two, other] = [new Inbox(), new Inbox(), new Inbox()];
      await broker.subscribe(subscription('shared'), one.handler());
      await broker.subscribe(subscription('shared'), two.handler());
      await broker.subscribe(subscription('shared', { group: suiteGroup('shared', '_2') }), other.handler());
      const all = Array.from({ length: 40 }, (_, i) => `${i}`);
      await Promise.all(all.map((body) => broker.publish(text('shared', body))));
      await other.has(40, timeoutMs);
      await until('40 of both', () => one.texts.length + two.texts.length >= 40, timeoutMs);
      await sleep(quietMs);
      expect([...one.texts, ...two.texts].toSorted()).toEqual(all.toSorted());
      expect(other.texts.toSorted()).toEqual(all.toSorted());
    });

    it('takes what is at the limits of RocketMQ, and brings it', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      await broker.subscribe(subscription('limits'), inbox.handler());
      const properties = new Map([...ofThisRun, ...Array.from({ length: 119 }, (_, i) => [`k${i}`, 'v'] as const)]);
      const run = 3 + ofThisRun.get('run')!.length;
      const edges: TopicMessageInit[] = [
        { payload: { $case: 'raw', value: new Uint8Array(4_194_304).fill(7) } },
        { payload: { $case: 'raw', value: Uint8Array.of(0) } },
        { properties },
        { properties: new Map([['k', 'v'.repeat(16_384 - 1 - run)]]) },
        { keys: Array.from({ length: 64 }, (_, i) => `key-${i}`) },
        { tag: '标签 1' },
      ];
      for (const edge of edges) {
        const message = text('limits', 'x', edge);
        await broker.publish(message);
        await inbox.has(1, timeoutMs);
        const [delivery] = inbox.deliveries.splice(0);
        const { payload, ...rest } = TopicMessage.create(message);
        expect(delivery.message).toMatchObject(rest);
        // Four million numbers are not compared one by one.
        expect(Buffer.compare(delivery.body, payload?.$case === 'raw' ? payload.value : new Uint8Array(0))).toBe(0);
      }
    });

    it.each<[string, TopicMessageInit, string]>([
      ['a topic that is not there', { topic: 'suite_nowhere' }, '[INVALID_MESSAGE] topic: the broker has no such topic'],
      [
        'a group on a NORMAL topic',
        { messageGroup: 'g' },
        '[INVALID_MESSAGE] TopicMessage breaks 1 rule: topic: expected a NORMAL message, got FIFO',
      ],
      [
        'a time on a NORMAL topic',
        { deliverAtMs: 1n },
        '[INVALID_MESSAGE] TopicMessage breaks 1 rule: topic: expected a NORMAL message, got DELAY',
      ],
      [
        'no group on a FIFO topic',
        { topic: SUITE_TOPICS.order.name },
        '[INVALID_MESSAGE] TopicMessage breaks 1 rule: topic: expected a FIFO message, got NORMAL',
      ],
      [
        'a large body',
        { payload: { $case: 'raw', value: new Uint8Array(4_194_305) } },
        '[INVALID_MESSAGE] TopicMessage breaks 1 rule: raw: got 4194305 bytes, limit 4194304',
      ],
      ['a blank tag', { tag: ' ' }, '[INVALID_MESSAGE] TopicMessage breaks 1 rule: tag: only white space'],
    ])('refuses %s', async (_name, message, expected) => {
      const error = await openBroker()
        .publish(text('limits', 'x', message))
        .catch((thrown: unknown) => thrown);
      expect(isProtocolError(error) ? error.message : error).toBe(expected);
    });

    it('refuses a time that is more than a day ahead', async () => {
      const broker = openBroker();
      const deliver = (aheadMs: number) => broker.publish(text('delay', 'x', { deliverAtMs: BigInt(Date.now() + aheadMs) }));
      await expect(deliver(86_400_000 - 5_000)).resolves.toBeDefined();
      await expect(deliver(86_400_000 + 5_000)).rejects.toThrow(
        /^\[INVALID_MESSAGE\] deliverAtMs: got 8640\d{4}, limit 86400000 milliseconds ahead$/,
      );
    });

    it.each<[string, Partial<Subscription>, string]>([
      ['a group with a dot', { group: 'a.b' }, '[INVALID_MESSAGE] group: character 1 is not in [%|a-zA-Z0-9_-]'],
      ['a group of 121 characters', { group: 'x'.repeat(121) }, '[INVALID_MESSAGE] group: got 121 bytes, limit 120'],
      ['no topic', { topics: [] }, '[INVALID_MESSAGE] topics: got 0 items, at least 1'],
      [
        'a topic with a dot',
        { topics: ['a.b'] },
        '[INVALID_MESSAGE] Subscription breaks 1 rule: topics[0].topic: character 1 is not in [%|a-zA-Z0-9_\\-]',
      ],
      ['a topic that is not there', { topics: ['suite_nowhere'] }, '[INVALID_MESSAGE] topic: the broker has no such topic'],
      [
        'an empty tag',
        { topics: [{ topic: 't', tags: [''] }] },
        '[INVALID_MESSAGE] Subscription breaks 1 rule: topics[0].tag: got 0 bytes, at least 1',
      ],
    ])('refuses to subscribe with %s', async (_name, rest, expected) => {
      await expect(openBroker().subscribe(subscription('limits', rest), () => {})).rejects.toThrow(expected);
    });

    it('refuses another subscription in the same group', async () => {
      const broker = openBroker();
      const consumer = await broker.subscribe(subscription('shared'), () => {});
      const other = subscription('shared', { topics: [{ topic: SUITE_TOPICS.shared.name, tags: ['A'] }] });
      await expect(broker.subscribe(other, () => {})).rejects.toThrow(
        '[INVALID_MESSAGE] topics: another consumer of the group has other topics or tags',
      );
      await consumer.close();
      await (await broker.subscribe(other, () => {})).close();
    });

    it('handles duplicates and redelivered messages once', async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      const deduplicator = new Deduplicator();
      let failures = 0;
      const handler = deduplicator.wrap(
        inbox.handler(() => {
          if (failures++ === 0) throw new Error('the first time');
        }),
      );
      await broker.subscribe(subscription('system'), handler);
      const system = (messageId: bigint, userIds = [2n]): TopicMessageInit => {
        const content = { messageId, body: { $case: 'text', value: { text: 'x' } } } as const;
        const data = { $case: 'systemMessage', value: { content } } as const;
        return receiveInfoMessage(
          'suite',
          { cmd: Command.SYSTEM_MESSAGE, receivers: [{ terminal: 1, userIds }], data },
          { properties: ofThisRun },
        );
      };
      for (const message of [system(1n), system(1n), system(1n), system(2n), system(1n, [3n])]) await broker.publish(message);
      // 1 failed once; then 1, 2, and 1 for somebody else.
      await inbox.has(4, timeoutMs);
      await until('2 dropped', () => deduplicator.dropped === 2, timeoutMs);
      await sleep(quietMs);
      expect(inbox.deliveries.length).toBe(4);
    });

    it('brings a long conversation complete and in order, with a consumer that is replaced in the middle', {
      timeout: timeoutMs * 6,
    }, async () => {
      const broker = openBroker();
      const inbox = new Inbox();
      const handler = new Deduplicator().wrap(inbox.handler());
      const first = await broker.subscribe(subscription('conversation'), handler);
      const sent = Promise.all(
        Array.from({ length: conversationLength }, (_, i) =>
          broker.publish(text('conversation', `${i}`, { messageGroup: `g_${i % 100}` })),
        ),
      );
      await inbox.has(conversationLength / 3, timeoutMs * 4);
      await first.close();
      await broker.subscribe(subscription('conversation'), handler);
      await sent;
      await inbox.has(conversationLength, timeoutMs * 4);
      await sleep(quietMs);
      const byGroup = new Map<number, number[]>();
      for (const number of inbox.texts.map(Number)) byGroup.set(number % 100, [...(byGroup.get(number % 100) ?? []), number]);
      expect(inbox.deliveries.length).toBe(conversationLength);
      for (const [group, numbers] of byGroup) {
        expect(numbers).toEqual(Array.from({ length: conversationLength / 100 }, (_, i) => i * 100 + group));
      }
    });

    it('takes nothing any more once it is closed', async () => {
      const broker = openBroker();
      await broker.close();
      await broker.close();
      await expect(broker.publish(text('limits', 'x'))).rejects.toThrow('[CLOSED] the broker is closed');
      await expect(broker.subscribe(subscription('limits'), () => {})).rejects.toThrow('[CLOSED] the broker is closed');
    });
  });
}

function privateMessage(messageId: bigint): ReceiveInfoInit {
  const content = { messageId, clientMessageId: 'c1', body: { $case: 'text', value: { text: 'hi' } } } as const;
  const data = { $case: 'privateMessage', value: { sender, receiverId: 2n, content } } as const;
  return { cmd: Command.PRIVATE_MESSAGE, sender, receivers, serviceName: 'chat', traceId: 't-1', data };
}

const pair = { kind: { $case: 'private', value: { lowerId: 2n, higherId: 9n } } } as const;

function typing(expiresInMs: number): ReceiveInfoInit {
  return { cmd: Command.TYPING, data: { $case: 'typing', value: { conversation: pair, sender, action: 1, expiresInMs } } };
}

const call: ReceiveInfoInit = {
  cmd: Command.CALL,
  data: {
    $case: 'call',
    value: {
      callId: 'call-1',
      conversation: pair,
      sender,
      step: 1,
      sentAtMs: 1_767_225_600_000n,
      action: { $case: 'ringing', value: {} },
    },
  },
};

const roomMessage: ReceiveInfoInit = {
  cmd: Command.ROOM_MESSAGE,
  data: {
    $case: 'roomMessage',
    value: { sender, roomId: 8n, content: { body: { $case: 'text', value: { text: 'hi' } } } },
  },
};

function event(receiveInfo: ReceiveInfoInit): TopicMessageInit {
  return receiveInfoMessage('suite', { sender, receivers, ...receiveInfo }, { properties: ofThisRun });
}

import { describe, expect, it } from 'vitest';
import { Command, type ReceiveInfoInit, SendCode, type TopicMessageInit } from '../../src/index.js';
import {
  Deduplicator,
  type Delivery,
  deliveryKey,
  fromRocketMQ,
  receiveInfoMessage,
  sendResultMessage,
  toRocketMQ,
} from '../../src/rocketmq/index.js';
import { settle } from './scripted-clock.js';

const sender = { userId: 9n, terminal: 1 };
const receiveInfo = (messageId: bigint, rest: ReceiveInfoInit = {}): ReceiveInfoInit => {
  const content = { messageId, body: { $case: 'text', value: { text: 'hi' } } } as const;
  const data = { $case: 'privateMessage', value: { sender, receiverId: 2n, content } } as const;
  return { cmd: Command.PRIVATE_MESSAGE, sender, receivers: [{ terminal: 1, userIds: [2n] }], data, ...rest };
};

interface Settled {
  outcome: string;
}

function delivery(message: TopicMessageInit, rest: Partial<Delivery> = {}): Delivery & Settled {
  const view = toRocketMQ(message);
  return {
    message: fromRocketMQ(view),
    body: view.body,
    serviceName: '',
    messageId: 'id',
    bornAtMs: 0,
    group: 'g',
    attempt: 1,
    outcome: 'ack',
    ack() {
      this.outcome = 'ack';
    },
    nack() {
      this.outcome = 'nack';
    },
    deadLetter() {
      this.outcome = 'deadLetter';
    },
    ...rest,
  };
}

/** A handler whose calls end when the test says so. */
function held() {
  const calls: { finish(): void; fail(): void; delivery: Delivery }[] = [];
  const handler = (one: Delivery): Promise<void> =>
    new Promise((finish, reject) => {
      calls.push({ delivery: one, finish, fail: () => reject(new Error('failed')) });
    });
  return { calls, handler };
}

describe('what is the same', () => {
  const key = (message: TopicMessageInit) => deliveryKey(delivery(message));
  const plain = receiveInfoMessage(1, receiveInfo(501n));

  it('is what has the same id, for the same receivers, on the same server', () => {
    expect(key(receiveInfoMessage(1, receiveInfo(501n, { traceId: 'other', serviceName: 'x' }), { keys: ['k'] }))).toBe(
      key(plain),
    );
  });

  it.each<[string, TopicMessageInit]>([
    ['another message', receiveInfoMessage(1, receiveInfo(502n))],
    ['another server', receiveInfoMessage(2, receiveInfo(501n))],
    ['other receivers', receiveInfoMessage(1, receiveInfo(501n, { receivers: [{ terminal: 1, userIds: [3n] }] }))],
    ['another terminal', receiveInfoMessage(1, receiveInfo(501n, { receivers: [{ terminal: 2, userIds: [2n] }] }))],
    ['a result', sendResultMessage({ cmd: Command.PRIVATE_MESSAGE, code: SendCode.SUCCESS, messageId: 501n })],
  ])('is not %s', (_name, message) => {
    expect(key(message)).toBeDefined();
    expect(key(message)).not.toBe(key(plain));
  });

  it('of results is the outcome too', () => {
    const [a, b] = [SendCode.SUCCESS, SendCode.NOT_ONLINE].map((code) =>
      key(sendResultMessage({ cmd: 4, code, messageId: 501n })),
    );
    expect(a).not.toBe(b);
  });

  it('is not known of what has no id of ours', () => {
    expect(key(receiveInfoMessage(1, receiveInfo(0n)))).toBeUndefined();
    expect(key(receiveInfoMessage(1, { cmd: 1234, everyone: true }))).toBeUndefined();
    expect(key({ topic: 't', payload: { $case: 'raw', value: Uint8Array.of(1) } })).toBeUndefined();
  });
});

describe('Deduplicator', () => {
  it('remembers what was acknowledged, and nothing else', async () => {
    const deduplicator = new Deduplicator();
    const seen: number[] = [];
    const handler = deduplicator.wrap((one) => {
      seen.push(one.attempt);
      if (one.attempt === 1) throw new Error('failed');
      if (one.attempt === 2) one.nack();
      if (one.attempt === 3) one.deadLetter();
    });
    const attempt = (n: number) => delivery(receiveInfoMessage(1, receiveInfo(501n)), { attempt: n });
    await expect(handler(attempt(1))).rejects.toThrow('failed');
    const [second, third] = [attempt(2), attempt(3)];
    for (const one of [second, third, attempt(4), attempt(5)]) await handler(one);
    expect(seen).toEqual([1, 2, 3, 4]);
    expect([second.outcome, third.outcome, deduplicator.dropped]).toEqual(['nack', 'deadLetter', 1]);
  });

  it('lets a second one wait for the first', async () => {
    const deduplicator = new Deduplicator();
    const { calls, handler } = held();
    const wrapped = deduplicator.wrap(handler);
    const done: string[] = [];
    const run = async (name: string) => {
      await wrapped(delivery(receiveInfoMessage(1, receiveInfo(501n))));
      done.push(name);
    };
    const all = Promise.all([run('a'), run('b'), run('c')]);
    await settle();
    expect([calls.length, done]).toEqual([1, []]);
    calls[0].finish();
    await all;
    expect([calls.length, deduplicator.dropped]).toEqual([1, 2]);
  });

  it('hands the second one over if the first fails, one at a time', async () => {
    const { calls, handler } = held();
    const wrapped = new Deduplicator().wrap(handler);
    const all = Promise.allSettled([1, 2, 3].map(() => wrapped(delivery(receiveInfoMessage(1, receiveInfo(501n))))));
    await settle();
    calls[0].fail();
    await settle();
    expect(calls.length).toBe(2);
    calls[1].finish();
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(calls.length).toBe(2);
  });

  it('takes RocketMQ’s own id where there is none of ours, and keeps groups apart', async () => {
    const seen: string[] = [];
    const handler = new Deduplicator().wrap(({ messageId, group }) => void seen.push(`${group}${messageId}`));
    const message = receiveInfoMessage(1, { cmd: 1234, everyone: true });
    for (const [group, messageId] of ['a1', 'a1', 'a2', 'b1'].map((pair) => [...pair]))
      await handler(delivery(message, { group, messageId }));
    expect(seen).toEqual(['a1', 'a2', 'b1']);
  });

  it('forgets the oldest when the window is full', async () => {
    const seen: bigint[] = [];
    const handler = new Deduplicator({ size: 2 }).wrap(({ message: { payload } }) => {
      if (payload?.$case === 'receiveInfo' && payload.value.data?.$case === 'privateMessage')
        seen.push(payload.value.data.value.content!.messageId);
    });
    for (const id of [1n, 2n, 1n, 3n, 2n, 1n]) await handler(delivery(receiveInfoMessage(1, receiveInfo(id))));
    expect(seen).toEqual([1n, 2n, 3n, 1n]);
    expect(() => new Deduplicator({ size: 0 })).toThrow('size: expected 1 or more, got 0');
  });
});

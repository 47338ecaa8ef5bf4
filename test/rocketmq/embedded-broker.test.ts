// What the suite cannot see without scripting time.
import { describe, expect, it } from 'vitest';
import type { TopicMessageInit } from '../../src/index.js';
import {
  type Delivery,
  deadLetterTopic,
  EmbeddedBroker,
  type EmbeddedBrokerOptions,
  toRocketMQ,
} from '../../src/rocketmq/index.js';
import { runHandler } from '../../src/rocketmq/run-handler.js';
import { textOf } from './inbox.js';
import { ScriptedClock, settle } from './scripted-clock.js';

const topics = { normal: 'NORMAL', fifo: 'FIFO', delay: 'DELAY' } as const;
const text = (topic: string, body: string, rest: TopicMessageInit = {}): TopicMessageInit => ({
  topic,
  payload: { $case: 'raw', value: new TextEncoder().encode(body) },
  ...rest,
});

function open(options: EmbeddedBrokerOptions = {}) {
  const clock = new ScriptedClock();
  const start = clock.nowMs();
  const told: string[] = [];
  const broker = new EmbeddedBroker({ topics, clock, ...options });
  const note = (delivery: Delivery): void => void told.push(`${clock.nowMs() - start} ${textOf(delivery)} ${delivery.attempt}`);
  return { broker, clock, told, note };
}

describe('time', () => {
  it('between deliveries doubles up to the limit, until the attempts are used up', async () => {
    const { broker, clock, told, note } = open();
    const retry = { maxAttempts: 6, initialDelayMs: 1000, maxDelayMs: 5000 };
    await broker.subscribe({ group: 'g', topics: ['normal'], retry }, (delivery) => {
      note(delivery);
      delivery.nack();
    });
    await broker.subscribe({ group: 'dead', topics: [deadLetterTopic('g')] }, note);
    await broker.publish(text('normal', 'x'));
    await clock.advance(100_000);
    // 1, 2, 4, 5, 5 seconds.
    expect(told).toEqual(['0 x 1', '1000 x 2', '3000 x 3', '7000 x 4', '12000 x 5', '17000 x 6', '17000 x 1']);
    expect(clock.timers).toBe(0);
  });

  it('asked for by a nack is what it asks for', async () => {
    const { broker, clock, told, note } = open();
    await broker.subscribe({ group: 'g', topics: ['normal'] }, (delivery) => {
      note(delivery);
      if (delivery.attempt < 3) delivery.nack({ afterMs: delivery.attempt * 7 });
    });
    await broker.publish(text('normal', 'x'));
    await clock.advance(100);
    expect(told).toEqual(['0 x 1', '7 x 2', '21 x 3']);
  });

  it('that one message waits holds up its group and nobody else', async () => {
    const { broker, clock, told, note } = open();
    await broker.subscribe({ group: 'g', topics: ['fifo'], retry: { initialDelayMs: 50 } }, (delivery) => {
      note(delivery);
      if (textOf(delivery) === 'a1' && delivery.attempt === 1) throw new Error('not now');
    });
    for (const body of ['a1', 'a2', 'b1', 'b2']) await broker.publish(text('fifo', body, { messageGroup: body[0] }));
    await clock.advance(1000);
    expect(told).toEqual(['0 a1 1', '0 b1 1', '0 b2 1', '50 a1 2', '50 a2 1']);
  });

  it('of delivery comes to the millisecond', async () => {
    const { broker, clock, told, note } = open();
    await broker.subscribe({ group: 'g', topics: ['delay'] }, note);
    const at = (ms: number) => ({ deliverAtMs: BigInt(clock.nowMs() + ms) });
    await broker.publish(text('delay', 'late', at(86_400_000)));
    await broker.publish(text('delay', 'soon', at(5)));
    await broker.publish(text('delay', 'past', at(-5)));
    await expect(broker.publish(text('delay', 'never', at(86_400_001)))).rejects.toMatchObject({
      limit: 86_400_000,
      actual: 86_400_001,
    });
    await clock.advance(86_400_000 - 1);
    expect(told).toEqual(['0 past 1', '5 soon 1']);
    await clock.advance(1);
    expect(told.at(-1)).toBe('86400000 late 1');
  });

  it('to close is bounded, and what is still being handled goes to the next consumer, first', async () => {
    const { broker, clock, told, note } = open({ closeTimeoutMs: 300 });
    let finish = (): void => {};
    const stuck = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const consumer = await broker.subscribe({ group: 'g', topics: ['normal'], maxInFlight: 2 }, async (delivery) => {
      note(delivery);
      await stuck;
    });
    for (const body of ['1', '2', '3']) await broker.publish(text('normal', body));
    await settle();
    const closing = consumer.close();
    await clock.advance(299);
    await broker.subscribe({ group: 'g', topics: ['normal'] }, note);
    await clock.advance(1);
    await closing;
    await settle();
    expect(told).toEqual(['0 1 1', '0 2 1', '299 3 1', '300 1 2', '300 2 2']);
    // What the first consumer says now comes too late to count.
    finish();
    await settle();
    await broker.close();
    expect(told.length).toBe(5);
  });
});

describe('memory', () => {
  it('of a topic for groups that come later is bounded', async () => {
    const { broker, told, note } = open({ retainedMessages: 3 });
    for (const body of ['1', '2', '3', '4']) await broker.publish(text('normal', body));
    await broker.subscribe({ group: 'g', topics: ['normal'] }, note);
    await settle();
    expect(told).toEqual(['0 2 1', '0 3 1', '0 4 1']);
  });

  it('of what waits for a group is bounded', async () => {
    const { broker } = open({ maxBacklog: 2 });
    const consumer = await broker.subscribe({ group: 'g', topics: ['normal'] }, () => {});
    await consumer.close();
    for (const body of ['1', '2']) await broker.publish(text('normal', body));
    await expect(broker.publish(text('normal', '3'))).rejects.toMatchObject({
      message: '[OVERLOADED] got 2 messages that wait for a consumer group, limit 2',
      limit: 2,
      actual: 2,
    });
    // Another topic is none of its business.
    await broker.publish(text('fifo', 'x', { messageGroup: 'g' }));
  });

  it("is the broker's own: neither the sender nor another receiver changes a message", async () => {
    const { broker } = open();
    const bodies: string[] = [];
    const note = (delivery: Delivery): void => {
      bodies.push(textOf(delivery));
      delivery.body.fill(0);
    };
    await broker.subscribe({ group: 'a', topics: ['normal'] }, note);
    await broker.subscribe({ group: 'b', topics: ['normal'] }, note);
    const value = new TextEncoder().encode('abc');
    await broker.publish({ topic: 'normal', payload: { $case: 'raw', value } });
    value.fill(0);
    await settle();
    expect(bodies).toEqual(['abc', 'abc']);
  });
});

it('closing gives up all timers', async () => {
  const { broker, clock, told, note } = open();
  await broker.subscribe({ group: 'g', topics: ['normal', 'delay'] }, (delivery) => {
    note(delivery);
    delivery.nack();
  });
  await broker.publish(text('normal', 'x'));
  await broker.publish(text('delay', 'y', { deliverAtMs: BigInt(clock.nowMs() + 10) }));
  await settle();
  await broker.close();
  expect(clock.timers).toBe(0);
  await clock.advance(10_000);
  expect(told).toEqual(['0 x 1']);
});

it('a body that nobody can read is buried at once, and told', async () => {
  const payload = { $case: 'receiveInfo', value: { cmd: 1000, everyone: true } } as const;
  const mapped = toRocketMQ({ topic: 'im_message_system_1', payload });
  const errors: unknown[] = [];
  const view = { ...mapped, body: mapped.body.subarray(0, 9) };
  const outcome = await runHandler(
    () => expect.unreachable(),
    { view, messageId: 'id', group: 'g', attempt: 1 },
    (error, context) => errors.push([String(error), context]),
  );
  expect(outcome).toEqual({ kind: 'deadLetter' });
  expect(errors).toEqual([
    ['ProtocolError: [TRUNCATED] got 9 bytes of a frame of 13', { group: 'g', topic: 'im_message_system_1', messageId: 'id' }],
  ]);
});

it('numbers that make no sense are refused', async () => {
  const { broker } = open();
  const subscribe = (rest: object) => broker.subscribe({ group: 'g', topics: ['normal'], ...rest }, () => {});
  await expect(subscribe({ maxInFlight: 0 })).rejects.toThrow(new RangeError('maxInFlight is 1 or more, got 0'));
  await expect(subscribe({ retry: { maxAttempts: 0 } })).rejects.toThrow(new RangeError('maxAttempts is 1 or more, got 0'));
  await expect(subscribe({ retry: { initialDelayMs: -1 } })).rejects.toThrow(
    new RangeError('delays are 0 or more, got -1 and 60000'),
  );
});

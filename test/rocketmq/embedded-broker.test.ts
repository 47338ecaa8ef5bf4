// What the suite cannot see without scripting time.
import { describe, expect, it } from 'vitest';
import type { TopicMessageInit } from '../../src/index.js';
import {
  type Delivery,
  deadLetterTopic,
  EmbeddedBroker,
  type EmbeddedBrokerOptions,
  RocketMQBroker,
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
  const deliveries: string[] = [];
  const broker = new EmbeddedBroker({ topics, clock, ...options });
  const record = (delivery: Delivery): void =>
    void deliveries.push(`${clock.nowMs() - start} ${textOf(delivery)} ${delivery.attempt}`);
  return { broker, clock, deliveries, record };
}

describe('time', () => {
  it('between deliveries doubles up to the limit, until the attempts are used up', async () => {
    const { broker, clock, deliveries, record } = open();
    const retry = { maxAttempts: 6, initialDelayMs: 1000, maxDelayMs: 5000 };
    await broker.subscribe({ group: 'g', topics: ['normal'], retry }, (delivery) => {
      record(delivery);
      delivery.nack();
    });
    await broker.subscribe({ group: 'dead', topics: [deadLetterTopic('g')] }, record);
    await broker.publish(text('normal', 'x'));
    await clock.advance(100_000);
    // 1, 2, 4, 5, 5 seconds.
    expect(deliveries).toEqual(['0 x 1', '1000 x 2', '3000 x 3', '7000 x 4', '12000 x 5', '17000 x 6', '17000 x 1']);
    expect(clock.timers).toBe(0);
  });

  it('asked for by a nack is what it asks for', async () => {
    const { broker, clock, deliveries, record } = open();
    await broker.subscribe({ group: 'g', topics: ['normal'] }, (delivery) => {
      record(delivery);
      if (delivery.attempt < 3) delivery.nack({ afterMs: delivery.attempt * 7 });
    });
    await broker.publish(text('normal', 'x'));
    await clock.advance(100);
    expect(deliveries).toEqual(['0 x 1', '7 x 2', '21 x 3']);
  });

  it('that one message waits holds up its group and nobody else', async () => {
    const { broker, clock, deliveries, record } = open();
    await broker.subscribe({ group: 'g', topics: ['fifo'], retry: { initialDelayMs: 50 } }, (delivery) => {
      record(delivery);
      if (textOf(delivery) === 'a1' && delivery.attempt === 1) throw new Error('not now');
    });
    for (const body of ['a1', 'a2', 'b1', 'b2']) await broker.publish(text('fifo', body, { messageGroup: body[0] }));
    await clock.advance(1000);
    expect(deliveries).toEqual(['0 a1 1', '0 b1 1', '0 b2 1', '50 a1 2', '50 a2 1']);
  });

  it('of delivery comes to the millisecond', async () => {
    const { broker, clock, deliveries, record } = open();
    await broker.subscribe({ group: 'g', topics: ['delay'] }, record);
    const at = (ms: number) => ({ deliverAtMs: BigInt(clock.nowMs() + ms) });
    await broker.publish(text('delay', 'late', at(86_400_000)));
    await broker.publish(text('delay', 'soon', at(5)));
    await broker.publish(text('delay', 'past', at(-5)));
    await expect(broker.publish(text('delay', 'never', at(86_400_001)))).rejects.toMatchObject({
      limit: 86_400_000,
      actual: 86_400_001,
    });
    await clock.advance(86_400_000 - 1);
    expect(deliveries).toEqual(['0 past 1', '5 soon 1']);
    await clock.advance(1);
    expect(deliveries.at(-1)).toBe('86400000 late 1');
  });

  it.each([1, 500, 90_000_000])(
    'of delivery is not early by a timer that ends %i ms before the clock shows it',
    async (earlyMs) => {
      const clock = new ScriptedClock();
      let offsetMs = 0;
      const behind = {
        nowMs: () => clock.nowMs() + offsetMs,
        setTimer: (callback: () => void, ms: number) => clock.setTimer(callback, ms),
        clearTimer: (timer: unknown) => clock.clearTimer(timer),
      };
      const broker = new EmbeddedBroker({ topics, clock: behind });
      const arrived: number[] = [];
      await broker.subscribe({ group: 'g', topics: ['delay'] }, () => void arrived.push(behind.nowMs()));
      const dueMs = behind.nowMs() + 1000;
      await broker.publish(text('delay', 'x', { deliverAtMs: BigInt(dueMs) }));
      offsetMs = -earlyMs;
      await clock.advance(1000 + earlyMs - 1);
      expect(arrived).toEqual([]);
      await clock.advance(1);
      expect(arrived).toEqual([dueMs]);
      await broker.close();
    },
  );

  it('to close is bounded, and what is still being handled goes to the next consumer, first', async () => {
    const { broker, clock, deliveries, record } = open({ closeTimeoutMs: 300 });
    let finish = (): void => {};
    const stuck = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const consumer = await broker.subscribe({ group: 'g', topics: ['normal'], maxInFlight: 2 }, async (delivery) => {
      record(delivery);
      await stuck;
    });
    for (const body of ['1', '2', '3']) await broker.publish(text('normal', body));
    await settle();
    const closing = consumer.close();
    await clock.advance(299);
    await broker.subscribe({ group: 'g', topics: ['normal'] }, record);
    await clock.advance(1);
    await closing;
    await settle();
    expect(deliveries).toEqual(['0 1 1', '0 2 1', '299 3 1', '300 1 2', '300 2 2']);
    // What the first consumer says now comes too late to count.
    finish();
    await settle();
    await broker.close();
    expect(deliveries.length).toBe(5);
  });
});

describe('memory', () => {
  it('of a topic for groups that come later is bounded', async () => {
    const { broker, deliveries, record } = open({ retainedMessages: 3 });
    for (const body of ['1', '2', '3', '4']) await broker.publish(text('normal', body));
    await broker.subscribe({ group: 'g', topics: ['normal'] }, record);
    await settle();
    expect(deliveries).toEqual(['0 2 1', '0 3 1', '0 4 1']);
  });

  it('of what waits for a group is bounded', async () => {
    const { broker } = open({ maxBacklog: 2 });
    const consumer = await broker.subscribe({ group: 'g', topics: ['normal'] }, () => {});
    await consumer.close();
    for (const body of ['1', '2']) await broker.publish(text('normal', body));
    await expect(broker.publish(text('normal', '3'))).rejects.toMatchObject({
      message: '[OVERLOADED] got 2 messages waiting for a consumer group, limit 2',
      limit: 2,
      actual: 2,
    });
    // Another topic is none of its business.
    await broker.publish(text('fifo', 'x', { messageGroup: 'g' }));
  });

  it("is the broker's own: neither the sender nor another receiver changes a message", async () => {
    const { broker } = open();
    const bodies: string[] = [];
    const record = (delivery: Delivery): void => {
      bodies.push(textOf(delivery));
      delivery.body.fill(0);
    };
    await broker.subscribe({ group: 'a', topics: ['normal'] }, record);
    await broker.subscribe({ group: 'b', topics: ['normal'] }, record);
    const value = new TextEncoder().encode('abc');
    await broker.publish({ topic: 'normal', payload: { $case: 'raw', value } });
    value.fill(0);
    await settle();
    expect(bodies).toEqual(['abc', 'abc']);
  });
});

it('closing gives up all timers', async () => {
  const { broker, clock, deliveries, record } = open();
  await broker.subscribe({ group: 'g', topics: ['normal', 'delay'] }, (delivery) => {
    record(delivery);
    delivery.nack();
  });
  await broker.publish(text('normal', 'x'));
  await broker.publish(text('delay', 'y', { deliverAtMs: BigInt(clock.nowMs() + 10) }));
  await settle();
  await broker.close();
  expect(clock.timers).toBe(0);
  await clock.advance(10_000);
  expect(deliveries).toEqual(['0 x 1']);
});

it('a message with an invalid body becomes a dead letter at once, and is reported', async () => {
  const payload = { $case: 'receiveInfo', value: { cmd: 1000, everyone: true } } as const;
  const mapped = toRocketMQ({ topic: 'im_message_system_1', payload });
  const errors: unknown[] = [];
  const view = { ...mapped, body: mapped.body.subarray(0, 9) };
  const outcome = await runHandler(
    () => expect.unreachable(),
    { view, messageId: 'id', bornAtMs: 0, group: 'g', attempt: 1 },
    new ScriptedClock(),
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
  await expect(subscribe({ maxInFlight: 0 })).rejects.toThrow(
    new RangeError('maxInFlight: expected an integer of 1 or more, got 0'),
  );
  await expect(subscribe({ retry: { maxAttempts: 0 } })).rejects.toThrow(
    new RangeError('maxAttempts: expected an integer of 1 or more, got 0'),
  );
  await expect(subscribe({ retry: { initialDelayMs: -1 } })).rejects.toThrow(
    new RangeError('initialDelayMs: expected 0 to 43200000 milliseconds, got -1'),
  );
});

/** Waits until the event loop has turned so many times. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await settle();
}

describe('handlers that never end', () => {
  it.each<[what: string, handle: (broker: EmbeddedBroker, delivery: Delivery) => unknown]>([
    ['publish to their own topic', (broker) => broker.publish(text('normal', 'again'))],
    ['publish without waiting', (broker) => void broker.publish(text('normal', 'again'))],
    [
      'publish to a message group',
      (broker) =>
        Promise.all([broker.publish(text('fifo', 'f', { messageGroup: 'g' })), broker.publish(text('normal', 'again'))]),
    ],
  ])('do not keep timers waiting if they %s', async (_, handle) => {
    const broker = new EmbeddedBroker({ topics });
    let count = 0;
    await broker.subscribe({ group: 'g', topics: ['normal'] }, async (delivery) => {
      count++;
      await handle(broker, delivery);
    });
    await broker.publish(text('normal', 'x'));
    await new Promise((resolve) => setTimeout(resolve, 1));
    await turns(10);
    const before = count;
    await turns(10);
    expect(count).toBeGreaterThan(before);
    await broker.close();
    const end = count;
    await turns(10);
    expect(count).toBe(end);
  });

  it('do not keep timers waiting if two groups publish for each other', async () => {
    const broker = new EmbeddedBroker({ topics: { a: 'NORMAL', b: 'NORMAL' } });
    let count = 0;
    for (const [from, to] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      await broker.subscribe({ group: `g-${from}`, topics: [from] }, async () => {
        count++;
        await broker.publish(text(to, 'x'));
      });
    }
    await broker.publish(text('a', 'x'));
    await turns(10);
    expect(count).toBeGreaterThan(100);
    await broker.close();
  });

  it('let other groups have their turn', async () => {
    const { broker, deliveries, record } = open();
    for (const group of ['g1', 'g2']) {
      await broker.subscribe({ group, topics: ['normal'] }, async () => void (await broker.publish(text('normal', 'again'))));
    }
    await broker.subscribe({ group: 'g3', topics: ['fifo'] }, record);
    await broker.publish(text('normal', 'x'));
    await turns(3);
    await broker.publish(text('fifo', 'y', { messageGroup: 'g' }));
    await turns(3);
    expect(deliveries).toEqual(['0 y 1']);
    await broker.close();
  });

  it('are called for all messages of a long queue, a part in each turn', async () => {
    const { broker } = open();
    for (let i = 0; i < 1000; i++) await broker.publish(text('normal', 'x'));
    let count = 0;
    await broker.subscribe({ group: 'g', topics: ['normal'], maxInFlight: 5000 }, () => void count++);
    await settle();
    expect(count).toBeLessThan(1000);
    await turns(20);
    expect(count).toBe(1000);
  });
});

describe('a group that takes its own dead letters', () => {
  it('gets each once, and gives it up for good', async () => {
    const { broker, clock, deliveries, record } = open();
    const own = deadLetterTopic('g');
    await broker.subscribe({ group: 'g', topics: ['normal', own], retry: { maxAttempts: 2 } }, (delivery) => {
      record(delivery);
      if (delivery.attempt === 1) delivery.nack();
      else delivery.deadLetter();
    });
    await broker.publish(text('normal', 'x'));
    await clock.advance(100_000);
    expect(deliveries).toEqual(['0 x 1', '1000 x 2', '1000 x 1', '2000 x 2']);
    expect(clock.timers).toBe(0);
    // It is not lost: the topic has it for others.
    await broker.subscribe({ group: 'operators', topics: [own] }, record);
    await settle();
    expect(deliveries.slice(4)).toEqual(['100000 x 1', '100000 x 1']);
  });

  it('does not keep timers waiting, even if two groups take those of each other', async () => {
    const broker = new EmbeddedBroker({ topics });
    let count = 0;
    for (const [group, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      await broker.subscribe({ group, topics: ['normal', deadLetterTopic(other)] }, (delivery) => {
        count++;
        delivery.deadLetter();
      });
    }
    await broker.publish(text('normal', 'x'));
    await turns(10);
    expect(count).toBeGreaterThan(2);
    await broker.close();
  });
});

describe('the delay of a nack', () => {
  it.each([
    [Number.POSITIVE_INFINITY, 'got Infinity, limit 43200000'],
    [43_200_001, 'got 43200001, limit 43200000'],
    [2 ** 31, 'got 2147483648, limit 43200000'],
    [-1, 'got -1, at least 0'],
    [Number.NEGATIVE_INFINITY, 'got -Infinity, at least 0'],
    [Number.NaN, 'expected a number of milliseconds, got NaN'],
    ['5', 'expected a number of milliseconds, got a string'],
    [null, 'expected a number of milliseconds, got null'],
  ])('of %s is refused, and the message is redelivered by the retry policy', async (afterMs, message) => {
    const errors: unknown[] = [];
    const { broker, clock, deliveries, record } = open({ onError: (error) => errors.push(error) });
    await broker.subscribe({ group: 'g', topics: ['normal'] }, (delivery) => {
      record(delivery);
      if (delivery.attempt === 1) delivery.nack({ afterMs: afterMs as number });
    });
    await broker.publish(text('normal', 'x'));
    await clock.advance(999);
    expect(deliveries).toEqual(['0 x 1']);
    await clock.advance(1);
    expect(deliveries).toEqual(['0 x 1', '1000 x 2']);
    expect(errors).toEqual([
      expect.objectContaining({ code: 'INVALID_MESSAGE', message: `[INVALID_MESSAGE] afterMs: ${message}`, path: 'afterMs' }),
    ]);
  });

  it.each([0, 0.5, 43_200_000])('of %s ms is kept', async (afterMs) => {
    const { broker, clock, deliveries, record } = open();
    await broker.subscribe({ group: 'g', topics: ['normal'] }, (delivery) => {
      record(delivery);
      if (delivery.attempt === 1) delivery.nack({ afterMs });
    });
    await broker.publish(text('normal', 'x'));
    await clock.advance(afterMs);
    expect(deliveries).toEqual(['0 x 1', `${afterMs} x 2`]);
  });
});

describe('memory in bytes', () => {
  /** What a message of this body counts: the topic `normal`, the body, and 512 bytes. */
  const counted = (body: string): number => 512 + 'normal'.length + body.length;

  it('of what waits for a group is bounded', async () => {
    for (const [limit, refused] of [
      [2 * counted('abc') - 1, 2],
      [2 * counted('abc'), 3],
      [2 * counted('abc') + 1, 3],
    ] as const) {
      const { broker } = open({ maxBacklogBytes: limit });
      const consumer = await broker.subscribe({ group: 'g', topics: ['normal'] }, () => {});
      await consumer.close();
      for (let i = 1; i < refused; i++) await broker.publish(text('normal', 'abc'));
      const actual = refused * counted('abc');
      await expect(broker.publish(text('normal', 'abc'))).rejects.toMatchObject({
        message: `[OVERLOADED] got ${actual} bytes of messages waiting for a consumer group, limit ${limit}`,
        limit,
        actual,
      });
      // There is room again once they are handled.
      await broker.subscribe({ group: 'g', topics: ['normal'] }, () => {});
      await turns(2);
      await broker.publish(text('normal', 'abc'));
    }
  });

  it('counts the texts of a message, in UTF-8', async () => {
    const { broker } = open({ maxBacklogBytes: 0 });
    const consumer = await broker.subscribe({ group: 'g', topics: ['normal'] }, () => {});
    await consumer.close();
    const rest = { tag: 'é', keys: ['k', 'key'], properties: new Map([['name', 'välue']]) };
    await expect(broker.publish(text('normal', 'abc', rest))).rejects.toMatchObject({ actual: counted('abc') + 2 + 4 + 10 });
  });

  it('of a topic for groups that come later is bounded', async () => {
    for (const [retainedBytes, kept] of [
      [2 * counted('1') - 1, ['0 4 1']],
      [2 * counted('1'), ['0 3 1', '0 4 1']],
      [2 * counted('1') + 1, ['0 3 1', '0 4 1']],
      [0, []],
    ] as const) {
      const { broker, deliveries, record } = open({ retainedBytes });
      for (const body of ['1', '2', '3', '4']) await broker.publish(text('normal', body));
      await broker.subscribe({ group: 'g', topics: ['normal'] }, record);
      await settle();
      expect(deliveries).toEqual(kept);
    }
  });

  it('and number of what waits for its delivery time is bounded', async () => {
    const at = (clock: ScriptedClock) => ({ deliverAtMs: BigInt(clock.nowMs() + 1000) });
    const byNumber = open({ maxBacklog: 1 });
    await byNumber.broker.publish(text('delay', 'x', at(byNumber.clock)));
    await expect(byNumber.broker.publish(text('delay', 'x', at(byNumber.clock)))).rejects.toMatchObject({
      message: '[OVERLOADED] got 1 messages waiting for their delivery time, limit 1',
    });
    await byNumber.clock.advance(1000);
    await byNumber.broker.publish(text('delay', 'x', at(byNumber.clock)));

    const byBytes = open({ maxBacklogBytes: 517 });
    await expect(byBytes.broker.publish(text('delay', 'x', at(byBytes.clock)))).rejects.toMatchObject({
      message: '[OVERLOADED] got 518 bytes of messages waiting for their delivery time, limit 517',
    });
  });

  it('of dead letters that nobody takes away is bounded: what would become one is refused', async () => {
    const { broker } = open({ maxBacklog: 2 });
    const consumer = await broker.subscribe({ group: 'dead', topics: [deadLetterTopic('g')] }, () => {});
    await consumer.close();
    await broker.subscribe({ group: 'g', topics: ['normal'] }, (delivery) => delivery.deadLetter());
    for (const body of ['1', '2']) {
      await broker.publish(text('normal', body));
      await settle();
    }
    await expect(broker.publish(text('normal', '3'))).rejects.toMatchObject({ code: 'OVERLOADED', limit: 2, actual: 2 });
  });
});

it.each([
  [{ retainedMessages: -1 }, 'retainedMessages: expected an integer of 0 or more, got -1'],
  [{ retainedBytes: Number.NaN }, 'retainedBytes: expected an integer of 0 or more, got NaN'],
  [{ maxBacklog: Number.NaN }, 'maxBacklog: expected an integer of 0 or more, got NaN'],
  [{ maxBacklogBytes: Number.POSITIVE_INFINITY }, 'maxBacklogBytes: expected an integer of 0 or more, got Infinity'],
  [{ closeTimeoutMs: Number.POSITIVE_INFINITY }, 'closeTimeoutMs: expected 0 to 2147483647 milliseconds, got Infinity'],
  [{ closeTimeoutMs: 2_147_483_648 }, 'closeTimeoutMs: expected 0 to 2147483647 milliseconds, got 2147483648'],
])('an EmbeddedBroker with %o is refused', (options, message) => {
  expect(() => new EmbeddedBroker(options)).toThrow(new RangeError(message));
});

it.each([
  [{ maxSendsInFlight: 0 }, 'maxSendsInFlight: expected an integer of 1 or more, got 0'],
  [{ maxSendBytes: Number.NaN }, 'maxSendBytes: expected an integer of 0 or more, got NaN'],
  [{ leaseMs: 9999 }, 'leaseMs: expected 10000 to 43200000 milliseconds, got 9999'],
  [{ leaseMs: 43_200_001 }, 'leaseMs: expected 10000 to 43200000 milliseconds, got 43200001'],
  [{ closeTimeoutMs: Number.NaN }, 'closeTimeoutMs: expected 0 to 2147483647 milliseconds, got NaN'],
  [{ publishTimeoutMs: Number.NaN }, 'publishTimeoutMs: expected 0 to 2147483647 milliseconds, got NaN'],
  [{ requestTimeoutMs: 0 }, 'requestTimeoutMs: expected 1000 to 2147483647 milliseconds, got 0'],
])('a RocketMQBroker with %o is refused', (options, message) => {
  expect(() => new RocketMQBroker({ endpoints: '127.0.0.1:1', ...options })).toThrow(new RangeError(message));
});

it('delays of a retry policy that no broker can keep are refused', async () => {
  const { broker } = open();
  const subscribe = (retry: object) => broker.subscribe({ group: 'g', topics: ['normal'], retry }, () => {});
  await expect(subscribe({ maxDelayMs: Number.POSITIVE_INFINITY })).rejects.toThrow(
    new RangeError('maxDelayMs: expected 0 to 43200000 milliseconds, got Infinity'),
  );
  await expect(subscribe({ initialDelayMs: 43_200_001 })).rejects.toThrow(
    new RangeError('initialDelayMs: expected 0 to 43200000 milliseconds, got 43200001'),
  );
  await expect(subscribe({ maxDelayMs: Number.NaN })).rejects.toThrow(
    new RangeError('maxDelayMs: expected 0 to 43200000 milliseconds, got NaN'),
  );
  await subscribe({ initialDelayMs: 43_200_000, maxDelayMs: 43_200_000 });
});

it('closing twice waits twice', async () => {
  const { broker } = open();
  let finish = (): void => {};
  const stuck = new Promise<void>((resolve) => {
    finish = resolve;
  });
  await broker.subscribe({ group: 'g', topics: ['normal'] }, () => stuck);
  await broker.publish(text('normal', 'x'));
  await settle();
  let closed = 0;
  const closings = [broker.close(), broker.close()].map((closing) => closing.then(() => closed++));
  await settle();
  expect(closed).toBe(0);
  finish();
  await Promise.all(closings);
});

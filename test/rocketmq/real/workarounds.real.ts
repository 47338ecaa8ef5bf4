// Where the official client, or RocketMQ, would do something else than one expects.
import { expect, it, onTestFinished } from 'vitest';
import { RocketMQBroker } from '../../../src/rocketmq/index.js';
import { Inbox, textMessage, until } from '../inbox.js';
import { SUITE_TOPICS, suiteGroup } from '../suite-names.js';
import { endpoints } from './endpoints.js';

function open(errors: unknown[] = []): RocketMQBroker {
  const broker = new RocketMQBroker({ endpoints, leaseMs: 10_000, onError: (error) => errors.push(error) });
  onTestFinished(() => broker.close());
  return broker;
}

it('a consumer group that RocketMQ does not have is refused', async () => {
  const subscription = { group: 'im_service_suite_nobody', topics: [SUITE_TOPICS.parallel.name] };
  await expect(open().subscribe(subscription, () => {})).rejects.toThrow(
    '[INVALID_MESSAGE] group: the broker has no such consumer group',
  );
});

it('a handler may take longer than the lease: the message is not given to anybody else', async () => {
  const errors: unknown[] = [];
  const broker = open(errors);
  const inbox = new Inbox();
  let isDone = false;
  const handler = inbox.handler(async () => {
    await new Promise((resolve) => setTimeout(resolve, 25_000));
    isDone = true;
  });
  await broker.subscribe({ group: suiteGroup('parallel'), topics: [SUITE_TOPICS.parallel.name] }, handler);
  await broker.publish(textMessage(SUITE_TOPICS.parallel.name, 'slow'));
  await until('the handler is done', () => isDone, 60_000);
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect([inbox.texts, errors]).toEqual([['slow'], []]);
});

it('an orderly group reads a NORMAL topic, and messages come again without holding up each other', async () => {
  const broker = open();
  const inbox = new Inbox();
  const handler = inbox.handler((delivery) => {
    if (delivery.attempt < 3) delivery.nack({ afterMs: 100 });
  });
  await broker.subscribe({ group: suiteGroup('order', '_2'), topics: [SUITE_TOPICS.shared.name] }, handler);
  for (const text of ['a', 'b', 'c']) await broker.publish(textMessage(SUITE_TOPICS.shared.name, text));
  await inbox.has(9, 30_000);
  expect(inbox.texts.toSorted()).toEqual(['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c']);
});

it('a consumer closes within seconds, with nothing to do and in the middle of a poll', async () => {
  const broker = open();
  const consumer = await broker.subscribe({ group: suiteGroup('parallel'), topics: [SUITE_TOPICS.parallel.name] }, () => {});
  const startMs = Date.now();
  await consumer.close();
  expect(Date.now() - startMs).toBeLessThan(11_000);
});

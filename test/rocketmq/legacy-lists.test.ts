import { expect, it } from 'vitest';
import { legacyProfile } from '../../src/legacy/index.js';
import { consumerGroup, LegacyRoutes, legacyBroker, RedisListBroker, topics } from '../../src/rocketmq/index.js';
import { FakeRedis } from './fake-redis.js';
import { legacyListsSuite } from './legacy-lists-suite.js';
import { ScriptedClock } from './scripted-clock.js';

legacyListsSuite('a Redis in memory', async () => {
  const client = new FakeRedis();
  return { client, command: (...args) => client.sendCommand(args) };
});

const LIST = 'im:message:private:7';
const raw = (text: string) => ({ $case: 'raw', value: new TextEncoder().encode(text) }) as const;

it('messages of a list are handled in order, and stay in it until they are', async () => {
  const [client, clock] = [new FakeRedis(), new ScriptedClock()];
  const broker = new RedisListBroker(client, { clock, onError: () => {} });
  for (const text of ['1', '2', '3']) await client.sendCommand(['RPUSH', LIST, text]);
  const handled: string[] = [];
  const subscription = { group: consumerGroup('server', 7), topics: topics.ofServer(7), retry: { initialDelayMs: 1000 } };
  await broker.subscribe(subscription, ({ body, attempt }) => {
    handled.push(`${new TextDecoder().decode(body)} ${attempt}`);
    if (attempt === 1 && handled.length === 2) throw new Error('not now');
  });
  await clock.advance(999);
  expect([handled, client.lists.get(LIST)]).toEqual([
    ['1 1', '2 1'],
    ['2', '3'],
  ]);
  await clock.advance(1);
  expect([handled, client.lists.get(LIST)]).toEqual([['1 1', '2 1', '2 2', '3 1'], []]);
  await broker.close();
  await expect(broker.publish({ topic: topics.message('private', 7), payload: raw('{}') })).rejects.toMatchObject({
    code: 'CLOSED',
  });
});

it.each([
  ['of a server', topics.message('private', 7), LIST],
  ['of results', topics.result('private'), 'im:result:private:im-platform'],
])('close loses no message of a list %s: those that were not handled are still in it', async (_what, topic, list) => {
  for (const isAccepted of [true, false]) {
    const [client, clock] = [new FakeRedis(), new ScriptedClock()];
    const broker = new RedisListBroker(client, { clock, serviceName: 'im-platform', onError: () => {} });
    await client.sendCommand(['RPUSH', list, '1', '2', '3']);
    const handled: string[] = [];
    let finish = (): void => {};
    await broker.subscribe({ group: consumerGroup('server', 7), topics: [topic] }, async ({ body }) => {
      handled.push(new TextDecoder().decode(body));
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      if (!isAccepted) throw new Error('not now');
    });
    await clock.advance(100);
    const closing = broker.close();
    finish();
    await clock.advance(10);
    await closing;
    expect([handled, client.lists.get(list)]).toEqual([['1'], isAccepted ? ['2', '3'] : ['1', '2', '3']]);
  }
});

it('an outage of Redis is reported once, and waited for', async () => {
  const [client, clock, errors] = [new FakeRedis(), new ScriptedClock(), [] as unknown[]];
  const broker = new RedisListBroker(client, { clock, onError: (error) => void errors.push(error) });
  const handled: string[] = [];
  await broker.subscribe(
    { group: consumerGroup('server', 7), topics: [topics.message('private', 7)] },
    ({ body }) => void handled.push(String(body.length)),
  );
  await clock.advance(100);
  client.isDown = true;
  await clock.advance(60_000);
  expect(errors).toMatchObject([{ code: 'INTERNAL' }]);
  client.isDown = false;
  await client.sendCommand(['RPUSH', LIST, 'abc']);
  await clock.advance(10_000);
  expect(handled).toEqual(['3']);
  await broker.close();
});

it('what has no list is refused, and dropped where older systems do not have it', async () => {
  const client = new FakeRedis();
  const lists = new RedisListBroker(client);
  await expect(lists.publish({ topic: topics.session, payload: raw('{}') })).rejects.toMatchObject({ path: 'topic' });
  await expect(lists.publish({ topic: topics.result('private'), payload: raw('{}') })).rejects.toMatchObject({
    path: 'serviceName',
  });
  await expect(lists.publish({ topic: topics.message('group', 7) })).rejects.toMatchObject({ path: 'payload' });
  await expect(lists.subscribe({ group: 'g', topics: topics.ofResults() }, () => {})).rejects.toMatchObject({
    path: 'serviceName',
  });
  const profile = legacyProfile('box-im');
  const errors: unknown[] = [];
  const routes = new LegacyRoutes(client, { profile });
  const broker = legacyBroker(lists, { profile, routes, onError: (error) => void errors.push(error) });
  const event = {
    user: { userId: 1n, terminal: 1 },
    serverId: 'seven',
    connectionId: 'c',
    kind: 1,
    atMs: 1n,
    epoch: 1n,
  } as const;
  await broker.publish({ topic: topics.session, payload: { $case: 'sessionEvent', value: event } });
  expect(errors).toMatchObject([{ code: 'INVALID_MESSAGE', path: 'serverId' }]);
  await broker.publish({ topic: topics.session, payload: { $case: 'sessionEvent', value: { ...event, serverId: '7' } } });
  expect([...client.values]).toEqual([['im:user:server_id:1:0', '7']]);
  expect(client.lists.size).toBe(0);
});

it('keys may have the user in braces', async () => {
  const client = new FakeRedis();
  const routes = new LegacyRoutes(client, { profile: legacyProfile('box-im'), hashTag: true });
  await client.sendCommand(['SET', 'im:user:server_id:{9}:1', '3']);
  expect(await routes.find([9n, 10n])).toEqual(new Map([[9n, [{ terminal: 2, serverId: '3' }]]]));
});

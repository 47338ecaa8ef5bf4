import { legacyProfile } from '../../src/legacy/index.js';
import { EmbeddedBroker, RedisListBroker } from '../../src/rocketmq/index.js';
import { FakeRedis } from './fake-redis.js';
import { mixedSuite } from './mixed-suite.js';
import { olderLists } from './older-lists.js';
import { olderTopics } from './older-topics.js';
import { MIXED_SERVERS, SUITE_TOPICS } from './suite-names.js';

mixedSuite('lists in a Redis in memory', async () => {
  const client = new FakeRedis();
  const redis = (...args: string[]) => client.sendCommand(args);
  return {
    profile: legacyProfile('box-im'),
    names: { id: 'id' },
    client,
    redis,
    queues: olderLists(redis),
    broker: (serviceName) => new RedisListBroker(client, { serviceName, pollMs: 5 }),
  };
});

mixedSuite('topics of an EmbeddedBroker', async () => {
  const client = new FakeRedis();
  const redis = (...args: string[]) => client.sendCommand(args);
  const shared = new EmbeddedBroker({
    topics: Object.fromEntries(Object.values(SUITE_TOPICS).map(({ name, type }) => [name, type])),
  });
  const broker = () => ({
    publish: shared.publish.bind(shared),
    subscribe: shared.subscribe.bind(shared),
    close: async () => {},
  });
  return {
    profile: legacyProfile('binghe'),
    names: { id: 'userId' },
    client,
    redis,
    queues: olderTopics(broker()),
    broker,
    serverIds: MIXED_SERVERS,
  };
});

import { legacyProfile } from '../../../src/legacy/index.js';
import { RocketMQBroker } from '../../../src/rocketmq/index.js';
import { FakeRedis } from '../fake-redis.js';
import { legacyTopicsSuite } from '../legacy-topics-suite.js';
import { mixedSuite } from '../mixed-suite.js';
import { olderTopics } from '../older-topics.js';
import { MIXED_SERVERS } from '../suite-names.js';
import { endpoints } from './endpoints.js';

const TIMEOUT_MS = 40_000;

legacyTopicsSuite('RocketMQ', () => new RocketMQBroker({ endpoints }), TIMEOUT_MS);

// The routes of this family are in Redis: here in memory, see test/rocketmq/redis for a real one.
mixedSuite(
  'topics of RocketMQ',
  async () => {
    const client = new FakeRedis();
    return {
      profile: legacyProfile('binghe'),
      names: { id: 'userId' },
      client,
      redis: (...args) => client.sendCommand(args),
      queues: olderTopics(new RocketMQBroker({ endpoints })),
      broker: () => new RocketMQBroker({ endpoints }),
      serverIds: MIXED_SERVERS,
    };
  },
  TIMEOUT_MS,
);

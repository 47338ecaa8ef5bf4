import { EmbeddedBroker } from '../../src/rocketmq/index.js';
import { brokerSuite } from './broker-suite.js';
import { SUITE_TOPICS } from './suite-names.js';

const topics = Object.fromEntries(Object.values(SUITE_TOPICS).map(({ name, type }) => [name, type]));

brokerSuite('EmbeddedBroker', {
  open: (onError) => new EmbeddedBroker({ topics, onError, closeTimeoutMs: 200 }),
  timeoutMs: 10_000,
  quietMs: 50,
  conversationLength: 10_000,
});

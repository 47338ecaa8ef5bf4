import { EmbeddedBroker } from '../../src/rocketmq/index.js';
import { legacyTopicsSuite } from './legacy-topics-suite.js';
import { SUITE_TOPICS } from './suite-names.js';

/** The brokers of a test share what one of them stores. */
const shared = new EmbeddedBroker({
  topics: Object.fromEntries(Object.values(SUITE_TOPICS).map(({ name, type }) => [name, type])),
});

legacyTopicsSuite(
  'an EmbeddedBroker',
  () => ({
    publish: (message, options) => shared.publish(message, options),
    subscribe: (subscription, handler) => shared.subscribe(subscription, handler),
    close: async () => {},
  }),
  10_000,
);

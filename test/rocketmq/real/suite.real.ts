import { RocketMQBroker } from '../../../src/rocketmq/index.js';
import { brokerSuite } from '../broker-suite.js';
import { endpoints } from './endpoints.js';

brokerSuite('RocketMQBroker', {
  open: (onError) => new RocketMQBroker({ endpoints, onError, leaseMs: 10_000 }),
  // What comes again comes in steps of five seconds, and the topic of dead letters has to come into being.
  timeoutMs: 40_000,
  quietMs: 1_000,
  conversationLength: 10_000,
});

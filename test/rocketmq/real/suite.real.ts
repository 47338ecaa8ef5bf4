import { RocketMQBroker } from '../../../src/rocketmq/index.js';
import { brokerSuite } from '../broker-suite.js';

const { ROCKETMQ_ENDPOINTS: endpoints } = process.env;
if (!endpoints) throw new Error('ROCKETMQ_ENDPOINTS names the gRPC endpoints of RocketMQ: 127.0.0.1:8081');

brokerSuite('RocketMQBroker', {
  open: (onError) => new RocketMQBroker({ endpoints, onError, leaseMs: 10_000 }),
  // What comes again comes in steps of five seconds, and the topic of dead letters has to come into being.
  timeoutMs: 40_000,
  quietMs: 1_000,
  conversationLength: 10_000,
});

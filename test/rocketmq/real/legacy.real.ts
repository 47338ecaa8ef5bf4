import { RocketMQBroker } from '../../../src/rocketmq/index.js';
import { legacyTopicsSuite } from '../legacy-topics-suite.js';
import { endpoints } from './endpoints.js';

legacyTopicsSuite('RocketMQ', () => new RocketMQBroker({ endpoints }), 40_000);

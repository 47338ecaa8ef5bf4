// Entry `@im/protocol/rocketmq`: TopicMessages on RocketMQ, brokers, fan-out.

export type { CallbackContext } from '../callbacks.js';
export type {
  Broker,
  BrokerErrorContext,
  Consumer,
  Delivery,
  Handler,
  OnBrokerError,
  Receipt,
  RetryPolicy,
  Subscription,
  TopicFilter,
} from './broker.js';
export type { ClientLog, ClientOptions } from './client-module.js';
export type { Clock } from './clock.js';
export { Deduplicator, type DeduplicatorOptions, deliveryKey } from './deduplicator.js';
export { EmbeddedBroker, type EmbeddedBrokerOptions } from './embedded-broker.js';
export { type ConsumerRole, consumerGroup, deadLetterGroup, deadLetterTopic } from './name-rules.js';
export { type FanOut, type FanOutOptions, type PlannedReceiveInfo, planFanOut } from './plan-fan-out.js';
export { RocketMQBroker, type RocketMQBrokerOptions } from './rocketmq-broker.js';
export { fromRocketMQ, IM_PROPERTIES, type RocketMQMessage, type RocketMQView } from './rocketmq-message.js';
export { type Route, type Routes, RouteTable } from './routes.js';
export { type ToRocketMQOptions, toRocketMQ } from './to-rocketmq.js';
export { receiveInfoMessage, sendResultMessage, type TopicMessageExtras } from './topic-messages.js';
export { type ParsedTopic, SERVER_ID_MAX_BYTES, TOPIC_KINDS, type TopicKind, type TopicType, topics } from './topics.js';

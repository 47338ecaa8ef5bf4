// `@im/protocol/rocketmq`: TopicMessages on RocketMQ, brokers, fan-out.

export type { CallbackContext } from '../callbacks.js';
export type {
  Broker,
  BrokerErrorContext,
  Consumer,
  Delivery,
  Handler,
  OnBrokerError,
  Receipt,
  Subscription,
  TopicFilter,
} from './broker.js';
export type { ClientLog } from './client-module.js';
export type { ClientOptions } from './client-options.js';
export type { Clock } from './clock.js';
export { type ConsumerRole, consumerGroup, deadLetterGroup, deadLetterTopic } from './consumer-group.js';
export { Deduplicator, type DeduplicatorOptions } from './deduplicator.js';
export { deliveryKey } from './delivery-key.js';
export { EmbeddedBroker, type EmbeddedBrokerOptions } from './embedded-broker.js';
export { fromRocketMQ } from './from-rocketmq.js';
export { type FanOut, type FanOutOptions, type PlannedReceiveInfo, planFanOut } from './plan-fan-out.js';
export type { RetryPolicy } from './retry-policy.js';
export { RocketMQBroker, type RocketMQBrokerOptions } from './rocketmq-broker.js';
export { IM_PROPERTIES, type RocketMQMessage, type RocketMQView } from './rocketmq-message.js';
export { type Route, type Routes, RouteTable } from './routes.js';
export { type ToRocketMQOptions, toRocketMQ } from './to-rocketmq.js';
export { receiveInfoMessage, sendResultMessage, type TopicMessageExtras } from './topic-message.js';
export { type ParsedTopic, SERVER_ID_MAX_BYTES, TOPIC_KINDS, type TopicKind, type TopicType, topics } from './topics.js';

// Entry `@im/protocol/rocketmq`: TopicMessages on RocketMQ, brokers, fan-out.

export type { CallbackContext } from '../callbacks.js';
export { SERVER_ID_MAX_BYTES } from '../limits.js';
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
export { eventLifetimeMs } from './event-age.js';
export { type LegacyBrokerOptions, legacyBroker } from './legacy-broker.js';
export { LegacyRoutes, type LegacyRoutesOptions, nextLegacyServerId } from './legacy-routes.js';
export { MemoryRoutes, type MemoryRoutesOptions } from './memory-routes.js';
export { expectsResult } from './message-facts.js';
export { type ConsumerRole, consumerGroup, deadLetterGroup, deadLetterTopic } from './name-rules.js';
export {
  type FanOut,
  type FanOutCommand,
  type FanOutOptions,
  type PlannedReceiveInfo,
  planAudience,
  planCommand,
  planFanOut,
} from './plan-fan-out.js';
export type { IoRedisClient, NodeRedisClient, RedisClient } from './redis-client.js';
export { RedisDeduplicator, type RedisDeduplicatorOptions } from './redis-deduplicator.js';
export { RedisListBroker, type RedisListBrokerOptions } from './redis-list-broker.js';
export { RedisRoutes, type RedisRoutesOptions } from './redis-routes.js';
export { RocketMQBroker, type RocketMQBrokerOptions } from './rocketmq-broker.js';
export { fromRocketMQ, IM_PROPERTIES, type RocketMQMessage, type RocketMQView } from './rocketmq-message.js';
export type {
  AppliedEvent,
  ApplyOptions,
  FoundRoutes,
  Route,
  RouteSessions,
  Routes,
  SupersededSession,
} from './routes.js';
export { type ToRocketMQOptions, toRocketMQ } from './to-rocketmq.js';
export {
  type CommandMessageExtras,
  forceLogoutMessage,
  receiveInfoMessage,
  sendResultMessage,
  sessionEventMessage,
  type TopicMessageExtras,
  uplinkInfoMessage,
} from './topic-messages.js';
export { type ParsedTopic, type ResultKind, TOPIC_KINDS, type TopicKind, type TopicType, topics } from './topics.js';

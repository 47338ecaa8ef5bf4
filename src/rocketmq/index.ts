// `@im/protocol/rocketmq`: TopicMessages on RocketMQ, brokers, fan-out.

export { type ConsumerRole, consumerGroup, deadLetterGroup, deadLetterTopic } from './consumer-group.js';
export { fromRocketMQ } from './from-rocketmq.js';
export { type FanOut, type FanOutOptions, type PlannedReceiveInfo, planFanOut } from './plan-fan-out.js';
export { IM_PROPERTIES, type RocketMQMessage, type RocketMQView } from './rocketmq-message.js';
export { type Route, type Routes, RouteTable } from './routes.js';
export { type ToRocketMQOptions, toRocketMQ } from './to-rocketmq.js';
export { receiveInfoMessage, sendResultMessage, type TopicMessageExtras } from './topic-message.js';
export { type ParsedTopic, SERVER_ID_MAX_BYTES, TOPIC_KINDS, type TopicKind, type TopicType, topics } from './topics.js';

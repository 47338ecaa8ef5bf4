import { type Broker, EmbeddedBroker, RocketMQBroker } from '@im/protocol/rocketmq';

/** RocketMQ where `ROCKETMQ_ENDPOINTS` names its gRPC proxy (`127.0.0.1:8081`); otherwise one in memory that behaves like it. */
export function openBroker({ ROCKETMQ_ENDPOINTS: endpoints = '' } = process.env): Broker {
  const onError = (error: unknown): void => console.error(error);
  return endpoints === '' ? new EmbeddedBroker({ onError }) : new RocketMQBroker({ endpoints, onError });
}

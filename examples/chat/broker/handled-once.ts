import { type Broker, Deduplicator } from '@im/protocol/rocketmq';

/** A broker whose handlers get each message once, although the queue may deliver it twice. */
export function handledOnce(broker: Broker): Broker {
  const deduplicator = new Deduplicator();
  return {
    publish: (message, options) => broker.publish(message, options),
    subscribe: (subscription, handler) => broker.subscribe(subscription, deduplicator.wrap(handler)),
    close: () => broker.close(),
  };
}

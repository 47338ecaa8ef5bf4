// The queue from inside of a server process: the parent process has the broker.
import {
  type Consumer,
  type Delivery,
  type Handler,
  type RocketMQMessage,
  type Subscription,
  toRocketMQ,
} from '@im/protocol/rocketmq';
import type { Queue } from '../server/im-server.js';
import type { Calls } from './calls.js';

/** What passes the channel of a delivery. */
export type QueuedDelivery = Omit<Delivery, 'ack' | 'nack' | 'deadLetter'>;

export class ChannelQueue implements Queue {
  readonly #calls: () => Calls;
  /** The handlers, by consumer group. */
  readonly #handlers = new Map<string, Handler>();

  constructor(calls: () => Calls) {
    this.#calls = calls;
  }

  /** Sends the message as RocketMQ has it: its bytes pass the channel unchanged. */
  async publish(...[message, options]: Parameters<Queue['publish']>): ReturnType<Queue['publish']> {
    const mapped: RocketMQMessage = toRocketMQ(message, options);
    return this.#calls().call('publish', mapped, options?.serviceName);
  }

  /** The parent consumes the topics of its servers, and calls `consume`. */
  async subscribe({ group }: Subscription, handler: Handler): Promise<Consumer> {
    this.#handlers.set(group, handler);
    return { close: async () => void this.#handlers.delete(group) };
  }

  /** Called by the parent with a message for a consumer group. It acknowledges the message when this resolves, otherwise it delivers it again. */
  async consume(delivery: QueuedDelivery): Promise<void> {
    await this.#handlers.get(delivery.group)?.({ ...delivery, ack() {}, nack() {}, deadLetter() {} });
  }
}

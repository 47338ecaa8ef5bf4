// The queue from inside of a server process: the parent process has the broker.
import { type Consumer, type Delivery, type RocketMQMessage, toRocketMQ } from '@im/protocol/rocketmq';
import type { Queue } from '../server/im-server.js';
import type { Calls } from './calls.js';

type Consume = (delivery: Pick<Delivery, 'body' | 'bornAtMs'>) => Promise<void>;

export class ChannelQueue implements Queue {
  readonly #calls: () => Calls;
  /** The handlers, by consumer group. */
  readonly #handlers = new Map<string, Consume>();

  constructor(calls: () => Calls) {
    this.#calls = calls;
  }

  /** Sends the message as RocketMQ has it: its bytes pass the channel unchanged. */
  async publish(...[message, options]: Parameters<Queue['publish']>): ReturnType<Queue['publish']> {
    const mapped: RocketMQMessage = toRocketMQ(message, options);
    return this.#calls().call('publish', mapped, options?.serviceName);
  }

  /** The parent consumes the topics of its servers, and calls `consume`. */
  async subscribe({ group }: { readonly group: string }, handler: Consume): Promise<Consumer> {
    this.#handlers.set(group, handler);
    return { close: async () => void this.#handlers.delete(group) };
  }

  /** Called by the parent with a message for a consumer group. */
  async consume(group: string, body: Uint8Array, bornAtMs: number): Promise<void> {
    await this.#handlers.get(group)?.({ body, bornAtMs });
  }
}

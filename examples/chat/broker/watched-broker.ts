import { decodeFrame } from '@im/protocol';
import { type Broker, Deduplicator, type Handler, topics, toRocketMQ } from '@im/protocol/rocketmq';
import { serverName, type Trace } from '../show/trace.js';

/** A broker that shows its messages, handles each message once, and knows when no message is in flight. */
export class WatchedBroker {
  readonly #broker: Broker;
  readonly #trace: Trace;
  /** Turns at-least-once into exactly-once for subscribers. */
  readonly #deduplicator = new Deduplicator();
  #underWay = 0;
  #onIdle: (() => void) | undefined;

  constructor(broker: Broker, trace: Trace) {
    this.#broker = broker;
    this.#trace = trace;
  }

  /** @param owner the publisher. Resolves when the broker has the message. */
  async publish(owner: string, ...[message, options]: Parameters<Broker['publish']>): Promise<void> {
    const { topic, body } = toRocketMQ(message, options);
    const parsed = topics.parse(topic);
    const receiver = parsed?.carries === 'ReceiveInfo' ? serverName(Number(parsed.serverId)) : 'platform';
    this.#trace.frame(owner, receiver, decodeFrame(body), body.length, topic);
    this.#underWay += 1;
    await this.#broker.publish(message, options);
  }

  async subscribe(group: string, names: readonly string[], handler: Handler): Promise<void> {
    const once = this.#deduplicator.wrap(async (delivery) => {
      await handler(delivery);
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#onIdle?.();
    });
    await this.#broker.subscribe({ group, topics: names }, once);
  }

  /** Resolves when everything that was published has been handled. */
  async idle(): Promise<void> {
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  close(): Promise<void> {
    return this.#broker.close();
  }
}

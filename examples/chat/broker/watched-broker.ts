import { decodeFrame } from '@im/protocol';
import { type Broker, Deduplicator, type Handler, topics, toRocketMQ } from '@im/protocol/rocketmq';
import { serverName, type Trace } from '../show/trace.js';

/** A broker that shows its messages, and knows when no message is in flight. */
export class WatchedBroker {
  readonly #broker: Broker;
  readonly #trace: Trace;
  /** Counts a message once that is delivered twice. */
  readonly #deduplicator = new Deduplicator();
  /** The topics of which the next message is lost. */
  readonly #losing = new Set<string>();
  #underWay = 0;
  #onIdle: (() => void) | undefined;

  constructor(broker: Broker, trace: Trace) {
    this.#broker = broker;
    this.#trace = trace;
  }

  /** The broker for one of its users. @param owner who publishes. */
  for(owner: string): Broker {
    return {
      publish: async (message, options) => {
        const { topic, body } = toRocketMQ(message, options);
        const isLost = this.#losing.delete(topic);
        this.#trace.frame(owner, receiverOf(topic), decodeFrame(body), body.length, ...(isLost ? ['lost'] : []), topic);
        if (isLost) return { messageId: 'lost' };
        this.#underWay += 1;
        return this.#broker.publish(message, options);
      },
      subscribe: (subscription, handler) => this.#broker.subscribe(subscription, this.#counted(handler)),
      close: async () => {},
    };
  }

  /** Loses the next message on a topic, as no queue should. */
  loseNext(topic: string): void {
    this.#losing.add(topic);
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

  #counted(handler: Handler): Handler {
    const count = this.#deduplicator.wrap(() => {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#onIdle?.();
    });
    return async (delivery) => {
      await handler(delivery);
      await count(delivery);
    };
  }
}

function receiverOf(topic: string): string {
  const parsed = topics.parse(topic);
  return parsed?.carries === 'ReceiveInfo' ? serverName(Number(parsed.serverId)) : 'platform';
}

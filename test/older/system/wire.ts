// RocketMQ between processes of both releases.

import type { TopicMessage, TopicMessageInit } from '../../../src/index.js';
import type { Broker, Consumer, ToRocketMQOptions } from '../../../src/rocketmq/index.js';
import type { Release } from '../releases.js';

/** A message that its reader refused. */
export interface Refused {
  readonly reader: string;
  readonly topic: string;
  readonly tag: string;
  readonly code: string;
}

/** A message for a reader, decoded by the reader's release. */
export interface Arrival {
  readonly message: TopicMessage;
  /** The bytes that the writer's release wrote. */
  readonly body: Uint8Array;
  readonly serviceName: string;
}

/** Who reads or writes. */
export interface Process {
  readonly release: Release;
  /** For the report of what was refused. */
  readonly name: string;
}

/**
 * Carries messages as RocketMQ does: the writer's release maps a message to bytes and properties, an EmbeddedBroker keeps them, in order and for
 * consumers that come later, and the reader's release maps them back. What the reader refuses becomes a dead letter and is listed.
 */
export class Wire {
  readonly refused: Refused[] = [];
  /** Errors of readers. */
  readonly errors: unknown[] = [];
  /** Number of messages by topic and version of their frame: `im_message_private_1 v1`. */
  readonly counts = new Map<string, number>();
  readonly #broker: Broker;

  /** @param carrier the release whose broker carries the bytes. */
  constructor(carrier: Release, topics: readonly string[], isOrdered: (topic: string) => boolean) {
    const types = topics.map((topic) => [carried(topic), isOrdered(topic) ? 'FIFO' : 'NORMAL'] as const);
    this.#broker = new carrier.rocketmq.EmbeddedBroker({
      topics: Object.fromEntries(types),
      onError: (error) => void this.errors.push(error),
    });
  }

  async publish({ release }: Process, message: TopicMessageInit, options?: ToRocketMQOptions): Promise<void> {
    const { topic, tag, keys, messageGroup, properties, body } = release.rocketmq.toRocketMQ(message, options);
    const key = `${topic} v${body[4]}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    // im_* is reserved for the brokers.
    const kept = new Map([...properties].map(([name, value]) => [`x_${name}`, value]));
    await this.#broker.publish({
      topic: carried(topic),
      tag,
      keys,
      messageGroup,
      properties: kept,
      payload: { $case: 'raw', value: body },
    });
  }

  subscribe(
    { release, name: reader }: Process,
    group: string,
    topics: readonly string[],
    handle: (arrival: Arrival) => void | Promise<void>,
  ): Promise<Consumer> {
    return this.#broker.subscribe({ group, topics: topics.map(carried) }, async (delivery) => {
      const { topic: carriedTopic, tag, keys, messageGroup, properties } = delivery.message;
      const { body } = delivery;
      const topic = carriedTopic.slice(PREFIX.length);
      const own = new Map([...properties].map(([name, value]) => [name.slice(2), value]));
      let message: TopicMessage;
      try {
        message = release.rocketmq.fromRocketMQ({ topic, tag, keys, messageGroup, properties: own, body });
      } catch (error) {
        this.refused.push({ reader, topic, tag, code: String((error as { code?: unknown }).code) });
        delivery.deadLetter();
        return;
      }
      await handle({ message, body, serviceName: own.get('im_service') ?? '' });
    });
  }

  close(): Promise<void> {
    return this.#broker.close();
  }
}

const PREFIX = 'carried_';

function carried(topic: string): string {
  return PREFIX + topic;
}

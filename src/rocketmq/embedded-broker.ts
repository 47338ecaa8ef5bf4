import type { TopicMessageInit } from '../../generated/init/im/protocol/v1/topic_message.js';
import { ProtocolError } from '../errors.js';
import type { Broker, Consumer, Handler, OnBrokerError, Receipt, Subscription } from './broker.js';
import { closed, requireNear, requireType, unknownTopic } from './broker-errors.js';
import { type Clock, SYSTEM_CLOCK, Timers } from './clock.js';
import { deadLetterGroup, deadLetterTopic } from './consumer-group.js';
import { EmbeddedGroup, type Stored } from './embedded-group.js';
import { Fifo } from './fifo.js';
import type { RocketMQMessage } from './rocketmq-message.js';
import { type CheckedSubscription, checkedSubscription, GroupSubscriptions } from './subscriptions.js';
import { type ToRocketMQOptions, toRocketMQ } from './to-rocketmq.js';
import { typeOfMessage } from './topic-rules.js';
import { type TopicType, topics } from './topics.js';

/** Options of an EmbeddedBroker. */
export interface EmbeddedBrokerOptions {
  /** Topics beside those of this system, which are there by their names. Default: none. */
  readonly topics?: Readonly<Record<string, TopicType>> | undefined;
  /** The most messages that a topic keeps for consumer groups that come later. Default 10000. */
  readonly retainedMessages?: number | undefined;
  /** The most messages that wait for a consumer group; then `publish` rejects with OVERLOADED. Default 1000000. */
  readonly maxBacklog?: number | undefined;
  /** Milliseconds that a closing consumer waits for its handlers. Default 10000. */
  readonly closeTimeoutMs?: number | undefined;
  /** Hears of handlers that threw, and of bodies that nobody can read. Default: nobody does. */
  readonly onError?: OnBrokerError | undefined;
  /** Default: that of the platform. */
  readonly clock?: Clock | undefined;
}

/** A topic: what it keeps for groups that come later. */
interface Topic {
  readonly type: TopicType;
  readonly retained: Fifo<Stored>;
}

/**
 * A broker in memory, for one process, tests and demos: what it takes and refuses, and how it delivers, is as on RocketMQ. Messages are
 * gone when it is closed.
 */
export class EmbeddedBroker implements Broker {
  readonly #limits: { readonly retainedMessages: number; readonly maxBacklog: number };
  readonly #types: ReadonlyMap<string, TopicType>;
  readonly #topics = new Map<string, Topic>();
  readonly #groups = new Map<string, EmbeddedGroup>();
  readonly #subscriptions = new GroupSubscriptions();
  readonly #clock: Clock;
  readonly #delayed: Timers;
  readonly #closeTimeoutMs: number;
  readonly #onError: OnBrokerError;
  #isClosed = false;
  #lastId = 0;

  constructor(options: EmbeddedBrokerOptions = {}) {
    const { topics: types = {}, retainedMessages = 10_000, maxBacklog = 1_000_000, clock = SYSTEM_CLOCK } = options;
    this.#limits = { retainedMessages, maxBacklog };
    this.#types = new Map(Object.entries(types));
    this.#clock = clock;
    this.#delayed = new Timers(clock);
    this.#closeTimeoutMs = options.closeTimeoutMs ?? 10_000;
    this.#onError = options.onError ?? (() => {});
  }

  async publish(message: TopicMessageInit, options?: ToRocketMQOptions): Promise<Receipt> {
    if (this.#isClosed) throw closed('the broker');
    const mapped = toRocketMQ(message, options);
    requireType(this.#topic(mapped.topic).type, typeOfMessage(mapped));
    requireNear(mapped.deliverAtMs, this.#clock.nowMs());
    this.#requireRoom(mapped.topic);
    // Neither the caller's bytes nor a slab that small frames share.
    const stored = { message: { ...mapped, body: mapped.body.slice() }, messageId: this.#nextId() };
    const delayMs = Number(mapped.deliverAtMs) - this.#clock.nowMs();
    if (delayMs > 0) this.#delayed.set(() => this.#append(stored), delayMs);
    else this.#append(stored);
    return { messageId: stored.messageId };
  }

  async subscribe(subscription: Subscription, handler: Handler): Promise<Consumer> {
    if (this.#isClosed) throw closed('the broker');
    const checked = checkedSubscription(subscription);
    for (const topic of checked.topics.keys()) this.#topic(topic);
    const leave = this.#subscriptions.join(checked);
    const consumer = this.#group(checked).join(checked, handler);
    let closing: Promise<void> | undefined;
    return {
      close: () => {
        closing ??= consumer.close().then(leave);
        return closing;
      },
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#delayed.clear();
    await Promise.all([...this.#groups.values()].map((group) => group.close()));
    this.#groups.clear();
    this.#topics.clear();
  }

  /** @throws ProtocolError INVALID_MESSAGE for a topic that is neither of this system nor one of the options. */
  #topic(name: string): Topic {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const isDeadLetters = deadLetterGroup(name) !== undefined;
    const type = topics.parse(name)?.type ?? this.#types.get(name) ?? (isDeadLetters ? 'NORMAL' : undefined);
    if (type === undefined) throw unknownTopic();
    const topic: Topic = { type, retained: new Fifo() };
    this.#topics.set(name, topic);
    return topic;
  }

  /** The group of a subscription. What is new to it of a topic, it gets from what the topic has kept. */
  #group(subscription: CheckedSubscription): EmbeddedGroup {
    const known = this.#groups.get(subscription.group);
    const before = new Set(known?.topics);
    const group = known ?? this.#createGroup(subscription);
    group.resubscribe(subscription);
    for (const name of subscription.topics.keys()) {
      if (!before.has(name)) for (const stored of this.#topic(name).retained) group.push(stored);
    }
    return group;
  }

  #createGroup(subscription: CheckedSubscription): EmbeddedGroup {
    const group = new EmbeddedGroup(subscription, {
      clock: this.#clock,
      closeTimeoutMs: this.#closeTimeoutMs,
      onError: this.#onError,
      onDead: ({ message, messageId }) => this.#bury(subscription.group, message, messageId),
    });
    this.#groups.set(subscription.group, group);
    return group;
  }

  #append(stored: Stored): void {
    const { retained } = this.#topic(stored.message.topic);
    retained.push(stored);
    if (retained.size > this.#limits.retainedMessages) retained.shift();
    for (const group of this.#groups.values()) group.push(stored);
  }

  /** A dead letter keeps its id, and all but its place. */
  #bury(group: string, message: RocketMQMessage, messageId: string): void {
    const topic = deadLetterTopic(group);
    this.#append({ message: { ...message, topic, messageGroup: '' }, messageId });
  }

  #requireRoom(topic: string): void {
    const limit = this.#limits.maxBacklog;
    for (const group of this.#groups.values()) {
      if (group.size < limit || ![...group.topics].includes(topic)) continue;
      throw new ProtocolError('OVERLOADED', `got ${group.size} messages that wait for a consumer group, limit ${limit}`, {
        limit,
        actual: group.size,
      });
    }
  }

  /** In the form of RocketMQ's: 34 hexadecimal digits. */
  #nextId(): string {
    this.#lastId++;
    return this.#lastId.toString(16).toUpperCase().padStart(34, '0');
  }
}

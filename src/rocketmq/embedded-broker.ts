// A message broker in memory.
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import { errorReporter } from '../callbacks.js';
import { TOPIC_MAX_DELAY_MS } from '../limits.js';
import type { Broker, Consumer, Handler, OnBrokerError, Receipt, Subscription } from './broker.js';
import { closed, requireByteCapacity, requireCapacity, requireDeliveryTime, unknownTopic } from './broker-errors.js';
import { type Clock, SYSTEM_CLOCK, Timers } from './clock.js';
import { Fifo } from './delivery-queue.js';
import { EmbeddedGroup, type Stored } from './embedded-group.js';
import { deadLetterGroup, deadLetterTopic } from './name-rules.js';
import { requireCount, requireMs } from './option-rules.js';
import { messageBytes, type RocketMQMessage } from './rocketmq-message.js';
import { type CheckedSubscription, checkedSubscription, GroupSubscriptions } from './subscriptions.js';
import { type ToRocketMQOptions, toRocketMQ } from './to-rocketmq.js';
import { requireType, typeOfMessage } from './topic-rules.js';
import { type TopicType, topics } from './topics.js';

/** Options of an EmbeddedBroker. */
export interface EmbeddedBrokerOptions {
  /** Topics besides those of this system, which exist implicitly. Default: none. */
  readonly topics?: Readonly<Record<string, TopicType>> | undefined;
  /** Maximum messages that a topic retains for later consumer groups; the oldest are dropped. Default 10000. */
  readonly retainedMessages?: number | undefined;
  /** Maximum bytes that a topic retains. The size of a message is its body, its texts and 512 bytes. Default 67108864 (64 MiB). */
  readonly retainedBytes?: number | undefined;
  /**
   * Maximum messages that wait for a consumer group or for their delivery time. Then `publish` rejects with OVERLOADED. Default 1000000.
   */
  readonly maxBacklog?: number | undefined;
  /** Maximum bytes of these messages, counted as for `retainedBytes`. Default 268435456 (256 MiB). */
  readonly maxBacklogBytes?: number | undefined;
  /** How long a closing consumer waits for its handlers, in milliseconds. Default 10000. */
  readonly closeTimeoutMs?: number | undefined;
  /** Receives errors of handlers and invalid bodies. Default: prints a line to stderr. */
  readonly onError?: OnBrokerError | undefined;
  /** The clock, which tests may replace. Default: the clock of the platform. */
  readonly clock?: Clock | undefined;
}

/** A topic, with the messages retained for later groups. */
interface Topic {
  readonly type: TopicType;
  readonly retained: Fifo<Stored>;
  retainedBytes: number;
}

const MIB = 1_048_576;

/**
 * A broker in memory for a single process, tests and demos. It accepts, rejects and delivers messages as RocketMQ does. Messages are lost when
 * it closes.
 */
export class EmbeddedBroker implements Broker {
  readonly #limits: Readonly<Record<'retainedMessages' | 'retainedBytes' | 'maxBacklog' | 'maxBacklogBytes', number>>;
  readonly #types: ReadonlyMap<string, TopicType>;
  readonly #topics = new Map<string, Topic>();
  readonly #groups = new Map<string, EmbeddedGroup>();
  /** The groups subscribed to each topic. */
  readonly #subscribers = new Map<string, Set<EmbeddedGroup>>();
  readonly #subscriptions = new GroupSubscriptions();
  readonly #clock: Clock;
  readonly #delayed: Timers;
  readonly #delayedMessages = { count: 0, bytes: 0 };
  readonly #closeTimeoutMs: number;
  readonly #onError: OnBrokerError;
  #closing: Promise<void> | undefined;
  #lastId = 0;

  /** @throws RangeError for invalid numbers. */
  constructor(options: EmbeddedBrokerOptions = {}) {
    const { topics: types = {}, clock = SYSTEM_CLOCK, closeTimeoutMs = 10_000 } = options;
    const { retainedMessages = 10_000, retainedBytes = 64 * MIB, maxBacklog = 1_000_000, maxBacklogBytes = 256 * MIB } = options;
    this.#limits = { retainedMessages, retainedBytes, maxBacklog, maxBacklogBytes };
    for (const [name, limit] of Object.entries(this.#limits)) requireCount(name, limit, 0);
    requireMs('closeTimeoutMs', closeTimeoutMs);
    this.#types = new Map(Object.entries(types));
    this.#clock = clock;
    this.#delayed = new Timers(clock);
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#onError = errorReporter(options.onError);
  }

  async publish(message: TopicMessageInit, options?: ToRocketMQOptions): Promise<Receipt> {
    if (this.#closing) throw closed('the broker');
    const mapped = toRocketMQ(message, options);
    requireType(this.#topic(mapped.topic).type, typeOfMessage(mapped));
    requireDeliveryTime(mapped.deliverAtMs, this.#clock.nowMs());
    const bytes = messageBytes(mapped);
    const isDelayed = this.#delayOf(mapped) > 0;
    this.#requireCapacity(mapped.topic, bytes, isDelayed);
    // A copy: independent of the caller's bytes and of the slab that small frames share.
    const own = { ...mapped, body: mapped.body.slice() };
    const stored = { message: own, messageId: this.#nextId(), bornAtMs: this.#clock.nowMs(), bytes };
    if (isDelayed) this.#delay(stored);
    else this.#append(stored);
    return { messageId: stored.messageId };
  }

  async subscribe(subscription: Subscription, handler: Handler): Promise<Consumer> {
    if (this.#closing) throw closed('the broker');
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

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#delayed.clear();
    await Promise.all([...this.#groups.values()].map((group) => group.close()));
    this.#groups.clear();
    this.#subscribers.clear();
    this.#topics.clear();
  }

  /** @throws ProtocolError INVALID_MESSAGE for a topic that is neither of this system nor one of the options. */
  #topic(name: string): Topic {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const isDeadLetters = deadLetterGroup(name) !== undefined;
    const type = topics.parse(name)?.type ?? this.#types.get(name) ?? (isDeadLetters ? 'NORMAL' : undefined);
    if (type === undefined) throw unknownTopic();
    const topic: Topic = { type, retained: new Fifo(), retainedBytes: 0 };
    this.#topics.set(name, topic);
    return topic;
  }

  /** The group of a subscription. It gets the retained messages of topics that are new to it. */
  #group(subscription: CheckedSubscription): EmbeddedGroup {
    const known = this.#groups.get(subscription.group);
    const before = new Set(known?.topics);
    const group = known ?? this.#createGroup(subscription);
    for (const name of before) this.#subscribers.get(name)?.delete(group);
    group.resubscribe(subscription);
    for (const name of subscription.topics.keys()) {
      const subscribers = this.#subscribers.get(name) ?? new Set();
      this.#subscribers.set(name, subscribers.add(group));
      if (!before.has(name)) for (const stored of this.#topic(name).retained) group.push(stored);
    }
    return group;
  }

  #createGroup(subscription: CheckedSubscription): EmbeddedGroup {
    const group = new EmbeddedGroup(subscription, {
      clock: this.#clock,
      closeTimeoutMs: this.#closeTimeoutMs,
      onError: this.#onError,
      onDead: (stored) => this.#deadLetter(subscription.group, stored),
    });
    this.#groups.set(subscription.group, group);
    return group;
  }

  /** Milliseconds until the message is due; at most 0 = now. */
  #delayOf({ deliverAtMs }: Pick<RocketMQMessage, 'deliverAtMs'>): number {
    return Number(deliverAtMs) - this.#clock.nowMs();
  }

  #delay(stored: Stored): void {
    this.#delayedMessages.count++;
    this.#delayedMessages.bytes += stored.bytes;
    this.#appendWhenDue(stored);
  }

  /** A timer may end before the clock shows the time: by a millisecond on Node, by more where the clock was set back. */
  #appendWhenDue(stored: Stored): void {
    const delayMs = this.#delayOf(stored.message);
    if (delayMs > 0) {
      this.#delayed.set(() => this.#appendWhenDue(stored), Math.min(delayMs, TOPIC_MAX_DELAY_MS));
      return;
    }
    this.#delayedMessages.count--;
    this.#delayedMessages.bytes -= stored.bytes;
    this.#append(stored);
  }

  /** @param except a group that does not get the message. */
  #append(stored: Stored, except?: EmbeddedGroup): void {
    const { topic } = stored.message;
    this.#retain(this.#topic(topic), stored);
    for (const group of this.#subscribers.get(topic) ?? []) if (group !== except) group.push(stored);
  }

  #retain(topic: Topic, stored: Stored): void {
    const { retainedMessages, retainedBytes } = this.#limits;
    topic.retained.push(stored);
    topic.retainedBytes += stored.bytes;
    while (topic.retained.size > retainedMessages || topic.retainedBytes > retainedBytes) {
      topic.retainedBytes -= topic.retained.shift()?.bytes ?? 0;
    }
  }

  /**
   * Moves a message to the dead-letter topic; it keeps its id. A group that consumes its own dead letters and gives one up does not get it again,
   * which would never end.
   */
  #deadLetter(group: string, { message, messageId, bornAtMs }: Stored): void {
    const topic = deadLetterTopic(group);
    const moved = { ...message, topic, messageGroup: '' };
    const isOwn = message.topic === topic;
    this.#append(
      { message: moved, messageId, bornAtMs, bytes: messageBytes(moved) },
      isOwn ? this.#groups.get(group) : undefined,
    );
  }

  #requireCapacity(topic: string, bytes: number, isDelayed: boolean): void {
    const { maxBacklog, maxBacklogBytes } = this.#limits;
    const require = (count: number, waitingBytes: number, waiting: string): void => {
      requireCapacity(count, maxBacklog, waiting);
      requireByteCapacity(waitingBytes + bytes, maxBacklogBytes, waiting);
    };
    if (isDelayed) require(this.#delayedMessages.count, this.#delayedMessages.bytes, 'for their delivery time');
    for (const group of this.#reached(topic)) require(group.size, group.bytes, 'for a consumer group');
  }

  /** The groups that a message of this topic may reach, including as a dead letter. */
  #reached(topic: string, found = new Set<EmbeddedGroup>()): Set<EmbeddedGroup> {
    for (const group of this.#subscribers.get(topic) ?? []) {
      if (found.has(group)) continue;
      found.add(group);
      this.#reached(deadLetterTopic(group.name), found);
    }
    return found;
  }

  /** Message ids have the form of RocketMQ's: 34 hexadecimal digits. */
  #nextId(): string {
    this.#lastId++;
    return this.#lastId.toString(16).toUpperCase().padStart(34, '0');
  }
}

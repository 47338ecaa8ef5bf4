// What the platform and the IM servers need of a message queue. Two implementations keep to it, and to one suite of tests.

import type { TopicMessage, TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import type { CallbackContext, OnError } from '../callbacks.js';
import { REDELIVERY_MAX_DELAY_MS } from '../limits.js';
import { requireCount } from './option-rules.js';
import type { ToRocketMQOptions } from './to-rocketmq.js';

/** A message queue: RocketMQ, or one in memory that behaves like it. */
export interface Broker {
  /**
   * Hands a message over. Messages of one message group are stored in the order of the calls.
   * @param message what is left out of tag, keys and message group is filled in, as by `toRocketMQ`. Copied before the call returns.
   * @returns when the broker has the message: from then on it is delivered at least once.
   * @throws ProtocolError (as a rejection) what `toRocketMQ` throws; INVALID_MESSAGE for a topic that the broker does not have or that
   * takes messages of another type, and for a delivery time too far ahead; CLOSED, TIMEOUT, RATE_LIMITED, OVERLOADED or INTERNAL where the
   * broker did not take it: it may have the message all the same.
   */
  publish(message: TopicMessageInit, options?: ToRocketMQOptions): Promise<Receipt>;

  /**
   * Lets a consumer group take messages. All consumers of a group share its messages, and need the same topics and tags.
   * @param handler called for each message. Messages of one message group come one after the other, in order; others at the same time.
   * @throws ProtocolError (as a rejection) INVALID_MESSAGE for names that RocketMQ does not take, for a topic or group that the broker does
   * not have, and where the group's other consumers in this process have another subscription; CLOSED.
   */
  subscribe(subscription: Subscription, handler: Handler): Promise<Consumer>;

  /** Closes all consumers, and then the broker. What was not acknowledged stays with RocketMQ; an EmbeddedBroker forgets it. */
  close(): Promise<void>;
}

/** What the broker says of a message that it has taken. */
export interface Receipt {
  /** RocketMQ's own id of the message, as operators see it. */
  readonly messageId: string;
}

/** A topic, and which of its messages are wanted. */
export interface TopicFilter {
  readonly topic: string;
  /** The tags, each the name of a command; empty or left out = all. */
  readonly tags?: readonly string[] | undefined;
}

/** What a consumer group takes. */
export interface Subscription {
  /** Name of the consumer group: `consumerGroup('server', 7)`. RocketMQ has to have it, orderly for FIFO topics. */
  readonly group: string;
  /** 1 or more; also the `deadLetterTopic` of a group. */
  readonly topics: readonly (string | TopicFilter)[];
  /** The most messages that this consumer handles at the same time. Default 32. */
  readonly maxInFlight?: number | undefined;
  /** When a message that was not acknowledged comes again, and how often. */
  readonly retry?: Partial<RetryPolicy> | undefined;
}

/**
 * Handles a message. Once it is done, the message is acknowledged, unless `nack` or `deadLetter` was called; where it throws, that counts
 * as `nack`. It may be called again for a message that it has handled: see Deduplicator.
 */
export type Handler = (delivery: Delivery) => void | Promise<void>;

/** A message on its way to a handler. */
export interface Delivery {
  /** Whole; `bytes` in it are views of `body`. */
  readonly message: TopicMessage;
  /** The body as it came: a whole frame, for `forwardData`, or the raw bytes. */
  readonly body: Uint8Array;
  /** The property `im_service`: the service that asked, to which results go; empty = not told. */
  readonly serviceName: string;
  /** RocketMQ's own id of the message. */
  readonly messageId: string;
  /** The consumer group that it was delivered to. */
  readonly group: string;
  /** 1 for the first delivery. */
  readonly attempt: number;
  /** The handler did what it had to do: what happens where nothing else is said. The last call counts. */
  ack(): void;
  /**
   * The message is to come again, after a while; when its attempts are used up, it becomes a dead letter.
   * @param options afterMs: 0 to 43200000 (12 hours, RocketMQ's limit) milliseconds. Default: as the retry policy says.
   * @throws ProtocolError INVALID_MESSAGE for another `afterMs`.
   */
  nack(options?: { readonly afterMs?: number | undefined }): void;
  /**
   * The message is given up: it goes to the `deadLetterTopic` of the group. An EmbeddedBroker does not deliver it again to a group that gives
   * up one of its own dead letters.
   */
  deadLetter(): void;
}

/** A consumer of a group. */
export interface Consumer {
  /**
   * Takes no more messages, waits until the handlers that run are done (for a bounded time), and leaves the group. What was not acknowledged
   * goes to the group's next consumer.
   */
  close(): Promise<void>;
}

/**
 * Gets what has no caller: a handler that threw, a body that nobody can read, a broker that is away. It may throw or reject itself: that goes
 * to stderr.
 */
export type OnBrokerError = OnError<BrokerErrorContext>;

/** Where an error was met. */
export interface BrokerErrorContext extends CallbackContext {
  /** `handler` where the handler of a subscription threw or rejected; left out for everything else. */
  readonly callback?: string | undefined;
  readonly group: string;
  readonly topic: string;
  /** RocketMQ's own id of the message, where the error is about one. */
  readonly messageId?: string | undefined;
}

/** When a message that was not acknowledged comes again. */
export interface RetryPolicy {
  /** So many deliveries in all; then the message is a dead letter. 1 or more. Default 16. */
  readonly maxAttempts: number;
  /** Milliseconds until the second delivery, 0 to 43200000. Default 1000. */
  readonly initialDelayMs: number;
  /** Each further delay is twice the one before, up to this, 0 to 43200000 milliseconds. Default 60000. */
  readonly maxDelayMs: number;
}

const DEFAULT_RETRY: RetryPolicy = Object.freeze({ maxAttempts: 16, initialDelayMs: 1000, maxDelayMs: 60_000 });

/** The policy with its defaults. */
export function retryPolicy(policy: Partial<RetryPolicy> = {}): RetryPolicy {
  const {
    maxAttempts = DEFAULT_RETRY.maxAttempts,
    initialDelayMs = DEFAULT_RETRY.initialDelayMs,
    maxDelayMs = DEFAULT_RETRY.maxDelayMs,
  } = policy;
  requireCount('maxAttempts', maxAttempts, 1);
  if (!(initialDelayMs >= 0 && maxDelayMs >= 0))
    throw new RangeError(`delays are 0 or more, got ${initialDelayMs} and ${maxDelayMs}`);
  if (initialDelayMs > REDELIVERY_MAX_DELAY_MS || maxDelayMs > REDELIVERY_MAX_DELAY_MS)
    throw new RangeError(`delays are ${REDELIVERY_MAX_DELAY_MS} or less, got ${initialDelayMs} and ${maxDelayMs}`);
  return { maxAttempts, initialDelayMs, maxDelayMs };
}

/** Milliseconds to wait after an attempt, counted from 1, that failed. */
export function delayAfter({ initialDelayMs, maxDelayMs }: RetryPolicy, attempt: number): number {
  return Math.min(maxDelayMs, initialDelayMs * 2 ** Math.min(attempt - 1, 30));
}

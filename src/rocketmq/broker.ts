// The interface of message brokers. Both implementations pass the same test suite.
import type { TopicMessage, TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import type { CallbackContext, OnError } from '../callbacks.js';
import { REDELIVERY_MAX_DELAY_MS } from '../limits.js';
import { requireCount, requireMs } from './option-rules.js';
import type { ToRocketMQOptions } from './to-rocketmq.js';

/** A message broker: RocketMQ, or an in-memory one with the same behavior. */
export interface Broker {
  /**
   * Publishes a message. Messages of one message group are stored in the order of the calls.
   * @param message missing tag, keys and message group are filled in as by `toRocketMQ`. Copied before the call returns.
   * @returns resolves when the broker has stored the message: it is then delivered at least once.
   * @throws ProtocolError (as a rejection) the errors of `toRocketMQ`; INVALID_MESSAGE for an unknown topic, for a topic with another message
   * type, and for a delivery time too far ahead; CLOSED, TIMEOUT, RATE_LIMITED, OVERLOADED or INTERNAL if the call failed: the broker may have
   * stored the message nevertheless.
   */
  publish(message: TopicMessageInit, options?: ToRocketMQOptions): Promise<Receipt>;

  /**
   * Starts a consumer of a group. All consumers of a group share its messages and need the same topics and tags.
   * @param handler called for each message: one after the other, in order, within a message group; else concurrently.
   * @throws ProtocolError (as a rejection) INVALID_MESSAGE for invalid names, for an unknown topic or group, and if the group's other consumers
   * in this process have another subscription; CLOSED.
   */
  subscribe(subscription: Subscription, handler: Handler): Promise<Consumer>;

  /** Closes all consumers, then the broker. RocketMQ keeps messages that were not acknowledged; an EmbeddedBroker drops them. */
  close(): Promise<void>;
}

/** The result of `publish`. */
export interface Receipt {
  /** RocketMQ's message id, as operators see it. */
  readonly messageId: string;
}

/** A topic with a filter. */
export interface TopicFilter {
  /** Name of the topic: see `topics`. */
  readonly topic: string;
  /** Tags (command names); empty or undefined = all. */
  readonly tags?: readonly string[] | undefined;
}

/** The subscription of a consumer group. */
export interface Subscription {
  /** Name of the consumer group: `consumerGroup('server', 7)`. It must exist on RocketMQ, and be orderly for FIFO topics. */
  readonly group: string;
  /** At least 1; may include the `deadLetterTopic` of a group. */
  readonly topics: readonly (string | TopicFilter)[];
  /** Maximum messages that this consumer handles concurrently. Default 32. */
  readonly maxInFlight?: number | undefined;
  /** When and how often a message that was not acknowledged is redelivered. */
  readonly retry?: Partial<RetryPolicy> | undefined;
}

/**
 * Handles a message. When it returns or resolves, the message is acknowledged, unless `nack` or `deadLetter` was called. If it throws, that is
 * a `nack`. Messages on a topic of events (`im_event_<serverId>`) are acknowledged in any case. It may be called again for a message that it has handled: see Deduplicator.
 */
export type Handler = (delivery: Delivery) => void | Promise<void>;

/** A message delivered to a handler. */
export interface Delivery {
  /** The decoded message; its `bytes` fields are views of `body`. */
  readonly message: TopicMessage;
  /** The body as received: a complete frame, for `forwardData`, or the raw bytes. */
  readonly body: Uint8Array;
  /** The property `im_service`: the service that sent the request and gets the result; empty = not set. */
  readonly serviceName: string;
  /** RocketMQ's message id. */
  readonly messageId: string;
  /**
   * When it was sent: Unix time in milliseconds of the producer's clock (RocketMQ's born timestamp); 0 = unknown. An event that is older than its
   * command allows never reaches a handler.
   */
  readonly bornAtMs: number;
  /** The consumer group that it was delivered to. */
  readonly group: string;
  /** 1 for the first delivery. */
  readonly attempt: number;
  /** Acknowledges the message: the default. The last call of `ack`, `nack` and `deadLetter` counts. */
  ack(): void;
  /**
   * Requests redelivery. After the last attempt, the message becomes a dead letter. On the topic of events, `nack` and `deadLetter` acknowledge it.
   * @param options afterMs: delay of 0 to 43200000 milliseconds (12 hours, RocketMQ's limit). Default: by the retry policy.
   * @throws ProtocolError INVALID_MESSAGE for an invalid `afterMs`.
   */
  nack(options?: { readonly afterMs?: number | undefined }): void;
  /**
   * Gives the message up: it goes to the `deadLetterTopic` of the group. If a group gives up one of its own dead letters, an EmbeddedBroker
   * does not deliver it to that group again.
   */
  deadLetter(): void;
}

/** A consumer of a group. */
export interface Consumer {
  /**
   * Stops receiving, waits for running handlers (for a bounded time), and leaves the group. Messages that were not acknowledged go to the
   * group's next consumer.
   */
  close(): Promise<void>;
}

/**
 * Receives errors that no call can report: of handlers, invalid bodies, and an unreachable broker. If it throws or rejects, that is printed to
 * stderr.
 */
export type OnBrokerError = OnError<BrokerErrorContext>;

/** Where an error occurred. */
export interface BrokerErrorContext extends CallbackContext {
  /** `handler` if the handler of a subscription threw or rejected; else undefined. */
  readonly callback?: string | undefined;
  /** The consumer group. */
  readonly group: string;
  /** The topic of the message, or of the subscription. */
  readonly topic: string;
  /** RocketMQ's message id, if the error is about a message. */
  readonly messageId?: string | undefined;
}

/** When and how often a message that was not acknowledged is redelivered. */
export interface RetryPolicy {
  /** Maximum deliveries; then the message becomes a dead letter. At least 1. Default 16. */
  readonly maxAttempts: number;
  /** Milliseconds until the second delivery, 0 to 43200000. Default 1000. */
  readonly initialDelayMs: number;
  /** Each delay is twice the previous one, up to this maximum: 0 to 43200000 milliseconds. Default 60000. */
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
  requireMs('initialDelayMs', initialDelayMs, 0, REDELIVERY_MAX_DELAY_MS);
  requireMs('maxDelayMs', maxDelayMs, 0, REDELIVERY_MAX_DELAY_MS);
  return { maxAttempts, initialDelayMs, maxDelayMs };
}

/** Delay in milliseconds after a failed attempt, counted from 1. */
export function delayAfter({ initialDelayMs, maxDelayMs }: RetryPolicy, attempt: number): number {
  return Math.min(maxDelayMs, initialDelayMs * 2 ** Math.min(attempt - 1, 30));
}

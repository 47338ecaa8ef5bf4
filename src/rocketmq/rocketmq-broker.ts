// The broker for RocketMQ 5.
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import { errorReporter } from '../callbacks.js';
import { REDELIVERY_MAX_DELAY_MS } from '../limits.js';
import {
  type Broker,
  type Consumer,
  delayAfter,
  type Handler,
  type OnBrokerError,
  type Receipt,
  type Subscription,
} from './broker.js';
import { closed, requireDeliveryTime } from './broker-errors.js';
import { ClientConsumer } from './client-consumer.js';
import { isTransient, protocolError } from './client-errors.js';
import { type ClientLog, type ClientOptions, loadClient, redirectLog } from './client-module.js';
import { ClientProducer } from './client-producer.js';
import { SYSTEM_CLOCK, Timers } from './clock.js';
import { KeyedSerializer } from './keyed-serializer.js';
import { LateConsumer } from './late-consumer.js';
import { deadLetterGroup } from './name-rules.js';
import { requireCount, requireMs } from './option-rules.js';
import { type ConsumerSettings, RocketMQConsumer } from './rocketmq-consumer.js';
import { messageBytes, type RocketMQMessage } from './rocketmq-message.js';
import { type CheckedSubscription, checkedSubscription, GroupSubscriptions } from './subscriptions.js';
import { type ToRocketMQOptions, toRocketMQ } from './to-rocketmq.js';
import { requireType, typeOfMessage } from './topic-rules.js';

/** Options of a RocketMQBroker. */
export interface RocketMQBrokerOptions extends ClientOptions {
  /** Maximum concurrent sends; more messages wait. Default 64. */
  readonly maxSendsInFlight?: number | undefined;
  /**
   * Maximum bytes of messages being sent or waiting. Then `publish` rejects with OVERLOADED. The size of a message is its body, its texts and
   * 512 bytes. Default 67108864 (64 MiB).
   */
  readonly maxSendBytes?: number | undefined;
  /** How long `publish` retries while RocketMQ is unreachable or overloaded, in milliseconds. Default 15000. */
  readonly publishTimeoutMs?: number | undefined;
  /**
   * How long a received message is invisible to other consumers, in milliseconds. Renewed while the message is handled; the messages of a
   * killed process are redelivered after this time. 10000 to 43200000. Default 30000.
   */
  readonly leaseMs?: number | undefined;
  /** How long a closing consumer waits for its handlers, and then for the server, in milliseconds. Default 10000. */
  readonly closeTimeoutMs?: number | undefined;
  /** Receives errors of handlers, invalid bodies, and failed calls. Default: prints a line to stderr. */
  readonly onError?: OnBrokerError | undefined;
  /** Receives the log of the official client. One per process. Default: the log is discarded. */
  readonly log?: ClientLog | undefined;
}

/** The minimum invisible duration of RocketMQ. */
const MIN_LEASE_MS = 10_000;
const MIN_REQUEST_TIMEOUT_MS = 1000;
const SEND_RETRY = { maxAttempts: 1, initialDelayMs: 100, maxDelayMs: 2000 };

/**
 * A broker on RocketMQ 5, through its gRPC proxy and the official client `rocketmq-client-nodejs` 1.0.8, which must be installed. Topics and
 * consumer groups must exist: the proxy does not create them. See docs/rocketmq.md.
 */
export class RocketMQBroker implements Broker {
  readonly #options: RocketMQBrokerOptions;
  readonly #publishTimeoutMs: number;
  readonly #settings: ConsumerSettings;
  readonly #serializer: KeyedSerializer;
  readonly #timers = new Timers(SYSTEM_CLOCK);
  readonly #subscriptions = new GroupSubscriptions();
  readonly #consumers = new Set<Consumer>();
  #producer: Promise<ClientProducer> | undefined;
  #isClosed = false;

  /**
   * Connects on first use.
   * @throws RangeError for invalid numbers.
   */
  constructor(options: RocketMQBrokerOptions) {
    const { maxSendsInFlight = 64, maxSendBytes = 67_108_864 } = options;
    const { leaseMs = 30_000, closeTimeoutMs = 10_000, publishTimeoutMs = 15_000, requestTimeoutMs = 5000 } = options;
    requireCount('maxSendsInFlight', maxSendsInFlight, 1);
    requireCount('maxSendBytes', maxSendBytes, 0);
    requireMs('leaseMs', leaseMs, MIN_LEASE_MS, REDELIVERY_MAX_DELAY_MS);
    requireMs('closeTimeoutMs', closeTimeoutMs);
    requireMs('publishTimeoutMs', publishTimeoutMs);
    requireMs('requestTimeoutMs', requestTimeoutMs, MIN_REQUEST_TIMEOUT_MS);
    this.#options = options;
    this.#publishTimeoutMs = publishTimeoutMs;
    this.#settings = { clock: SYSTEM_CLOCK, onError: errorReporter(options.onError), closeTimeoutMs, leaseMs };
    this.#serializer = new KeyedSerializer(maxSendsInFlight, maxSendBytes);
    redirectLog(options.log);
  }

  async publish(message: TopicMessageInit, options?: ToRocketMQOptions): Promise<Receipt> {
    if (this.#isClosed) throw closed('the broker');
    const mapped = toRocketMQ(message, options);
    requireDeliveryTime(mapped.deliverAtMs, SYSTEM_CLOCK.nowMs());
    const { topic, messageGroup } = mapped;
    // A copy: the message may be sent later, when the caller has reused its bytes.
    const own = message.payload?.$case === 'raw' ? { ...mapped, body: mapped.body.slice() } : mapped;
    const key = messageGroup === '' ? undefined : `${topic} ${messageGroup}`;
    const messageId = await this.#serializer.run(key, () => this.#send(own), messageBytes(own));
    return { messageId };
  }

  async subscribe(subscription: Subscription, handler: Handler): Promise<Consumer> {
    if (this.#isClosed) throw closed('the broker');
    const checked = checkedSubscription(subscription);
    const leave = this.#subscriptions.join(checked);
    try {
      const consumer = await this.#start(checked, handler);
      let closing: Promise<void> | undefined;
      const close = async (): Promise<void> => {
        await consumer.close();
        leave();
        this.#consumers.delete(handle);
      };
      const handle: Consumer = {
        close: () => {
          closing ??= close();
          return closing;
        },
      };
      this.#consumers.add(handle);
      return handle;
    } catch (error) {
      leave();
      throw protocolError(error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timers.clear();
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    const producer = await this.#producer?.catch(() => undefined);
    await producer?.close(this.#settings.closeTimeoutMs, SYSTEM_CLOCK);
  }

  async #start(subscription: CheckedSubscription, handler: Handler): Promise<Consumer> {
    const module = await loadClient();
    const start = async (): Promise<Consumer> => {
      const client = await ClientConsumer.start(module, this.#options, subscription, SYSTEM_CLOCK);
      return RocketMQConsumer.start(client, subscription, handler, this.#settings);
    };
    // RocketMQ creates a dead-letter topic with its first message.
    const isForDeadLetters = [...subscription.topics.keys()].every((topic) => deadLetterGroup(topic) !== undefined);
    return isForDeadLetters ? LateConsumer.start(start, this.#settings.clock) : start();
  }

  /** Sends with retries, for transient errors only. */
  async #send(message: RocketMQMessage): Promise<string> {
    const endMs = SYSTEM_CLOCK.nowMs() + this.#publishTimeoutMs;
    for (let attempt = 1; ; attempt++) {
      // The message may have waited.
      if (this.#isClosed) throw closed('the broker');
      try {
        const producer = await this.#startedProducer();
        const accepted = await producer.typeOf(message.topic);
        if (accepted !== undefined) requireType(accepted, typeOfMessage(message));
        return await producer.send(message);
      } catch (error) {
        const delayMs = delayAfter(SEND_RETRY, attempt);
        if (this.#isClosed) throw closed('the broker');
        if (!isTransient(error) || SYSTEM_CLOCK.nowMs() + delayMs > endMs) throw protocolError(error);
        await this.#timers.wait(delayMs);
      }
    }
  }

  #startedProducer(): Promise<ClientProducer> {
    this.#producer ??= loadClient()
      .then((module) => ClientProducer.start(module, this.#options))
      .catch((error: unknown) => {
        // The next message retries.
        this.#producer = undefined;
        throw error;
      });
    return this.#producer;
  }
}

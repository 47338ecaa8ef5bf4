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
import { closed, requireNear, requireType } from './broker-errors.js';
import { ClientConsumer } from './client-consumer.js';
import { isPassing, protocolError } from './client-errors.js';
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
import { typeOfMessage } from './topics.js';

/** Options of a RocketMQBroker. */
export interface RocketMQBrokerOptions extends ClientOptions {
  /** The most messages on their way to the broker at the same time; others wait for them. Default 64. */
  readonly maxSendsInFlight?: number | undefined;
  /**
   * The most bytes of messages on their way and waiting; then `publish` rejects with OVERLOADED. A message counts its body, its texts and 512
   * bytes. Default 67108864 (64 MiB).
   */
  readonly maxSendBytes?: number | undefined;
  /** Milliseconds for which `publish` tries again while RocketMQ is away or overloaded. Default 15000. */
  readonly publishTimeoutMs?: number | undefined;
  /**
   * Milliseconds for which nobody else gets a message that a consumer took, renewed while it is handled: so long the messages of a process
   * that was killed wait. 10000 to 43200000. Default 30000.
   */
  readonly leaseMs?: number | undefined;
  /** Milliseconds that a closing consumer waits for its handlers, and a client for the server. Default 10000. */
  readonly closeTimeoutMs?: number | undefined;
  /** Gets what handlers throw, bodies that nobody can read, and calls that failed. Default: a line on stderr. */
  readonly onError?: OnBrokerError | undefined;
  /** Gets what the official client logs, which otherwise writes files below the home folder. One for the process. Default: nobody does. */
  readonly log?: ClientLog | undefined;
}

/** RocketMQ hides a message for no less. */
const LEAST_LEASE_MS = 10_000;
const LEAST_REQUEST_TIMEOUT_MS = 1000;
const SEND_RETRY = { maxAttempts: 1, initialDelayMs: 100, maxDelayMs: 2000 };

/**
 * RocketMQ 5, by its gRPC proxy and the official client `rocketmq-client-nodejs` 1.0.8, which has to be installed. Topics and consumer
 * groups are made beforehand: the proxy makes none. See docs/rocketmq.md.
 */
export class RocketMQBroker implements Broker {
  readonly #options: RocketMQBrokerOptions;
  readonly #publishTimeoutMs: number;
  readonly #settings: ConsumerSettings;
  readonly #lanes: KeyedSerializer;
  readonly #timers = new Timers(SYSTEM_CLOCK);
  readonly #subscriptions = new GroupSubscriptions();
  readonly #consumers = new Set<Consumer>();
  #producer: Promise<ClientProducer> | undefined;
  #isClosed = false;

  /**
   * Connects when it is first used.
   * @throws RangeError for numbers that make no sense.
   */
  constructor(options: RocketMQBrokerOptions) {
    const { maxSendsInFlight = 64, maxSendBytes = 67_108_864 } = options;
    const { leaseMs = 30_000, closeTimeoutMs = 10_000, publishTimeoutMs = 15_000, requestTimeoutMs = 5000 } = options;
    requireCount('maxSendsInFlight', maxSendsInFlight, 1);
    requireCount('maxSendBytes', maxSendBytes, 0);
    requireMs('leaseMs', leaseMs, LEAST_LEASE_MS, REDELIVERY_MAX_DELAY_MS);
    requireMs('closeTimeoutMs', closeTimeoutMs);
    requireMs('publishTimeoutMs', publishTimeoutMs);
    requireMs('requestTimeoutMs', requestTimeoutMs, LEAST_REQUEST_TIMEOUT_MS);
    this.#options = options;
    this.#publishTimeoutMs = publishTimeoutMs;
    this.#settings = { clock: SYSTEM_CLOCK, onError: errorReporter(options.onError), closeTimeoutMs, leaseMs };
    this.#lanes = new KeyedSerializer(maxSendsInFlight, maxSendBytes);
    redirectLog(options.log);
  }

  async publish(message: TopicMessageInit, options?: ToRocketMQOptions): Promise<Receipt> {
    if (this.#isClosed) throw closed('the broker');
    const mapped = toRocketMQ(message, options);
    requireNear(mapped.deliverAtMs, SYSTEM_CLOCK.nowMs());
    const { topic, messageGroup } = mapped;
    // Sent later: the caller may use its bytes again by then.
    const own = message.payload?.$case === 'raw' ? { ...mapped, body: mapped.body.slice() } : mapped;
    const lane = messageGroup === '' ? undefined : `${topic} ${messageGroup}`;
    const messageId = await this.#lanes.run(lane, () => this.#send(own), messageBytes(own));
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
    // RocketMQ makes the topic of dead letters with the first one.
    const isForDeadLetters = [...subscription.topics.keys()].every((topic) => deadLetterGroup(topic) !== undefined);
    return isForDeadLetters ? LateConsumer.start(start, this.#settings.clock) : start();
  }

  /** Tries again as long as that may help: "errors that cannot be retried" are not sent again. */
  async #send(message: RocketMQMessage): Promise<string> {
    const endMs = SYSTEM_CLOCK.nowMs() + this.#publishTimeoutMs;
    for (let attempt = 1; ; attempt++) {
      // Also for what waited for its turn.
      if (this.#isClosed) throw closed('the broker');
      try {
        const producer = await this.#startedProducer();
        const takes = await producer.typeOf(message.topic);
        if (takes !== undefined) requireType(takes, typeOfMessage(message));
        return await producer.send(message);
      } catch (error) {
        const delayMs = delayAfter(SEND_RETRY, attempt);
        if (this.#isClosed) throw closed('the broker');
        if (!isPassing(error) || SYSTEM_CLOCK.nowMs() + delayMs > endMs) throw protocolError(error);
        await this.#timers.wait(delayMs);
      }
    }
  }

  #startedProducer(): Promise<ClientProducer> {
    this.#producer ??= loadClient()
      .then((module) => ClientProducer.start(module, this.#options))
      .catch((error: unknown) => {
        // The next message tries again.
        this.#producer = undefined;
        throw error;
      });
    return this.#producer;
  }
}

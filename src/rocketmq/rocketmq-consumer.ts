// Consumes messages of RocketMQ with the official client.
import { type Consumer, delayAfter, type Handler, type OnBrokerError } from './broker.js';
import { refuse } from './broker-errors.js';
import type { ClientConsumer, ReceivedMessage } from './client-consumer.js';
import { isTransient, protocolError } from './client-errors.js';
import { type Clock, settledWithin, Timers } from './clock.js';
import { Semaphore } from './keyed-serializer.js';
import { runHandler } from './run-handler.js';
import { settleMessage } from './settle-message.js';
import type { CheckedSubscription } from './subscriptions.js';
import { VisibilityRenewer } from './visibility-renewer.js';

/** Settings of a consumer, from the options of its broker. */
export interface ConsumerSettings {
  readonly clock: Clock;
  readonly onError: OnBrokerError;
  readonly closeTimeoutMs: number;
  /** How long a received message is invisible to others; renewed while it is handled. */
  readonly leaseMs: number;
}

/** Maximum messages per receive call. */
const MAX_BATCH = 32;
const POLL_RETRY = { maxAttempts: 1, initialDelayMs: 500, maxDelayMs: 10_000 };
/** The first poll reports an unknown group within this time. */
const FIRST_POLL_MS = 500;
/** Delay until a returned message is delivered again. */
const RETURN_DELAY_MS = 1000;

/** A consumer of RocketMQ: a loop per topic receives messages, calls the handler and settles them. */
export class RocketMQConsumer implements Consumer {
  readonly #client: ClientConsumer;
  readonly #subscription: CheckedSubscription;
  readonly #handler: Handler;
  readonly #settings: ConsumerSettings;
  readonly #timers: Timers;
  readonly #renewer: VisibilityRenewer<ReceivedMessage>;
  readonly #semaphore: Semaphore;
  readonly #running = new Set<Promise<unknown>>();
  readonly #loops: Promise<void>[] = [];
  #isClosing = false;
  #hasWarned = false;

  private constructor(client: ClientConsumer, subscription: CheckedSubscription, handler: Handler, settings: ConsumerSettings) {
    this.#client = client;
    this.#subscription = subscription;
    this.#handler = handler;
    this.#settings = settings;
    this.#timers = new Timers(settings.clock);
    this.#renewer = new VisibilityRenewer(settings.leaseMs, this.#timers);
    this.#semaphore = new Semaphore(subscription.maxInFlight);
  }

  /** @throws ProtocolError INVALID_MESSAGE for an unknown consumer group. */
  static async start(
    client: ClientConsumer,
    subscription: CheckedSubscription,
    handler: Handler,
    settings: ConsumerSettings,
  ): Promise<RocketMQConsumer> {
    const consumer = new RocketMQConsumer(client, subscription, handler, settings);
    const first = [...subscription.topics.keys()].map((topic) => consumer.#startLoop(topic));
    try {
      await Promise.race([Promise.all(first), consumer.#timers.wait(FIRST_POLL_MS)]);
      return consumer;
    } catch (error) {
      await consumer.close();
      throw protocolError(error);
    }
  }

  async close(): Promise<void> {
    const { closeTimeoutMs, clock } = this.#settings;
    this.#isClosing = true;
    this.#timers.clear();
    await settledWithin(Promise.all([...this.#loops, ...this.#running]), closeTimeoutMs, clock);
    await settledWithin(this.#returnMessages(this.#renewer.items), closeTimeoutMs, clock);
    await this.#client.close(closeTimeoutMs, clock);
  }

  /** Settles with the result of the first poll; transient errors count as success. */
  #startLoop(topic: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const onPolled = (error?: unknown): void => (error === undefined || isTransient(error) ? resolve() : reject(error));
      this.#loops.push(this.#loop(topic, onPolled));
    });
  }

  async #loop(topic: string, onPolled: (error?: unknown) => void): Promise<void> {
    for (let failures = 0; !this.#isClosing; ) {
      try {
        const received = await this.#client.receive(topic, await this.#capacity(), this.#settings.leaseMs);
        failures = 0;
        onPolled();
        await this.#handleBatch(received);
      } catch (error) {
        if (this.#isClosing) return;
        onPolled(error);
        this.#settings.onError(protocolError(error), { group: this.#subscription.group, topic });
        // Backoff: the client does not delay polls while the server is away.
        await this.#timers.wait(delayAfter(POLL_RETRY, ++failures));
      }
    }
  }

  /** Waits for capacity and returns for how many messages. An orderly group receives one batch after the other. */
  async #capacity(): Promise<number> {
    const { maxInFlight } = this.#subscription;
    while (this.#running.size >= maxInFlight && !this.#client.isOrderly) await Promise.race(this.#running);
    return Math.min(MAX_BATCH, this.#client.isOrderly ? maxInFlight : maxInFlight - this.#running.size);
  }

  /** Handles messages. Waits for those of an orderly group: the server delivers nothing more before. */
  async #handleBatch(received: readonly ReceivedMessage[]): Promise<void> {
    if (this.#isClosing) return this.#returnMessages(received);
    for (const message of received) this.#renewer.add(message);
    if (this.#client.isOrderly) {
      await Promise.all(byMessageGroup(received).map((group) => this.#track(this.#handleInOrder(group))));
      return;
    }
    for (const message of received) {
      if (message.view.messageGroup) this.#warn(message.view.topic);
      void this.#track(this.#handle(message));
    }
  }

  #warn(topic: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const text = 'is not orderly on the broker: messages of FIFO topics are delivered in any order';
    this.#settings.onError(refuse('group', 'orderly', text), { group: this.#subscription.group, topic });
  }

  #track(work: Promise<unknown>): Promise<unknown> {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
    return tracked;
  }

  /** Handles a message once: the server redelivers it. */
  async #handle(message: ReceivedMessage): Promise<void> {
    await this.#attempt(message, message.attempt, (afterMs) => message.hide(afterMs));
  }

  /** Handles messages one after the other, with retries: the server would redeliver the messages after a failed one, too. */
  async #handleInOrder(messages: readonly ReceivedMessage[]): Promise<void> {
    for (const message of messages) {
      for (let attempt = message.attempt, isDone = false; !isDone && !this.#isClosing; attempt++) {
        isDone = true;
        await this.#attempt(message, attempt, async (afterMs) => {
          isDone = false;
          this.#renewer.add(message);
          await this.#timers.wait(afterMs);
        });
      }
    }
  }

  /** Calls the handler and settles the message. Never rejects. */
  async #attempt(message: ReceivedMessage, attempt: number, redeliver: (afterMs: number) => Promise<void>): Promise<void> {
    const { group, retry } = this.#subscription;
    const { view, messageId, bornAtMs } = message;
    const { clock, onError } = this.#settings;
    const incoming = { view, messageId, bornAtMs, group, attempt };
    // Messages that still wait when the consumer closes are returned.
    const outcome = await this.#semaphore.run(async () =>
      this.#isClosing ? undefined : runHandler(this.#handler, incoming, clock, onError),
    );
    if (outcome === undefined) return;
    await this.#renewer.remove(message);
    try {
      await settleMessage(message, outcome, attempt, retry, this.#timers, redeliver);
    } catch (error) {
      onError(protocolError(error), { group, topic: view.topic, messageId });
    }
  }

  /** Returns messages, so that the group's next consumer does not wait until their leases end. */
  async #returnMessages(messages: readonly ReceivedMessage[]): Promise<void> {
    await Promise.allSettled(
      messages.map(async (message) => {
        await this.#renewer.remove(message);
        await message.hide(RETURN_DELAY_MS);
      }),
    );
  }
}

/** Groups messages by message group, in order of incoming. Messages without a group are alone. */
function byMessageGroup(received: readonly ReceivedMessage[]): ReceivedMessage[][] {
  const groups = new Map<unknown, ReceivedMessage[]>();
  for (const message of received) {
    const key = message.view.messageGroup ?? message;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [message]);
    else group.push(message);
  }
  return [...groups.values()];
}

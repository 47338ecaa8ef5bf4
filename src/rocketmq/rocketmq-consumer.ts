import { type Consumer, delayAfter, type Handler, type OnBrokerError } from './broker.js';
import { refuse } from './broker-errors.js';
import type { ClientConsumer, ReceivedMessage } from './client-consumer.js';
import { isPassing, protocolError } from './client-errors.js';
import { type Clock, settledWithin, Timers } from './clock.js';
import { inLanes, Semaphore } from './keyed-serializer.js';
import { runHandler } from './run-handler.js';
import type { CheckedSubscription } from './subscriptions.js';
import { settleMessage, VisibilityRenewer } from './visibility-renewer.js';

/** How a consumer treats RocketMQ. */
export interface ConsumerSettings {
  readonly clock: Clock;
  readonly onError: OnBrokerError;
  readonly closeTimeoutMs: number;
  /** So long nobody else gets a message that was taken; it is renewed while the message is handled. */
  readonly leaseMs: number;
}

/** A receive call brings so many at most. */
const MAX_BATCH = 32;
const POLL_RETRY = { maxAttempts: 1, initialDelayMs: 500, maxDelayMs: 10_000 };
/** A group that does not exist is told within that time. */
const FIRST_POLL_MS = 500;
/** What is given back comes again after that time. */
const GIVEN_BACK_MS = 1000;

/** A consumer of RocketMQ: one loop a topic, which takes messages, has them handled, and says what became of them. */
export class RocketMQConsumer implements Consumer {
  readonly #client: ClientConsumer;
  readonly #subscription: CheckedSubscription;
  readonly #handler: Handler;
  readonly #settings: ConsumerSettings;
  readonly #timers: Timers;
  readonly #leases: VisibilityRenewer<ReceivedMessage>;
  readonly #slots: Semaphore;
  readonly #running = new Set<Promise<unknown>>();
  readonly #loops: Promise<void>[] = [];
  #isClosing = false;
  #isWarned = false;

  private constructor(client: ClientConsumer, subscription: CheckedSubscription, handler: Handler, settings: ConsumerSettings) {
    this.#client = client;
    this.#subscription = subscription;
    this.#handler = handler;
    this.#settings = settings;
    this.#timers = new Timers(settings.clock);
    this.#leases = new VisibilityRenewer(settings.leaseMs, this.#timers);
    this.#slots = new Semaphore(subscription.maxInFlight);
  }

  /** @throws ProtocolError INVALID_MESSAGE for a group that RocketMQ does not have. */
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
    await settledWithin(this.#giveBack(this.#leases.held), closeTimeoutMs, clock);
    await this.#client.close(closeTimeoutMs, clock);
  }

  /** @returns how the first poll went; what passes counts as well. */
  #startLoop(topic: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const onPolled = (error?: unknown): void => (error === undefined || isPassing(error) ? resolve() : reject(error));
      this.#loops.push(this.#loop(topic, onPolled));
    });
  }

  async #loop(topic: string, onPolled: (error?: unknown) => void): Promise<void> {
    for (let failures = 0; !this.#isClosing; ) {
      try {
        const received = await this.#client.receive(topic, await this.#room(), this.#settings.leaseMs);
        failures = 0;
        onPolled();
        await this.#take(received);
      } catch (error) {
        if (this.#isClosing) return;
        onPolled(error);
        this.#settings.onError(protocolError(error), { group: this.#subscription.group, topic });
        // Trap: whoever polls again at once, while the server is away, storms it.
        await this.#timers.wait(delayAfter(POLL_RETRY, ++failures));
      }
    }
  }

  /** Waits until there is room, and says for how many messages. An orderly group takes part after part. */
  async #room(): Promise<number> {
    const { maxInFlight } = this.#subscription;
    while (this.#running.size >= maxInFlight && !this.#client.isOrderly) await Promise.race(this.#running);
    return Math.min(MAX_BATCH, this.#client.isOrderly ? maxInFlight : maxInFlight - this.#running.size);
  }

  /** Has messages handled. What belongs to an orderly group is waited for: the server gives nothing more before. */
  async #take(received: readonly ReceivedMessage[]): Promise<void> {
    if (this.#isClosing) return this.#giveBack(received);
    for (const message of received) this.#leases.hold(message);
    if (this.#client.isOrderly) {
      await Promise.all(inLanes(received).map((lane) => this.#track(this.#handleInOrder(lane))));
      return;
    }
    for (const message of received) {
      if (message.view.messageGroup) this.#warn(message.view.topic);
      void this.#track(this.#handle(message));
    }
  }

  #warn(topic: string): void {
    if (this.#isWarned) return;
    this.#isWarned = true;
    const text = 'is not orderly on the broker: messages of a FIFO topic come in any order';
    this.#settings.onError(refuse('group', 'orderly', text), { group: this.#subscription.group, topic });
  }

  #track(work: Promise<unknown>): Promise<unknown> {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
    return tracked;
  }

  /** Once: the server brings it again. */
  async #handle(message: ReceivedMessage): Promise<void> {
    await this.#attempt(message, message.attempt, (afterMs) => message.hide(afterMs));
  }

  /** One after the other, each until it is done: the server would bring the ones behind it again, too. */
  async #handleInOrder(lane: readonly ReceivedMessage[]): Promise<void> {
    for (const message of lane) {
      for (let attempt = message.attempt, isDone = false; !isDone && !this.#isClosing; attempt++) {
        isDone = true;
        await this.#attempt(message, attempt, async (afterMs) => {
          isDone = false;
          this.#leases.hold(message);
          await this.#timers.wait(afterMs);
        });
      }
    }
  }

  /** One call of the handler, and what follows from it. Never rejects. */
  async #attempt(message: ReceivedMessage, attempt: number, again: (afterMs: number) => Promise<void>): Promise<void> {
    const { group, retry } = this.#subscription;
    const { view, messageId } = message;
    const { onError } = this.#settings;
    const arrival = { view, messageId, group, attempt };
    // What has no slot when the consumer closes is given back.
    const outcome = await this.#slots.run(async () =>
      this.#isClosing ? undefined : runHandler(this.#handler, arrival, onError),
    );
    if (outcome === undefined) return;
    await this.#leases.release(message);
    try {
      await settleMessage(message, outcome, attempt, retry, this.#timers, again);
    } catch (error) {
      onError(protocolError(error), { group, topic: view.topic, messageId });
    }
  }

  /** So that the group's next consumer need not wait until the leases are over. */
  async #giveBack(messages: readonly ReceivedMessage[]): Promise<void> {
    await Promise.allSettled(
      messages.map(async (message) => {
        await this.#leases.release(message);
        await message.hide(GIVEN_BACK_MS);
      }),
    );
  }
}

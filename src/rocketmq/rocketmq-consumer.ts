import type { Consumer, Handler, OnBrokerError } from './broker.js';
import type { ClientConsumer, ReceivedMessage } from './client-consumer.js';
import { isPassing, protocolError } from './client-errors.js';
import { type Clock, settledWithin, Timers } from './clock.js';
import { Leases } from './leases.js';
import { delayAfter } from './retry-policy.js';
import { type Outcome, runHandler } from './run-handler.js';
import type { CheckedSubscription } from './subscriptions.js';

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
/** A call that failed for the moment is made again so often. */
const CALL_ATTEMPTS = 4;
const CALL_RETRY_MS = 200;
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
  readonly #leases: Leases<ReceivedMessage>;
  readonly #running = new Set<Promise<unknown>>();
  readonly #loops: Promise<void>[] = [];
  #isClosing = false;
  #wake: (() => void) | undefined;

  private constructor(client: ClientConsumer, subscription: CheckedSubscription, handler: Handler, settings: ConsumerSettings) {
    this.#client = client;
    this.#subscription = subscription;
    this.#handler = handler;
    this.#settings = settings;
    this.#timers = new Timers(settings.clock);
    this.#leases = new Leases(settings.leaseMs, this.#timers);
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
    this.#wake?.();
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
        await this.#place();
        const room = this.#subscription.maxInFlight - (this.#client.isOrderly ? 0 : this.#running.size);
        const received = await this.#client.receive(topic, Math.min(MAX_BATCH, room), this.#settings.leaseMs);
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

  /** Waits until there is room for one more. */
  async #place(): Promise<void> {
    while (!this.#client.isOrderly && !this.#isClosing && this.#running.size >= this.#subscription.maxInFlight) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Has messages handled. What belongs to an orderly group is waited for: the server gives nothing more before. */
  async #take(received: readonly ReceivedMessage[]): Promise<void> {
    if (this.#isClosing) return this.#giveBack(received);
    for (const message of received) this.#leases.hold(message);
    if (!this.#client.isOrderly) {
      for (const message of received) this.#track(this.#handle(message));
      return;
    }
    const lanes = inLanes(received);
    await Promise.all(lanes.map((lane) => this.#track(this.#handleInOrder(lane))));
  }

  #track(work: Promise<unknown>): Promise<unknown> {
    this.#running.add(work);
    return work.finally(() => {
      this.#running.delete(work);
      this.#wake?.();
    });
  }

  /** Once: the server brings it again. */
  async #handle(message: ReceivedMessage): Promise<void> {
    const outcome = await this.#run(message, message.attempt);
    await this.#settle(message, outcome, message.attempt, (afterMs) => message.hide(afterMs));
  }

  /** One after the other, each until it is done: the server would bring the ones behind it again, too. */
  async #handleInOrder(lane: readonly ReceivedMessage[]): Promise<void> {
    for (const message of lane) {
      for (let attempt = message.attempt, isDone = false; !isDone; attempt++) {
        if (this.#isClosing) return;
        const outcome = await this.#run(message, attempt);
        isDone = true;
        await this.#settle(message, outcome, attempt, async (afterMs) => {
          isDone = false;
          this.#leases.hold(message);
          await this.#timers.wait(afterMs);
        });
      }
    }
  }

  #run({ view, messageId }: ReceivedMessage, attempt: number): Promise<Outcome> {
    const { group } = this.#subscription;
    return runHandler(this.#handler, { view, messageId, group, attempt }, this.#settings.onError);
  }

  async #settle(
    message: ReceivedMessage,
    outcome: Outcome,
    attempt: number,
    again: (afterMs: number) => Promise<void>,
  ): Promise<void> {
    const { retry, group } = this.#subscription;
    await this.#leases.release(message);
    try {
      if (outcome.kind === 'ack') await this.#call(() => message.ack());
      else if (outcome.kind === 'nack' && attempt < retry.maxAttempts) await again(outcome.afterMs ?? delayAfter(retry, attempt));
      else await this.#call(() => message.deadLetter(attempt));
    } catch (error) {
      // It will come again when its lease is over.
      this.#settings.onError(protocolError(error), { group, topic: message.view.topic, messageId: message.messageId });
    }
  }

  async #call(call: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (attempt >= CALL_ATTEMPTS || !isPassing(error)) throw error;
        await this.#timers.wait(CALL_RETRY_MS * attempt);
      }
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

/** In order of arrival, by message group; what has none is alone. */
function inLanes(received: readonly ReceivedMessage[]): ReceivedMessage[][] {
  const lanes = new Map<unknown, ReceivedMessage[]>();
  for (const message of received) {
    const key = message.view.messageGroup ?? message;
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [message]);
    else lane.push(message);
  }
  return [...lanes.values()];
}

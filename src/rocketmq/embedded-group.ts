import type { Consumer, Handler, OnBrokerError } from './broker.js';
import { type Clock, nextTurn, settledWithin } from './clock.js';
import { DeliveryQueue, type Queued } from './delivery-queue.js';
import type { RocketMQMessage } from './rocketmq-message.js';
import { runHandler } from './run-handler.js';
import { type CheckedSubscription, isWanted } from './subscriptions.js';

/** A message that a broker in memory has taken. Nobody changes it. */
export interface Stored {
  readonly message: RocketMQMessage;
  readonly messageId: string;
  /** What it counts against a limit of memory. */
  readonly bytes: number;
}

interface Entry extends Queued {
  readonly stored: Stored;
}

/** A consumer, and what it is handling. */
interface Member {
  readonly subscription: CheckedSubscription;
  readonly handler: Handler;
  readonly running: Map<Entry, Promise<void>>;
}

export interface EmbeddedGroupOptions {
  readonly clock: Clock;
  readonly closeTimeoutMs: number;
  readonly onError: OnBrokerError;
  /** A message that the group gave up. */
  readonly onDead: (stored: Stored) => void;
}

/** So many deliveries may follow from each other before timers and sockets get their turn: handlers that publish would never end. */
const DELIVERIES_A_TURN = 100;

/** A consumer group in memory. It outlives its consumers: the next one gets what was not acknowledged. */
export class EmbeddedGroup {
  readonly #options: EmbeddedGroupOptions;
  readonly #queue: DeliveryQueue<Entry>;
  #members: Member[] = [];
  #subscription: CheckedSubscription;
  #isScheduled = false;
  #left = DELIVERIES_A_TURN;
  #isTurnCounted = false;

  constructor(subscription: CheckedSubscription, options: EmbeddedGroupOptions) {
    this.#subscription = subscription;
    this.#options = options;
    this.#queue = new DeliveryQueue<Entry>(
      options.clock,
      () => this.#schedule(),
      ({ stored }) => options.onDead(stored),
    );
  }

  get name(): string {
    return this.#subscription.group;
  }

  /** How many messages are not acknowledged. */
  get size(): number {
    return this.#queue.size;
  }

  /** The bytes of the messages that are not acknowledged. */
  get bytes(): number {
    return this.#queue.bytes;
  }

  get topics(): Iterable<string> {
    return this.#subscription.topics.keys();
  }

  /** What the group takes from now on. */
  resubscribe(subscription: CheckedSubscription): void {
    this.#subscription = subscription;
  }

  push(stored: Stored): void {
    const { topic, tag, messageGroup } = stored.message;
    if (!isWanted(this.#subscription, topic, tag)) return;
    // A message group is one of its topic.
    this.#queue.push({
      stored,
      bytes: stored.bytes,
      attempts: 0,
      lane: messageGroup === '' ? undefined : `${topic} ${messageGroup}`,
    });
  }

  join(subscription: CheckedSubscription, handler: Handler): Consumer {
    const member: Member = { subscription, handler, running: new Map() };
    this.#members.push(member);
    this.#schedule();
    return { close: () => this.#leave(member) };
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => this.#leave(member)));
    this.#queue.close();
  }

  async #leave(member: Member): Promise<void> {
    this.#members = this.#members.filter((other) => other !== member);
    await settledWithin(Promise.all(member.running.values()), this.#options.closeTimeoutMs, this.#options.clock);
    // In the order in which they were taken: each is put in front of those before it.
    for (const entry of [...member.running.keys()].reverse()) this.#queue.putBack(entry);
  }

  /** Delivers soon, not from inside of `publish` or of a handler. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#deliver();
    });
  }

  /** Once this turn of the event loop is over, more may be delivered. */
  #countTurn(): void {
    if (this.#isTurnCounted) return;
    this.#isTurnCounted = true;
    nextTurn(() => {
      this.#isTurnCounted = false;
      this.#left = DELIVERIES_A_TURN;
      this.#schedule();
    });
  }

  #deliver(): void {
    for (; this.#left > 0; this.#left--) {
      const member = this.#freeMember();
      const entry = member && this.#queue.take();
      if (member === undefined || entry === undefined) return;
      this.#countTurn();
      member.running.set(entry, this.#run(member, entry));
    }
  }

  /** The one that has least to do; undefined if all have as much as they want. */
  #freeMember(): Member | undefined {
    const free = this.#members.filter(({ running, subscription }) => running.size < subscription.maxInFlight);
    return free.reduce<Member | undefined>(
      (least, one) => (least && least.running.size <= one.running.size ? least : one),
      undefined,
    );
  }

  async #run(member: Member, entry: Entry): Promise<void> {
    const { message, messageId } = entry.stored;
    // Each delivery has bytes of its own, as if they had come over a network.
    const view = { ...message, body: message.body.slice() };
    const outcome = await runHandler(
      member.handler,
      { view, messageId, group: this.name, attempt: entry.attempts },
      this.#options.onError,
    );
    member.running.delete(entry);
    this.#queue.settle(entry, outcome, member.subscription.retry);
    this.#schedule();
  }
}

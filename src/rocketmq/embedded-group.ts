// Consumer groups of the in-memory broker.
import type { Consumer, Handler, OnBrokerError } from './broker.js';
import { type Clock, nextTurn, settledWithin } from './clock.js';
import { DeliveryQueue, type Queued } from './delivery-queue.js';
import type { RocketMQMessage } from './rocketmq-message.js';
import { runHandler } from './run-handler.js';
import { type CheckedSubscription, matchesFilter } from './subscriptions.js';

/** A stored message. Immutable. */
export interface Stored {
  readonly message: RocketMQMessage;
  readonly messageId: string;
  /** When it was published: Unix time in milliseconds. */
  readonly bornAtMs: number;
  /** Size for memory limits. */
  readonly bytes: number;
}

interface Entry extends Queued {
  readonly stored: Stored;
}

/** A consumer, and the entries that it is handling. */
interface Member {
  readonly subscription: CheckedSubscription;
  readonly handler: Handler;
  readonly running: Map<Entry, Promise<void>>;
}

export interface EmbeddedGroupOptions {
  readonly clock: Clock;
  readonly closeTimeoutMs: number;
  readonly onError: OnBrokerError;
  /** Called with a message that the group gave up. */
  readonly onDead: (stored: Stored) => void;
}

/** Maximum deliveries per turn of the event loop: handlers that publish could otherwise starve timers and sockets. */
const DELIVERIES_PER_TURN = 100;

/** A consumer group in memory. It outlives its consumers: the next one gets unacknowledged messages. */
export class EmbeddedGroup {
  readonly #options: EmbeddedGroupOptions;
  readonly #queue: DeliveryQueue<Entry>;
  #members: Member[] = [];
  #subscription: CheckedSubscription;
  #isScheduled = false;
  #left = DELIVERIES_PER_TURN;
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

  /** Unacknowledged messages. */
  get size(): number {
    return this.#queue.size;
  }

  /** Bytes of unacknowledged messages. */
  get bytes(): number {
    return this.#queue.bytes;
  }

  get topics(): Iterable<string> {
    return this.#subscription.topics.keys();
  }

  /** Replaces the subscription. */
  resubscribe(subscription: CheckedSubscription): void {
    this.#subscription = subscription;
  }

  push(stored: Stored): void {
    const { topic, tag, messageGroup } = stored.message;
    if (!matchesFilter(this.#subscription, topic, tag)) return;
    // Message groups are per topic.
    this.#queue.push({
      stored,
      bytes: stored.bytes,
      attempts: 0,
      key: messageGroup === '' ? undefined : `${topic} ${messageGroup}`,
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
    // Restores the order: each entry is put in front of the previous ones.
    for (const entry of [...member.running.keys()].reverse()) this.#queue.putBack(entry);
  }

  /** Delivers asynchronously, not inside of `publish` or a handler. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#deliver();
    });
  }

  /** Resets the limit in the next turn of the event loop. */
  #countTurn(): void {
    if (this.#isTurnCounted) return;
    this.#isTurnCounted = true;
    nextTurn(() => {
      this.#isTurnCounted = false;
      this.#left = DELIVERIES_PER_TURN;
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

  /** The member with the fewest running handlers; undefined if all are at their limit. */
  #freeMember(): Member | undefined {
    const free = this.#members.filter(({ running, subscription }) => running.size < subscription.maxInFlight);
    return free.reduce<Member | undefined>(
      (least, one) => (least && least.running.size <= one.running.size ? least : one),
      undefined,
    );
  }

  async #run(member: Member, entry: Entry): Promise<void> {
    const { message, messageId, bornAtMs } = entry.stored;
    // Each delivery gets its own copy of the bytes, as over a network.
    const view = { ...message, body: message.body.slice() };
    const outcome = await runHandler(
      member.handler,
      { view, messageId, bornAtMs, group: this.name, attempt: entry.attempts },
      this.#options.clock,
      this.#options.onError,
    );
    member.running.delete(entry);
    this.#queue.settle(entry, outcome, member.subscription.retry);
    this.#schedule();
  }
}

// The queues of older systems that are lists in Redis: their servers and platforms append JSON, and read from the front.
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import { errorReporter } from '../callbacks.js';
import {
  type Broker,
  type Consumer,
  delayAfter,
  type Handler,
  type OnBrokerError,
  type Receipt,
  type Subscription,
} from './broker.js';
import { closed, refuse } from './broker-errors.js';
import { type Clock, SYSTEM_CLOCK, settledWithin, Timers } from './clock.js';
import { requireCount, requireMs } from './option-rules.js';
import { type RedisClient, RedisCommands } from './redis-client.js';
import { runHandler } from './run-handler.js';
import { type CheckedSubscription, checkedSubscription } from './subscriptions.js';
import type { ToRocketMQOptions } from './to-rocketmq.js';
import { topics } from './topics.js';

/** Options of a RedisListBroker. All optional. */
export interface RedisListBrokerOptions {
  /** The name of this service, which reads the results of what it has sent: `im-platform`. Required to subscribe to topics of results. */
  readonly serviceName?: string | undefined;
  /** How long an empty list is left alone, in milliseconds. Default 100. */
  readonly pollMs?: number | undefined;
  /** Maximum messages that are read at once from a list that belongs to one server. Default 100. */
  readonly batchSize?: number | undefined;
  /** How long a call of Redis may take, in milliseconds, before it fails with TIMEOUT. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** How long `close` of a consumer waits for its handler, in milliseconds. Default 10000. */
  readonly closeTimeoutMs?: number | undefined;
  /** Receives the errors of handlers and of Redis. Default: a line on stderr. */
  readonly onError?: OnBrokerError | undefined;
  /** Replaces the clock, for tests. Default: the clock of the platform. */
  readonly clock?: Clock | undefined;
}

/** Until the next attempt after Redis has failed: doubled up to the second one. */
const OUTAGE = { maxAttempts: 1, initialDelayMs: 500, maxDelayMs: 10_000 };

/**
 * A broker over lists in Redis, as older systems have them: `im:message:private:7` for the topic `im_message_private_7`, `im:result:group:NAME` for
 * `im_result_group`, where NAME is the service that gets the results. It carries raw JSON alone: use it with `legacyBroker`.
 *
 * The messages of a list are handled one after the other, in order. A list of messages belongs to one server, which removes them when they are
 * handled: after a crash it gets the last ones again. Results are removed as they are read, because several processes of a platform may share them.
 */
export class RedisListBroker implements Broker {
  readonly #commands: RedisCommands;
  readonly #options: RedisListBrokerOptions;
  readonly #clock: Clock;
  readonly #consumers = new Set<ListConsumer>();
  #count = 0;
  #isClosed = false;

  /**
   * @param client a connected client of node-redis or ioredis. The application closes it.
   * @throws RangeError for invalid numbers.
   */
  constructor(client: RedisClient, options: RedisListBrokerOptions = {}) {
    const { pollMs = 100, batchSize = 100, timeoutMs = 5000, closeTimeoutMs = 10_000, clock = SYSTEM_CLOCK } = options;
    requireMs('pollMs', pollMs, 1);
    requireCount('batchSize', batchSize, 1);
    requireMs('timeoutMs', timeoutMs);
    requireMs('closeTimeoutMs', closeTimeoutMs);
    this.#commands = new RedisCommands(client, timeoutMs, clock);
    this.#options = { ...options, pollMs, batchSize, closeTimeoutMs };
    this.#clock = clock;
  }

  /** @throws ProtocolError (as a rejection) INVALID_MESSAGE for a payload other than raw bytes, or a topic without a list; CLOSED, TIMEOUT, INTERNAL. */
  async publish(message: TopicMessageInit, { serviceName = '' }: ToRocketMQOptions = {}): Promise<Receipt> {
    const { topic = '', tag, payload } = message;
    if (this.#isClosed) throw closed('the broker');
    if (payload?.$case !== 'raw') throw refuse('payload', 'required', 'expected raw bytes: lists in Redis carry JSON');
    const key = requireList(topic, serviceName, tag === FORCE_LOGOUT);
    const text = new TextDecoder().decode(payload.value);
    await this.#commands.within(() => this.#commands.call(['RPUSH', key, text]));
    this.#count += 1;
    return { messageId: `${key}-${this.#count}` };
  }

  async subscribe(subscription: Subscription, handler: Handler): Promise<Consumer> {
    if (this.#isClosed) throw closed('the broker');
    const checked = checkedSubscription(subscription);
    const { serviceName = '' } = this.#options;
    const lists = [...checked.topics.keys()].flatMap((topic) => listsOf(topic, serviceName));
    const consumer = new ListConsumer(lists, checked, handler, this.#commands, this.#options, this.#clock);
    this.#consumers.add(consumer);
    return consumer;
  }

  /** Closes all consumers. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
  }
}

/** The tag of messages that end sessions. */
const FORCE_LOGOUT = 'FORCE_LOGOUT';

interface List {
  readonly key: string;
  readonly topic: string;
  /** Several processes may read it. */
  readonly isShared: boolean;
}

/** The lists of a topic: none for events, sessions and uplinks, which older systems do not have. The second one has forced logouts. */
function listsOf(topic: string, serviceName: string): List[] {
  const parsed = topics.parse(topic);
  if (parsed?.carries === 'SendResult') {
    if (serviceName === '') throw refuse('serviceName', 'required', 'not set: results are in a list of their service');
    return [{ key: `im:result:${parsed.kind}:${serviceName}`, topic, isShared: true }];
  }
  if (parsed?.carries !== 'ReceiveInfo' || parsed.kind === 'event') return [];
  const messages = { key: `im:message:${parsed.kind}:${parsed.serverId}`, topic, isShared: false };
  const logouts = { key: `im:user:force_logout:${parsed.serverId}`, topic, isShared: false };
  return parsed.kind === 'system' ? [messages, logouts] : [messages];
}

function requireList(topic: string, serviceName: string, isForceLogout: boolean): string {
  const lists = listsOf(topic, serviceName);
  const list = isForceLogout ? lists.at(-1) : lists[0];
  if (list === undefined) throw refuse('topic', 'topic_exists', 'older systems have no list for this topic');
  return list.key;
}

/** Reads lists, each one message after the other. */
class ListConsumer implements Consumer {
  readonly #subscription: CheckedSubscription;
  readonly #handler: Handler;
  readonly #commands: RedisCommands;
  readonly #options: RedisListBrokerOptions;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #onError: OnBrokerError;
  readonly #loops: Promise<void>[];
  #isClosed = false;

  constructor(
    lists: readonly List[],
    subscription: CheckedSubscription,
    handler: Handler,
    commands: RedisCommands,
    options: RedisListBrokerOptions,
    clock: Clock,
  ) {
    this.#subscription = subscription;
    this.#handler = handler;
    this.#commands = commands;
    this.#options = options;
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#onError = errorReporter(options.onError);
    this.#loops = lists.map((list) => this.#read(list));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timers.clear();
    await settledWithin(Promise.all(this.#loops), this.#options.closeTimeoutMs ?? 0, this.#clock);
  }

  async #read(list: List): Promise<void> {
    const { batchSize = 1, pollMs = 1 } = this.#options;
    for (let failures = 0; !this.#isClosed; ) {
      try {
        const texts = await this.#take(list, batchSize);
        for (const [i, text] of texts.entries()) {
          // What was not handled stays in its list.
          if (this.#isClosed && !list.isShared) break;
          await this.#handle(list, text, i);
        }
        failures = 0;
        if (texts.length === 0) await this.#wait(pollMs);
      } catch (error) {
        // The first error of an outage.
        if (failures === 0) this.#onError(error, { group: this.#subscription.group, topic: list.topic });
        failures += 1;
        await this.#wait(delayAfter(OUTAGE, failures));
      }
    }
  }

  /** Texts from the front of a list. Shared ones are removed. */
  async #take({ key, isShared }: List, count: number): Promise<string[]> {
    const commands = this.#commands;
    if (!isShared) return texts(await commands.within(() => commands.call(['LRANGE', key, '0', String(count - 1)])));
    const text = await commands.within(() => commands.call(['LPOP', key]));
    return text === null ? [] : texts([text]);
  }

  /** Until it is acknowledged, given up, or the consumer is closed. @param index in its batch, for its id. */
  async #handle(list: List, text: string, index: number): Promise<void> {
    const { group, retry } = this.#subscription;
    const view = { topic: list.topic, body: new TextEncoder().encode(text) };
    const messageId = `${list.key}-${this.#clock.nowMs()}-${index}`;
    for (let attempt = 1; ; attempt++) {
      const incoming = { view, messageId, bornAtMs: 0, group, attempt };
      const outcome = await runHandler(this.#handler, incoming, this.#clock, this.#onError);
      if (outcome.kind !== 'nack') break;
      if (attempt >= retry.maxAttempts) {
        this.#onError(refuse('attempt', 'max_attempts', `given up after ${attempt} attempts`), {
          group,
          topic: list.topic,
          messageId,
        });
        break;
      }
      await this.#wait(outcome.afterMs ?? delayAfter(retry, attempt));
      if (this.#isClosed) {
        // For another process, or the next start.
        if (list.isShared) await this.#commands.within(() => this.#commands.call(['LPUSH', list.key, text]));
        return;
      }
    }
    if (!list.isShared) await this.#commands.within(() => this.#commands.call(['LPOP', list.key]));
  }

  #wait(ms: number): Promise<void> {
    return this.#isClosed ? Promise.resolve() : this.#timers.wait(ms);
  }
}

function texts(values: unknown): string[] {
  return (values as unknown[]).map(String);
}

// The official client's SimpleConsumer, with workarounds.
import type { FilterExpression, MessageView, SimpleConsumer } from 'rocketmq-client-nodejs';
import { ProtocolError } from '../errors.js';
import {
  applyClientWorkarounds,
  baseOptions,
  type ClientModule,
  type ClientOptions,
  internalsOf,
  type Status,
} from './client-module.js';
import { type Clock, settledWithin } from './clock.js';
import type { CheckedSubscription } from './subscriptions.js';

/** The minimum poll duration of the proxy. Closing a consumer takes up to this time. */
const POLL_MS = 5000;

/** A received message and the calls that settle it. */
export interface ReceivedMessage {
  readonly view: MessageView;
  readonly messageId: string;
  /** When it was sent: Unix time in milliseconds; 0 = unknown. */
  readonly bornAtMs: number;
  /** 1 for the first delivery. */
  readonly attempt: number;
  ack(): Promise<void>;
  /** Hides it from other consumers for some milliseconds; then it is redelivered, unless acknowledged. */
  hide(invisibleMs: number): Promise<void>;
  deadLetter(attempt: number): Promise<void>;
}

/**
 * Wraps the client's SimpleConsumer. Its PushConsumer is not used: in an orderly group it gives a message up after the first failure or retries
 * at once, and it takes 20 seconds to close. Here, this library decides on retries.
 */
export class ClientConsumer {
  readonly #consumer: SimpleConsumer;
  readonly #module: ClientModule;
  readonly #filters: ReadonlyMap<string, FilterExpression>;
  readonly #group: string;
  readonly #requestTimeoutMs: number;
  readonly #end: () => void;
  #isOrderly = false;

  private constructor(module: ClientModule, options: ClientOptions, { group, topics }: CheckedSubscription) {
    const { FilterExpression, SimpleConsumer } = module.client;
    this.#module = module;
    this.#group = group;
    this.#filters = new Map(
      [...topics].map(([topic, tags]) => [topic, new FilterExpression(tags.size === 0 ? '*' : [...tags].join(' || '))]),
    );
    const base = baseOptions(options);
    this.#requestTimeoutMs = base.requestTimeout;
    // Workaround: startup() hangs with two or more topics: start with one and add the others.
    const first = new Map([...this.#filters].slice(0, 1));
    this.#consumer = new SimpleConsumer({ ...base, consumerGroup: group, subscriptions: first, awaitDuration: POLL_MS });
    this.#end = applyClientWorkarounds(this.#consumer);
    this.#watchSettings();
  }

  /** @throws the client's errors; ProtocolError TIMEOUT if it does not respond. */
  static async start(
    module: ClientModule,
    options: ClientOptions,
    subscription: CheckedSubscription,
    clock: Clock,
  ): Promise<ClientConsumer> {
    const consumer = new ClientConsumer(module, options, subscription);
    try {
      await consumer.#start(clock);
      return consumer;
    } catch (error) {
      // Workaround: a consumer whose startup failed still has timers.
      await consumer.close(1000, clock);
      throw error;
    }
  }

  /** Whether the consumer group is orderly on the server. */
  get isOrderly(): boolean {
    return this.#isOrderly;
  }

  /** Receives messages, invisible to others for `invisibleMs`; empty after some seconds without one. */
  async receive(topic: string, batch: number, invisibleMs: number): Promise<ReceivedMessage[]> {
    const internals = internalsOf(this.#consumer);
    // receive() of the client polls one topic after the other and waits for each empty one.
    const queue = new this.#module.balancer.SubscriptionLoadBalancer(await internals.getRouteData(topic)).takeMessageQueue();
    const filter = this.#filters.get(topic) ?? this.#module.client.FilterExpression.SUB_ALL;
    const request = internals.wrapReceiveMessageRequest(batch, queue, filter, invisibleMs, POLL_MS);
    const views = await internals.receiveMessage(request, queue, POLL_MS);
    return views.map((view) => this.#received(view));
  }

  #received(view: MessageView): ReceivedMessage {
    return {
      view,
      messageId: view.messageId,
      bornAtMs: view.bornTimestamp?.getTime() ?? 0,
      attempt: view.deliveryAttempt ?? 1,
      ack: () => this.#ack(view),
      hide: (invisibleMs) => this.#consumer.changeInvisibleDuration(view, invisibleMs),
      deadLetter: (attempt) => this.#deadLetter(view, attempt),
    };
  }

  async #ack(view: MessageView): Promise<void> {
    const entries = await internalsOf(this.#consumer).ackMessage(view);
    // Workaround: the client checks the status of the response, but not that of the message.
    for (const { status } of entries) this.#check(status);
  }

  #check(status: Status): void {
    this.#module.client.StatusChecker.check(status);
  }

  async #deadLetter(view: MessageView, attempt: number): Promise<void> {
    const { service, definition } = this.#module;
    const named = (name: string) => new definition.Resource().setName(name);
    const request = new service.ForwardMessageToDeadLetterQueueRequest()
      .setGroup(named(this.#group))
      .setTopic(named(view.topic))
      .setReceiptHandle(view.receiptHandle)
      .setMessageId(view.messageId)
      .setDeliveryAttempt(attempt)
      .setMaxDeliveryAttempts(attempt);
    const { rpcClientManager } = internalsOf(this.#consumer);
    const response = await rpcClientManager.forwardMessageToDeadLetterQueue(view.endpoints, request, this.#requestTimeoutMs);
    this.#check(response.toObject().status);
  }

  async close(timeoutMs: number, clock: Clock): Promise<void> {
    await settledWithin(this.#consumer.shutdown(), timeoutMs, clock);
    this.#end();
  }

  async #start(clock: Clock): Promise<void> {
    const startup = this.#consumer.startup();
    // Workaround: startup() never settles for some groups.
    const timeoutMs = this.#requestTimeoutMs * 3;
    if (!(await settledWithin(startup, timeoutMs, clock))) {
      throw new ProtocolError('TIMEOUT', `timed out waiting for RocketMQ to accept the consumer group (${timeoutMs} ms)`, {
        limit: timeoutMs,
      });
    }
    await startup;
    for (const [topic, filter] of [...this.#filters].slice(1)) await this.#consumer.subscribe(topic, filter);
    // Send the complete subscription, which startup() did not have.
    const settings = this.#consumer.settingsCommand();
    for (const endpoints of internalsOf(this.#consumer).getTotalRouteEndpoints()) this.#consumer.telemetry(endpoints, settings);
  }

  #watchSettings(): void {
    const consumer = this.#consumer;
    const onSettings = consumer.onSettingsCommand.bind(consumer);
    consumer.onSettingsCommand = (endpoints, settings) => {
      this.#isOrderly = settings.getSubscription()?.getFifo() ?? false;
      onSettings(endpoints, settings);
    };
  }
}

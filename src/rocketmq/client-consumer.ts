import type { FilterExpression, MessageView, SimpleConsumer } from 'rocketmq-client-nodejs';
import { ProtocolError } from '../errors.js';
import { baseOptions, type ClientModule, type ClientOptions, guard, internalsOf, type Status } from './client-module.js';
import { type Clock, settledWithin } from './clock.js';
import type { CheckedSubscription } from './subscriptions.js';

/** The shortest poll that the proxy grants. It bounds how long a consumer takes to close. */
const POLL_MS = 5000;

/** A message that was taken, and what can be said of it. */
export interface ReceivedMessage {
  readonly view: MessageView;
  readonly messageId: string;
  /** 1 for the first delivery. */
  readonly attempt: number;
  ack(): Promise<void>;
  /** It comes again after so many milliseconds, unless it is acknowledged before. */
  hide(invisibleMs: number): Promise<void>;
  deadLetter(attempt: number): Promise<void>;
}

/**
 * The official client's SimpleConsumer, with its traps closed. Not its PushConsumer, which gives a message of an orderly group up after the
 * first failure or calls the listener again at once, and waits 20 seconds to close: here this library decides when a message comes again.
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
    // Trap: startup() with two or more topics hangs: start with one, and add the others.
    const first = new Map([...this.#filters].slice(0, 1));
    this.#consumer = new SimpleConsumer({ ...base, consumerGroup: group, subscriptions: first, awaitDuration: POLL_MS });
    this.#end = guard(this.#consumer);
    this.#watchSettings();
  }

  /** @throws what the client throws; ProtocolError TIMEOUT where it does not say anything. */
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
      // Trap: a consumer whose startup failed still has timers.
      await consumer.close(1000, clock);
      throw error;
    }
  }

  /** Whether the server keeps the order for this group. */
  get isOrderly(): boolean {
    return this.#isOrderly;
  }

  /** Takes messages that nobody else will see for a while; none where none came for some seconds. */
  async receive(topic: string, batch: number, invisibleMs: number): Promise<ReceivedMessage[]> {
    const internals = internalsOf(this.#consumer);
    // receive() of the client takes one topic after the other, and waits at each that is empty.
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
      attempt: view.deliveryAttempt ?? 1,
      ack: () => this.#ack(view),
      hide: (invisibleMs) => this.#consumer.changeInvisibleDuration(view, invisibleMs),
      deadLetter: (attempt) => this.#deadLetter(view, attempt),
    };
  }

  async #ack(view: MessageView): Promise<void> {
    const entries = await internalsOf(this.#consumer).ackMessage(view);
    // Trap: the client looks at the answer as a whole, and not at what it says of the message.
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
    // Trap: for some groups, startup() waits for ever.
    const timeoutMs = this.#requestTimeoutMs * 3;
    if (!(await settledWithin(startup, timeoutMs, clock))) {
      throw new ProtocolError('TIMEOUT', `RocketMQ does not accept the consumer group: nothing came for ${timeoutMs} ms`, {
        limit: timeoutMs,
      });
    }
    await startup;
    for (const [topic, filter] of [...this.#filters].slice(1)) await this.#consumer.subscribe(topic, filter);
    // The server is told the whole subscription, which it was not at the start.
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

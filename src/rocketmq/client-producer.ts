import type { Producer } from 'rocketmq-client-nodejs';
import { unknownTopic } from './broker-errors.js';
import {
  applyClientWorkarounds,
  baseOptions,
  type ClientModule,
  type ClientOptions,
  internalsOf,
  toBuffer,
} from './client-module.js';
import { type Clock, settledWithin } from './clock.js';
import type { RocketMQMessage } from './rocketmq-message.js';
import type { TopicType } from './topics.js';

/** The official client's producer, with workarounds. */
export class ClientProducer {
  readonly #producer: Producer;
  readonly #types: ReadonlyMap<number, TopicType>;
  readonly #end: () => void;

  private constructor(producer: Producer, { definition: { MessageType } }: ClientModule) {
    this.#producer = producer;
    this.#end = applyClientWorkarounds(producer);
    this.#types = new Map([
      [MessageType.NORMAL, 'NORMAL'],
      [MessageType.FIFO, 'FIFO'],
      [MessageType.DELAY, 'DELAY'],
    ]);
  }

  /** Does not contact the server yet: topics are looked up on the first send. */
  static async start(module: ClientModule, options: ClientOptions): Promise<ClientProducer> {
    // Workaround: the client retries permanent errors, too, and at once: so it tries once, and RocketMQBroker retries.
    // Workaround: startup() hangs with two or more topics: none is needed.
    const producer = new ClientProducer(new module.client.Producer({ ...baseOptions(options), maxAttempts: 1 }), module);
    await producer.#producer.startup();
    return producer;
  }

  /** The message type of a topic; undefined for types that this library does not send. */
  async typeOf(topic: string): Promise<TopicType | undefined> {
    const { messageQueues } = await internalsOf(this.#producer).getRouteData(topic);
    if (messageQueues.length === 0) throw unknownTopic();
    return this.#types.get(messageQueues[0].acceptMessageTypesList[0]);
  }

  /** Returns RocketMQ's message id. */
  async send({ topic, tag, keys, messageGroup, deliverAtMs, properties, body }: RocketMQMessage): Promise<string> {
    const receipt = await this.#producer.send({
      topic,
      // Workaround: a body that is not a Buffer is treated as base64.
      body: toBuffer(body),
      keys: [...keys],
      properties: new Map(properties),
      ...(tag === '' ? {} : { tag }),
      ...(messageGroup === '' ? {} : { messageGroup }),
      ...(deliverAtMs === 0n ? {} : { deliveryTimestamp: new Date(Number(deliverAtMs)) }),
    });
    return receipt.messageId;
  }

  /** Workaround: shutdown() rejects if the server is unreachable, or takes long. */
  async close(timeoutMs: number, clock: Clock): Promise<void> {
    await settledWithin(this.#producer.shutdown(), timeoutMs, clock);
    this.#end();
  }
}

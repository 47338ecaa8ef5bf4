import type { Producer } from 'rocketmq-client-nodejs';
import { unknownTopic } from './broker-errors.js';
import { baseOptions, type ClientModule, type ClientOptions, guard, internalsOf, toBuffer } from './client-module.js';
import { type Clock, settledWithin } from './clock.js';
import type { RocketMQMessage } from './rocketmq-message.js';
import type { TopicType } from './topics.js';

/** The official client's producer, with its traps closed. */
export class ClientProducer {
  readonly #producer: Producer;
  readonly #types: ReadonlyMap<number, TopicType>;
  readonly #end: () => void;

  private constructor(producer: Producer, { definition: { MessageType } }: ClientModule) {
    this.#producer = producer;
    this.#end = guard(producer);
    this.#types = new Map([
      [MessageType.NORMAL, 'NORMAL'],
      [MessageType.FIFO, 'FIFO'],
      [MessageType.DELAY, 'DELAY'],
    ]);
  }

  /** Asks the server nothing yet: topics are looked up when they are sent to. */
  static async start(module: ClientModule, options: ClientOptions): Promise<ClientProducer> {
    // Trap: errors that cannot be retried are sent again all the same, at once; so the client tries once, and the broker decides.
    // Trap: startup() with two or more topics hangs; none is needed.
    const producer = new ClientProducer(new module.client.Producer({ ...baseOptions(options), maxAttempts: 1 }), module);
    await producer.#producer.startup();
    return producer;
  }

  /** What a topic takes; undefined for what this library does not send. */
  async typeOf(topic: string): Promise<TopicType | undefined> {
    const { messageQueues } = await internalsOf(this.#producer).getRouteData(topic);
    if (messageQueues.length === 0) throw unknownTopic();
    return this.#types.get(messageQueues[0].acceptMessageTypesList[0]);
  }

  /** Returns RocketMQ's id of the message. */
  async send({ topic, tag, keys, messageGroup, deliverAtMs, properties, body }: RocketMQMessage): Promise<string> {
    const receipt = await this.#producer.send({
      topic,
      // Trap: a body that is no Buffer is taken as base64.
      body: toBuffer(body),
      keys: [...keys],
      properties: new Map(properties),
      ...(tag === '' ? {} : { tag }),
      ...(messageGroup === '' ? {} : { messageGroup }),
      ...(deliverAtMs === 0n ? {} : { deliveryTimestamp: new Date(Number(deliverAtMs)) }),
    });
    return receipt.messageId;
  }

  /** Trap: shutdown() rejects if the server is away, or takes its time. */
  async close(timeoutMs: number, clock: Clock): Promise<void> {
    await settledWithin(this.#producer.shutdown(), timeoutMs, clock);
    this.#end();
  }
}

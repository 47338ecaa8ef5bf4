import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicMessageInit } from '../../src/index.js';
import type { Delivery } from '../../src/rocketmq/index.js';

/** Messages of other runs may still lie on a broker's topics: each has the name of its run. */
const RUN = randomUUID().slice(0, 8);

/** A message with a text, for a topic that is not one of this system. */
export function textMessage(topic: string, text: string, rest: TopicMessageInit = {}): TopicMessageInit {
  const properties = new Map([['run', RUN], ...(rest.properties ?? [])]);
  return { topic, payload: { $case: 'raw', value: new TextEncoder().encode(text) }, ...rest, properties };
}

export function isOfThisRun({ message }: Delivery): boolean {
  return message.properties.get('run') === RUN;
}

/** The property that marks a message of this run. */
export const ofThisRun = new Map([['run', RUN]]);

export function textOf({ body }: Delivery): string {
  return new TextDecoder().decode(body);
}

/** Waits until something is so. */
export async function until(what: string, isSo: () => boolean, timeoutMs: number): Promise<void> {
  for (const end = Date.now() + timeoutMs; !isSo(); await sleep(10)) {
    if (Date.now() > end) throw new Error(`after ${timeoutMs} ms still not so: ${what}`);
  }
}

/** What a handler got, in order. */
export class Inbox {
  readonly deliveries: Delivery[] = [];

  get texts(): string[] {
    return this.deliveries.map(textOf);
  }

  /** @param handle called for messages of this run; others are acknowledged. */
  handler(handle: (delivery: Delivery) => void | Promise<void> = () => {}) {
    return async (delivery: Delivery): Promise<void> => {
      if (!isOfThisRun(delivery)) return;
      this.deliveries.push(delivery);
      await handle(delivery);
    };
  }

  async has(count: number, timeoutMs: number): Promise<void> {
    await until(`${count} deliveries`, () => this.deliveries.length >= count, timeoutMs).catch((error: Error) => {
      throw new Error(`${error.message}; there are ${this.deliveries.length}`);
    });
  }
}

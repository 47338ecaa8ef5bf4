// Consumes a dead-letter topic, which RocketMQ creates with its first message.
import { isProtocolError } from '../errors.js';
import type { Consumer } from './broker.js';
import { unknownTopic } from './broker-errors.js';
import { protocolError } from './client-errors.js';
import { type Clock, Timers } from './clock.js';

const RETRY_MS = 3000;

/** A consumer that starts once its topic exists. */
export class LateConsumer implements Consumer {
  readonly #start: () => Promise<Consumer>;
  readonly #timers: Timers;
  #consumer: Consumer | undefined;
  #isClosed = false;
  #work: Promise<void> = Promise.resolve();

  private constructor(start: () => Promise<Consumer>, clock: Clock) {
    this.#start = start;
    this.#timers = new Timers(clock);
  }

  /** @throws the error of `start`, unless it is an unknown topic. */
  static async start(start: () => Promise<Consumer>, clock: Clock): Promise<Consumer> {
    const late = new LateConsumer(start, clock);
    if (!(await late.#tryOnce())) late.#work = late.#retry();
    return late;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timers.clear();
    await this.#work;
    await this.#consumer?.close();
  }

  async #retry(): Promise<void> {
    while (!this.#isClosed) {
      await this.#timers.wait(RETRY_MS);
      // No caller is left to report an error to.
      if (this.#isClosed || (await this.#tryOnce().catch(() => false))) return;
    }
  }

  /** @returns whether the topic exists. */
  async #tryOnce(): Promise<boolean> {
    try {
      this.#consumer = await this.#start();
      return true;
    } catch (error) {
      if (isUnknownTopic(error)) return false;
      throw error;
    }
  }
}

function isUnknownTopic(error: unknown): boolean {
  const translated = protocolError(error);
  return isProtocolError(translated, 'INVALID_MESSAGE') && translated.message === unknownTopic().message;
}

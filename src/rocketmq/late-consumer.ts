import { isProtocolError } from '../errors.js';
import type { Consumer } from './broker.js';
import { unknownTopic } from './broker-errors.js';
import { protocolError } from './client-errors.js';
import { type Clock, Timers } from './clock.js';

const TRY_AGAIN_MS = 3000;

/** A consumer of a topic that may come into being later. */
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

  /** @throws what `start` throws, unless the topic is all that is missing. */
  static async start(start: () => Promise<Consumer>, clock: Clock): Promise<Consumer> {
    const late = new LateConsumer(start, clock);
    if (!(await late.#tryOnce())) late.#work = late.#tryAgain();
    return late;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timers.clear();
    await this.#work;
    await this.#consumer?.close();
  }

  async #tryAgain(): Promise<void> {
    while (!this.#isClosed) {
      await this.#timers.wait(TRY_AGAIN_MS);
      // Whatever it is this time, it passes or it does not: nobody is left who could be told.
      if (this.#isClosed || (await this.#tryOnce().catch(() => false))) return;
    }
  }

  /** @returns whether the topic is there. */
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

// Calls of a service that may be away for a while: repeated until they succeed.
import { isProtocolError, ProtocolError } from '../errors.js';
import { type Clock, Timers } from '../rocketmq/clock.js';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;

/** Errors that are the same however often the call is repeated. */
const PERMANENT: ReadonlySet<number | string> = new Set([
  'INVALID_MESSAGE',
  'COMMAND_DATA_MISMATCH',
  'FRAME_TOO_LARGE',
  'LOSSY_DOWNGRADE',
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
]);

/**
 * Repeats calls of one service with a growing delay. The first error of an outage is reported, not the ones after it.
 */
export class Persistence {
  readonly #timers: Timers;
  readonly #report: (error: unknown) => void;
  readonly #onRecovered: () => void;
  #isFailing = false;
  #isClosed = false;

  /**
   * @param report gets the first error of each outage.
   * @param onRecovered called with the first success after an error.
   */
  constructor(clock: Clock, report: (error: unknown) => void, onRecovered: () => void = () => {}) {
    this.#timers = new Timers(clock);
    this.#report = report;
    this.#onRecovered = onRecovered;
  }

  /**
   * Resolves with the result of the first call that succeeds.
   * @param call gets the number of the attempt, from 1 on.
   * @throws (as a rejection) a permanent error; after `close` the error of the last call, or CLOSED without another call.
   */
  async run<T>(call: (attempt: number) => T | Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (this.#isClosed) throw new ProtocolError('CLOSED', 'closed before the call succeeded');
        const result = await call(attempt);
        this.#succeeded();
        return result;
      } catch (error) {
        if (this.#isClosed || isPermanent(error)) throw error;
        if (!this.#isFailing) this.#report(error);
        this.#isFailing = true;
      }
      await this.#timers.wait(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 10)));
    }
  }

  /** Nothing is called from now on: what waits fails. */
  close(): void {
    this.#isClosed = true;
    this.#timers.clear();
  }

  #succeeded(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#onRecovered();
  }
}

function isPermanent(error: unknown): boolean {
  return isProtocolError(error) && PERMANENT.has(error.code);
}

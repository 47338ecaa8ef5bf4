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

/** When a call is not repeated any more. */
export interface Patience {
  /** Failures of a call while other calls succeed: not an outage, but a fault of this call. */
  readonly maxFailures: number;
  /** Time since its first attempt, in milliseconds, after which its result is worth nothing. */
  readonly maxMs: number;
}

const ENDLESS: Patience = { maxFailures: Number.POSITIVE_INFINITY, maxMs: Number.POSITIVE_INFINITY };

/**
 * Repeats calls of one service with a growing delay. The first error of an outage is reported, not the ones after it.
 */
export class Persistence {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #report: (error: unknown) => void;
  readonly #onRecovered: () => void;
  readonly #patience: Patience;
  #successes = 0;
  #isFailing = false;
  #isClosed = false;

  /**
   * @param report gets the first error of each outage.
   * @param onRecovered called with the first success after an error.
   * @param patience default: calls are repeated until they succeed.
   */
  constructor(clock: Clock, report: (error: unknown) => void, onRecovered: () => void = () => {}, patience = ENDLESS) {
    this.#clock = clock;
    this.#patience = patience;
    this.#timers = new Timers(clock);
    this.#report = report;
    this.#onRecovered = onRecovered;
  }

  /**
   * Resolves with the result of the first call that succeeds.
   * @param call gets the number of the attempt, from 1 on.
   * @param onRefused called if `maxFailures` are reached.
   * @throws (as a rejection) a permanent error; the error of the last call, if patience has ended or after `close`, or CLOSED without another call.
   */
  async run<T>(call: (attempt: number) => T | Promise<T>, onRefused: () => void = () => {}): Promise<T> {
    const { maxFailures, maxMs } = this.#patience;
    const endMs = this.#clock.nowMs() + maxMs;
    let [failures, successes] = [0, this.#successes];
    for (let attempt = 1; ; attempt++) {
      try {
        if (this.#isClosed) throw new ProtocolError('CLOSED', 'closed before the call succeeded');
        const result = await call(attempt);
        this.#succeeded();
        return result;
      } catch (error) {
        if (this.#isClosed || isPermanent(error)) throw error;
        const othersSucceed = this.#successes > successes;
        successes = this.#successes;
        if (othersSucceed) failures += 1;
        if (failures >= maxFailures) onRefused();
        if (failures >= maxFailures || this.#clock.nowMs() >= endMs) throw error;
        // A call that fails again although others succeed is not a new outage.
        if (attempt === 1 || !othersSucceed) this.#failed(error);
      }
      await this.#timers.wait(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 10)));
    }
  }

  /** Nothing is called from now on: what waits fails. */
  close(): void {
    this.#isClosed = true;
    this.#timers.clear();
  }

  #failed(error: unknown): void {
    if (!this.#isFailing) this.#report(error);
    this.#isFailing = true;
  }

  #succeeded(): void {
    this.#successes += 1;
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#onRecovered();
  }
}

function isPermanent(error: unknown): boolean {
  return isProtocolError(error) && PERMANENT.has(error.code);
}

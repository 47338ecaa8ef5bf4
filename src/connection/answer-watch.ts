import type { Platform } from './platform.js';

/** Reports when the application is slow to answer. All answers share one timer, since most come long before it fires. */
export class AnswerWatch {
  readonly #platform: Platform;
  readonly #limitMs: number;
  readonly #onOverdue: (lastedMs: number) => void;
  #sinceMs = Number.POSITIVE_INFINITY;
  #timer: unknown;
  #isClosed = false;

  /** @param onOverdue called after `limitMs` without an answer, and again each `limitMs`. */
  constructor(platform: Platform, limitMs: number, onOverdue: (lastedMs: number) => void) {
    this.#platform = platform;
    this.#limitMs = limitMs;
    this.#onOverdue = onOverdue;
  }

  /** Starts waiting for an answer. */
  begin(): void {
    this.#sinceMs = this.#platform.nowMs();
    if (this.#timer === undefined) this.#arm(this.#limitMs);
  }

  /** The answer has arrived. */
  end(): void {
    this.#sinceMs = Number.POSITIVE_INFINITY;
  }

  close(): void {
    this.#isClosed = true;
    this.#platform.clearTimer(this.#timer);
  }

  #arm(ms: number): void {
    // After a blocked event loop, the answer may be there already: let it run first.
    this.#timer = this.#platform.setTimer(() => this.#platform.turn(() => this.#look()), Math.ceil(ms));
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#isClosed || this.#sinceMs === Number.POSITIVE_INFINITY) return;
    const lastedMs = this.#platform.nowMs() - this.#sinceMs;
    if (lastedMs < this.#limitMs) {
      this.#arm(this.#limitMs - lastedMs);
      return;
    }
    this.#arm(this.#limitMs);
    this.#onOverdue(Math.round(lastedMs));
  }
}

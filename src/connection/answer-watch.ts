import type { Platform } from './platform.js';

/** Notices that the application takes long to answer. One timer watches all answers in turn: most come long before it goes off. */
export class AnswerWatch {
  readonly #platform: Platform;
  readonly #limitMs: number;
  readonly #onOverdue: (lastedMs: number) => void;
  #sinceMs = Number.POSITIVE_INFINITY;
  #timer: unknown;
  #isClosed = false;

  /** @param onOverdue is called each time that an answer has been awaited for `limitMs` more. */
  constructor(platform: Platform, limitMs: number, onOverdue: (lastedMs: number) => void) {
    this.#platform = platform;
    this.#limitMs = limitMs;
    this.#onOverdue = onOverdue;
  }

  /** An answer is awaited from now on. */
  begin(): void {
    this.#sinceMs = this.#platform.nowMs();
    if (this.#timer === undefined) this.#arm(this.#limitMs);
  }

  /** It has come. */
  end(): void {
    this.#sinceMs = Number.POSITIVE_INFINITY;
  }

  close(): void {
    this.#isClosed = true;
    this.#platform.clearTimer(this.#timer);
  }

  #arm(ms: number): void {
    // Where the event loop stood still, the answer may be there already.
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

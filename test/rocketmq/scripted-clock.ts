import type { Clock } from '../../src/rocketmq/clock.js';

/** Time that stands still until a test moves it. */
export class ScriptedClock implements Clock {
  #nowMs = 1_767_225_600_000;
  readonly #timers = new Set<{ atMs: number; callback: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  /** How many timers run. */
  get timers(): number {
    return this.#timers.size;
  }

  setTimer(callback: () => void, ms: number): unknown {
    const timer = { atMs: this.#nowMs + ms, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as { atMs: number; callback: () => void });
  }

  /** Moves time on, from timer to timer, and lets happen what follows from each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#nowMs = next.atMs;
      this.#timers.delete(next);
      next.callback();
      await settle();
    }
    this.#nowMs = endMs;
  }

  /** The timer that is due first, of several the one that was set first. */
  #next(endMs: number): { atMs: number; callback: () => void } | undefined {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= endMs);
    return due.reduce<(typeof due)[number] | undefined>(
      (first, one) => (first && first.atMs <= one.atMs ? first : one),
      undefined,
    );
  }
}

/** Lets all that follows without time happen: promises, and what they start. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

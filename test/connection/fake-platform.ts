// A clock that goes when the test says so.
import type { Platform } from '../../src/connection/platform.js';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Lets everything happen that is under way: promises, and what was put off. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export class FakePlatform implements Platform {
  readonly timeOriginMs = 1_767_225_600_000;
  readonly #timers = new Set<Timer>();
  #nowMs = 0;
  /** How far the clock of the device is ahead, since the other one stood still. */
  #aheadMs = 0;
  #soon: (() => void)[] = [];
  #turns: (() => void)[] = [];
  #ids = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.timeOriginMs + this.#nowMs + this.#aheadMs;
  }

  setTimer(callback: () => void, ms: number): unknown {
    if (!(ms >= 0 && ms <= 0x7fff_ffff)) throw new Error(`a timer of ${ms} ms`);
    const timer = { atMs: this.#nowMs + ms, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  soon(callback: () => void): void {
    this.#soon.push(callback);
  }

  turn(callback: () => void): void {
    this.#turns.push(callback);
  }

  createId(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Does what was put off. Returns false if there was nothing. */
  callSoon(): boolean {
    const callbacks = this.#soon;
    this.#soon = [];
    for (const callback of callbacks) callback();
    return callbacks.length > 0;
  }

  /** What had arrived was read. Returns false if nobody waited for that. */
  callTurns(): boolean {
    const callbacks = this.#turns;
    this.#turns = [];
    for (const callback of callbacks) callback();
    return callbacks.length > 0;
  }

  /** The next timer that is due by then goes off. Returns false if there is none. */
  callNext(untilMs: number): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (timer.atMs <= untilMs && (next === undefined || timer.atMs < next.atMs)) next = timer;
    if (next === undefined) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#timers.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.callback();
    return true;
  }

  /** The clock was suspended: nothing went off meanwhile. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }

  /** The device sleeps, and only its own clock goes on. */
  sleep(ms: number): void {
    this.#aheadMs += ms;
  }
}

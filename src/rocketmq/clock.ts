// Clocks and timers, which tests can control.

/** A clock with timers. */
export interface Clock {
  /** Unix time in milliseconds. */
  nowMs(): number;
  /** Calls back once, after `ms` milliseconds. */
  setTimer(callback: () => void, ms: number): unknown;
  /** Cancels a timer that `setTimer` returned. */
  clearTimer(timer: unknown): void;
}

/** The clock of the platform. */
export const SYSTEM_CLOCK: Clock = {
  nowMs: () => Date.now(),
  setTimer: (callback, ms) => setTimeout(callback, ms),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** Calls back in the next turn of the event loop. */
export function nextTurn(callback: () => void): void {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  if (setImmediate === undefined) setTimeout(callback, 0);
  else setImmediate(callback);
}

/** A group of timers that can be cleared together. */
export class Timers {
  readonly #clock: Clock;
  readonly #open = new Set<{ timer: unknown; onCleared: () => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(callback: () => void, ms: number): void {
    this.#add(callback, ms, () => {});
  }

  /** Resolves after `ms` milliseconds, or when the timers are cleared. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#add(resolve, ms, resolve));
  }

  clear(): void {
    for (const { timer, onCleared } of this.#open) {
      this.#clock.clearTimer(timer);
      onCleared();
    }
    this.#open.clear();
  }

  #add(callback: () => void, ms: number, onCleared: () => void): void {
    const entry = { timer: undefined as unknown, onCleared };
    this.#open.add(entry);
    entry.timer = this.#clock.setTimer(() => {
      this.#open.delete(entry);
      callback();
    }, ms);
  }
}

/** Resolves with true when the work settles, or with false after `ms` milliseconds. */
export async function settledWithin(work: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  let timer: unknown;
  const late = new Promise<boolean>((resolve) => {
    timer = clock.setTimer(() => resolve(false), ms);
  });
  const done = work.then(
    () => true,
    () => true,
  );
  const result = await Promise.race([done, late]);
  clock.clearTimer(timer);
  return result;
}

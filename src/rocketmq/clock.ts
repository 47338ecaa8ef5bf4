/** Time, so that tests can script it. */
export interface Clock {
  /** Unix time in milliseconds. */
  nowMs(): number;
  /** Calls back once, after so many milliseconds. */
  setTimer(callback: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
}

/** The time of the platform. */
export const SYSTEM_CLOCK: Clock = {
  nowMs: () => Date.now(),
  setTimer: (callback, ms) => setTimeout(callback, ms),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** Calls back once timers and sockets had their turn. */
export function nextTurn(callback: () => void): void {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  if (setImmediate === undefined) setTimeout(callback, 0);
  else setImmediate(callback);
}

/** Timers that are given up together. */
export class Timers {
  readonly #clock: Clock;
  readonly #open = new Set<{ timer: unknown; drop: () => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(callback: () => void, ms: number): void {
    this.#add(callback, ms, () => {});
  }

  /** Resolves after so many milliseconds, or when the timers are given up. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#add(resolve, ms, resolve));
  }

  clear(): void {
    for (const { timer, drop } of this.#open) {
      this.#clock.clearTimer(timer);
      drop();
    }
    this.#open.clear();
  }

  #add(callback: () => void, ms: number, drop: () => void): void {
    const entry = { timer: undefined as unknown, drop };
    this.#open.add(entry);
    entry.timer = this.#clock.setTimer(() => {
      this.#open.delete(entry);
      callback();
    }, ms);
  }
}

/** Resolves with true when the work is done, with false when the time is over. */
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

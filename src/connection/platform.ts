/** The longest time that timers of Node and browsers take, in milliseconds: a longer one would be over at once. */
export const LONGEST_TIMER_MS = 0x7fff_ffff;

/** What a connection needs of its platform besides a transport: time, and identifiers. */
export interface Platform {
  /** A monotonic clock in milliseconds: `performance.now()`. */
  nowMs(): number;
  /** Unix time in milliseconds at which `nowMs` was 0: `performance.timeOrigin`. */
  readonly timeOriginMs: number;
  /** Calls back once, after so many milliseconds. */
  setTimer(callback: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
  /** Calls back soon, when what happens at the same time is done: what is written by then goes out in one write. */
  soon(callback: () => void): void;
  /**
   * Calls back after a turn of the event loop: what had arrived before was read by then, if it was not too much for one turn. From a timer,
   * or from inside such a callback.
   */
  turn(callback: () => void): void;
  /** An identifier that nobody else has: at most 64 printable ASCII characters. */
  createId(): string;
}

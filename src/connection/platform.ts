/** Maximum delay of timers in Node and browsers, in milliseconds. A longer one fires at once. */
export const LONGEST_TIMER_MS = 0x7fff_ffff;

/** Clock, timers and ids, as Node and browsers have them. */
export interface Platform {
  /** A monotonic clock in milliseconds: `performance.now()`. */
  nowMs(): number;
  /** Unix time in milliseconds at which `nowMs` was 0: `performance.timeOrigin`. */
  readonly timeOriginMs: number;
  /** Unix time in milliseconds, by the clock of the device: `Date.now()`. It may jump, and goes on while the device sleeps. */
  wallMs(): number;
  /** Calls back once, after `ms` milliseconds: 0 to LONGEST_TIMER_MS. */
  setTimer(callback: () => void, ms: number): unknown;
  /** Cancels a timer of `setTimer`, also one that has fired. */
  clearTimer(timer: unknown): void;
  /** Calls back at the end of the current turn of the event loop: frames that are sent until then are written together. */
  soon(callback: () => void): void;
  /**
   * Calls back after a turn of the event loop, in which received bytes are read, as far as one turn allows. Call it from a timer, or from such
   * a callback.
   */
  turn(callback: () => void): void;
  /** A unique id: at most 64 printable ASCII characters. */
  createId(): string;
}

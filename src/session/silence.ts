import { SILENT_HALF_INTERVALS } from '../limits.js';

/** How long the peer has been silent: "any frame is a sign of life; each side closes (IDLE_TIMEOUT) after 2.5 silent intervals". */
export class Silence {
  #sinceMs = Number.POSITIVE_INFINITY;
  #limitMs = Number.POSITIVE_INFINITY;

  /** The peer has to be heard of from now on. */
  begin(heartbeatIntervalMs: number, nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#limitMs = (heartbeatIntervalMs / 2) * SILENT_HALF_INTERVALS;
  }

  /** The peer has sent a frame. */
  broken(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  get deadlineMs(): number {
    return this.#sinceMs + this.#limitMs;
  }

  lastedMs(nowMs: number): number {
    return Math.floor(nowMs - this.#sinceMs);
  }
}

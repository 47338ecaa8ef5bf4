/** How long to wait before the next attempt to connect: a random time up to a bound that doubles with each failure. */
export interface Backoff {
  /** Bound of the first wait, in milliseconds. Default 500. */
  readonly baseMs?: number | undefined;
  /** Largest bound, in milliseconds. Default 30000. */
  readonly maxMs?: number | undefined;
}

const BASE_MS = 500;
const MAX_MS = 30_000;

/**
 * Full jitter: a random time up to a bound that doubles with each failure, so that the clients of a server that went away do not come
 * back together (Brooker, "Exponential Backoff And Jitter", 2015).
 * @param failures how many tries have failed in a row, 1 or more.
 * @param random a number from 0 up to, but not including, 1.
 * @returns milliseconds.
 */
export function backoffDelay(failures: number, random: number, { baseMs = BASE_MS, maxMs = MAX_MS }: Backoff = {}): number {
  return random * Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
}

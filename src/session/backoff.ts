/** Backoff between attempts to reconnect: a random delay up to a bound that doubles with each failure. */
export interface Backoff {
  /** Upper bound of the first delay, in milliseconds. Default 500. */
  readonly baseMs?: number | undefined;
  /** Upper bound of all delays, in milliseconds. Default 30000. */
  readonly maxMs?: number | undefined;
}

const BASE_MS = 500;
const MAX_MS = 30_000;

/**
 * Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", 2015): the clients of a server that failed do not
 * reconnect at the same time.
 * @param failures number of failures in a row, 1 or more.
 * @param random a number from 0 up to, but not including, 1.
 * @returns the delay in milliseconds.
 */
export function backoffDelay(failures: number, random: number, { baseMs = BASE_MS, maxMs = MAX_MS }: Backoff = {}): number {
  return random * Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
}

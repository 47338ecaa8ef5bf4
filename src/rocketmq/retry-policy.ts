/** When a message that was not acknowledged comes again. */
export interface RetryPolicy {
  /** So many deliveries in all; then the message is a dead letter. 1 or more. Default 16. */
  readonly maxAttempts: number;
  /** Milliseconds until the second delivery. Default 1000. */
  readonly initialDelayMs: number;
  /** Each further delay is twice the one before, up to this. Default 60000. */
  readonly maxDelayMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = Object.freeze({ maxAttempts: 16, initialDelayMs: 1000, maxDelayMs: 60_000 });

/** The policy with its defaults. */
export function retryPolicy(policy: Partial<RetryPolicy> = {}): RetryPolicy {
  const {
    maxAttempts = DEFAULT_RETRY.maxAttempts,
    initialDelayMs = DEFAULT_RETRY.initialDelayMs,
    maxDelayMs = DEFAULT_RETRY.maxDelayMs,
  } = policy;
  if (!(Number.isInteger(maxAttempts) && maxAttempts >= 1)) throw new RangeError(`maxAttempts is 1 or more, got ${maxAttempts}`);
  if (!(initialDelayMs >= 0 && maxDelayMs >= 0))
    throw new RangeError(`delays are 0 or more, got ${initialDelayMs} and ${maxDelayMs}`);
  return { maxAttempts, initialDelayMs, maxDelayMs };
}

/** Milliseconds to wait after an attempt, counted from 1, that failed. */
export function delayAfter({ initialDelayMs, maxDelayMs }: RetryPolicy, attempt: number): number {
  return Math.min(maxDelayMs, initialDelayMs * 2 ** Math.min(attempt - 1, 30));
}

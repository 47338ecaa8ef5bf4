import { REDELIVERY_MAX_DELAY_MS } from '../limits.js';
import { requireCount } from './option-rules.js';

/** When a message that was not acknowledged comes again. */
export interface RetryPolicy {
  /** So many deliveries in all; then the message is a dead letter. 1 or more. Default 16. */
  readonly maxAttempts: number;
  /** Milliseconds until the second delivery, 0 to 43200000. Default 1000. */
  readonly initialDelayMs: number;
  /** Each further delay is twice the one before, up to this, 0 to 43200000 milliseconds. Default 60000. */
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
  requireCount('maxAttempts', maxAttempts, 1);
  if (!(initialDelayMs >= 0 && maxDelayMs >= 0))
    throw new RangeError(`delays are 0 or more, got ${initialDelayMs} and ${maxDelayMs}`);
  if (initialDelayMs > REDELIVERY_MAX_DELAY_MS || maxDelayMs > REDELIVERY_MAX_DELAY_MS)
    throw new RangeError(`delays are ${REDELIVERY_MAX_DELAY_MS} or less, got ${initialDelayMs} and ${maxDelayMs}`);
  return { maxAttempts, initialDelayMs, maxDelayMs };
}

/** Milliseconds to wait after an attempt, counted from 1, that failed. */
export function delayAfter({ initialDelayMs, maxDelayMs }: RetryPolicy, attempt: number): number {
  return Math.min(maxDelayMs, initialDelayMs * 2 ** Math.min(attempt - 1, 30));
}

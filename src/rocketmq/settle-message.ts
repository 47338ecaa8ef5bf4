// Acknowledges, retries or gives up a message after its handler.
import { delayAfter, type RetryPolicy } from './broker.js';
import type { ReceivedMessage } from './client-consumer.js';
import { isTransient } from './client-errors.js';
import type { Timers } from './clock.js';
import type { Outcome } from './run-handler.js';

/** Attempts for calls that fail with transient errors. */
const CALL_ATTEMPTS = 4;
const CALL_RETRY_MS = 200;

/**
 * Reports the outcome of a message to RocketMQ.
 * @param redeliver schedules the next attempt.
 * @throws the client's errors: the message is delivered again when its lease ends.
 */
export async function settleMessage(
  message: ReceivedMessage,
  outcome: Outcome,
  attempt: number,
  retry: RetryPolicy,
  timers: Timers,
  redeliver: (afterMs: number) => Promise<void>,
): Promise<void> {
  if (outcome.kind === 'ack') await withRetries(() => message.ack(), timers);
  else if (outcome.kind === 'nack' && attempt < retry.maxAttempts) await redeliver(outcome.afterMs ?? delayAfter(retry, attempt));
  else await withRetries(() => message.deadLetter(attempt), timers);
}

async function withRetries(call: () => Promise<void>, timers: Timers): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= CALL_ATTEMPTS || !isTransient(error)) throw error;
      await timers.wait(CALL_RETRY_MS * attempt);
    }
  }
}

import type { ReceivedMessage } from './client-consumer.js';
import { isPassing } from './client-errors.js';
import type { Timers } from './clock.js';
import { delayAfter, type RetryPolicy } from './retry-policy.js';
import type { Outcome } from './run-handler.js';

/** A call that failed for the moment is made again so often. */
const CALL_ATTEMPTS = 4;
const CALL_RETRY_MS = 200;

/**
 * Tells RocketMQ what became of a message.
 * @param again what is done with a message that is to come again, after so many milliseconds.
 * @throws what the client throws: the message will come again when its lease is over.
 */
export async function settleMessage(
  message: ReceivedMessage,
  outcome: Outcome,
  attempt: number,
  retry: RetryPolicy,
  timers: Timers,
  again: (afterMs: number) => Promise<void>,
): Promise<void> {
  if (outcome.kind === 'ack') await repeated(() => message.ack(), timers);
  else if (outcome.kind === 'nack' && attempt < retry.maxAttempts) await again(outcome.afterMs ?? delayAfter(retry, attempt));
  else await repeated(() => message.deadLetter(attempt), timers);
}

async function repeated(call: () => Promise<void>, timers: Timers): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= CALL_ATTEMPTS || !isPassing(error)) throw error;
      await timers.wait(CALL_RETRY_MS * attempt);
    }
  }
}

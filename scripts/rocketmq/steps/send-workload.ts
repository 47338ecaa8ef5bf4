import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, receiveInfoMessage } from '../../../src/rocketmq/index.js';
import { numberedMessage } from './workload.js';

export interface Workload {
  readonly serverId: string;
  readonly groups: number;
  readonly perGroup: number;
}

/** The progress of a workload. */
export interface Progress {
  /** Messages that the broker has acknowledged. */
  acknowledged: number;
  /** Failed sends. */
  failures: number;
}

/** How long sends are retried: a killed broker restarts much faster. */
const RETRY_MS = 90_000;

/**
 * Sends all messages: conversations concurrently, the messages of a conversation in order, with retries. A failed message may have been stored, and
 * is then stored twice.
 */
export async function sendWorkload(broker: Broker, workload: Workload, progress: Progress): Promise<void> {
  const { serverId, groups, perGroup } = workload;
  const sendConversation = async (groupId: number): Promise<void> => {
    for (let number = 0; number < perGroup; number++) {
      const message = receiveInfoMessage(serverId, numberedMessage(groupId, number));
      progress.failures += await withRetries(() => broker.publish(message));
      progress.acknowledged++;
    }
  };
  await Promise.all(Array.from({ length: groups }, (_, index) => sendConversation(index + 1)));
}

/** @returns the number of failures. */
async function withRetries(action: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + RETRY_MS;
  for (let failures = 0; ; failures++) {
    try {
      await action();
      return failures;
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(200);
    }
  }
}

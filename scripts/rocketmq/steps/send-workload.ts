import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, receiveInfoMessage } from '../../../src/rocketmq/index.js';
import { numberedMessage } from './workload.js';

export interface Workload {
  readonly serverId: string;
  readonly groups: number;
  readonly perGroup: number;
}

/** How far it has come. */
export interface Progress {
  /** Messages that the broker has acknowledged. */
  acknowledged: number;
  /** How often sending one failed. */
  failures: number;
}

/** So long a message is tried again: a broker that was killed is back long before. */
const PATIENCE_MS = 90_000;

/**
 * Sends all messages: the conversations side by side, the messages of each one after the other, and each until the broker has
 * acknowledged it. One that failed may have been stored all the same, and is then stored twice.
 */
export async function sendWorkload(broker: Broker, workload: Workload, progress: Progress): Promise<void> {
  const { serverId, groups, perGroup } = workload;
  const sendConversation = async (groupId: number): Promise<void> => {
    for (let number = 0; number < perGroup; number++) {
      const message = receiveInfoMessage(serverId, numberedMessage(groupId, number));
      progress.failures += await untilItWorks(() => broker.publish(message));
      progress.acknowledged++;
    }
  };
  await Promise.all(Array.from({ length: groups }, (_, index) => sendConversation(index + 1)));
}

/** @returns how often it failed. */
async function untilItWorks(action: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + PATIENCE_MS;
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

import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, receiveInfoMessage } from '../../../src/rocketmq/index.js';
import { numberedMessage } from './workload.js';

export interface Workload {
  readonly serverId: string;
  readonly groups: number;
  readonly perGroup: number;
}

/** So long a message is tried again: a broker that was killed is back long before. */
const PATIENCE_MS = 90_000;

/**
 * Sends all messages: the conversations side by side, the messages of each one after the other, and each until the broker has
 * acknowledged it. One that failed may have been stored all the same, and is then stored twice.
 * @returns how often sending one failed.
 */
export async function sendWorkload(broker: Broker, { serverId, groups, perGroup }: Workload): Promise<number> {
  let failures = 0;
  const sendConversation = async (groupId: number): Promise<void> => {
    for (let number = 0; number < perGroup; number++) {
      const message = receiveInfoMessage(serverId, numberedMessage(groupId, number));
      for (const end = performance.now() + PATIENCE_MS; ; await sleep(200)) {
        try {
          await broker.publish(message);
          break;
        } catch (error) {
          failures++;
          if (performance.now() > end) throw error;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: groups }, (_, index) => sendConversation(index + 1)));
  return failures;
}

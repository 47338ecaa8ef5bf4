import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition. @returns whether it became true in time. */
export async function until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  for (const end = performance.now() + timeoutMs; !condition(); await sleep(20)) if (performance.now() > end) return false;
  return true;
}

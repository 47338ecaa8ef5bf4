import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so. @returns whether it became so in time. */
export async function until(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
  for (const end = performance.now() + timeoutMs; !isSo(); await sleep(20)) if (performance.now() > end) return false;
  return true;
}

import type { Platform } from './platform.js';
import type { NetworkEvents } from './transport.js';

/** How often the clocks are looked at, in milliseconds. */
const LOOK_MS = 1000;
/** A look that is later than this, in milliseconds, shows that the device slept, or that the application was frozen. */
const ASLEEP_MS = 5000;

/**
 * Reports a wake from sleep: a timer that fires much too late. The monotonic clock may stand still while the device sleeps, so the clock of
 * the device counts too; if somebody sets that clock, it looks like sleep. Returns a function that stops it.
 */
export function watchSleep(platform: Platform, woke: NetworkEvents['woke']): () => void {
  let nowMs = platform.nowMs();
  let wallMs = platform.wallMs();
  const look = (): void => {
    const passedMs = platform.nowMs() - nowMs;
    const wallPassedMs = platform.wallMs() - wallMs;
    nowMs += passedMs;
    wallMs += wallPassedMs;
    timer = platform.setTimer(look, LOOK_MS);
    const lateMs = Math.max(passedMs, wallPassedMs) - LOOK_MS;
    if (lateMs >= ASLEEP_MS) woke(lateMs, wallPassedMs - passedMs >= ASLEEP_MS);
  };
  let timer = platform.setTimer(look, LOOK_MS);
  return () => platform.clearTimer(timer);
}

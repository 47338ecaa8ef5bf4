import { nodeRuntime } from './runtime.js';

/**
 * Calls back after this time, unless it is cancelled, and after what has arrived by then was read: a timer that fires late, because the event
 * loop stood still, may be ahead of bytes that came in time.
 * @returns cancels it.
 */
export function startDeadline(callback: () => void, ms: number): () => void {
  let isCancelled = false;
  const timer = setTimeout(() => {
    nodeRuntime.turn(() => {
      if (!isCancelled) callback();
    });
  }, ms);
  return () => {
    isCancelled = true;
    clearTimeout(timer);
  };
}

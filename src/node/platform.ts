import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Platform } from '../connection/platform.js';

/** What waits for the end of the present round of events. */
let waiting: (() => void)[] = [];

function callAll(): void {
  const callbacks = waiting;
  waiting = [];
  let called = 0;
  try {
    while (called < callbacks.length) callbacks[called++]();
  } finally {
    // What one of them threw is not for the others, which are of other connections.
    for (const callback of callbacks.slice(called)) nodePlatform.soon(callback);
  }
}

/** Time and identifiers of Node. */
export const nodePlatform: Platform = {
  nowMs: () => performance.now(),
  timeOriginMs: performance.timeOrigin,
  setTimer: (callback, ms) => setTimeout(callback, ms),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
  // After all sockets that are readable at the same time were read: one immediate for all connections of the process.
  soon(callback) {
    if (waiting.length === 0) setImmediate(callAll);
    waiting.push(callback);
  },
  // Timers, then sockets, then immediates: that is the order of a turn of Node.
  turn: (callback) => nodePlatform.soon(callback),
  createId: randomUUID,
};

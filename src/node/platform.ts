import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Platform } from '../connection/platform.js';

/** Callbacks for the end of the current turn of the event loop. */
let waiting: (() => void)[] = [];

function callAll(): void {
  const callbacks = waiting;
  waiting = [];
  let called = 0;
  try {
    while (called < callbacks.length) callbacks[called++]();
  } finally {
    // An exception must not affect the callbacks of other connections.
    for (const callback of callbacks.slice(called)) nodePlatform.soon(callback);
  }
}

/** The Platform of Node. */
export const nodePlatform: Platform = {
  // Bound, not wrapped: it is called for each chunk.
  nowMs: performance.now.bind(performance),
  timeOriginMs: performance.timeOrigin,
  wallMs: Date.now,
  setTimer: (callback, ms) => setTimeout(callback, ms),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
  // Runs after all readable sockets were read. All connections share one immediate.
  soon(callback) {
    if (waiting.length === 0) setImmediate(callAll);
    waiting.push(callback);
  },
  // The order of a turn of Node: timers, sockets, immediates.
  turn: (callback) => nodePlatform.soon(callback),
  createId: randomUUID,
};

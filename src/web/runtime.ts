import type { Runtime } from '../connection/runtime.js';

/** Time and identifiers of a browser: pages and workers have all of these. */
interface Platform {
  readonly performance: { now(): number; readonly timeOrigin: number };
  readonly crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  queueMicrotask(callback: () => void): void;
}

const platform = globalThis as unknown as Platform;

const ID_BYTES = 16;
const TURN_MS = 5;

/** `crypto.randomUUID` exists only where the page came over HTTPS. */
function createId(): string {
  const bytes = platform.crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const webRuntime: Runtime = {
  nowMs: () => platform.performance.now(),
  // Looked at when it is needed: what is imported does nothing.
  get timeOriginMs() {
    return platform.performance.timeOrigin;
  },
  setTimer: (callback, ms) => platform.setTimeout(callback, ms),
  clearTimer: (timer) => platform.clearTimeout(timer),
  soon: (callback) => platform.queueMicrotask(callback),
  // Messages that have arrived were queued before this timer. What the browser keeps in another process takes a moment longer.
  turn: (callback) => void platform.setTimeout(callback, TURN_MS),
  createId,
};

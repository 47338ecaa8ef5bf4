import type { Platform } from '../connection/platform.js';

/** Time and identifiers of a browser. Pages and workers have all of these; other places that have a WebSocket may lack some. */
interface Globals {
  readonly performance?: { now?(): number; readonly timeOrigin?: number };
  readonly crypto?: { getRandomValues?(bytes: Uint8Array): Uint8Array };
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  queueMicrotask(callback: () => void): void;
}

const globals = globalThis as unknown as Globals;

const ID_BYTES = 16;
const TURN_MS = 5;

/** `crypto.randomUUID` exists only where the page came over HTTPS. An id has to differ from others of its user, and is no secret. */
function createId(): string {
  const bytes = new Uint8Array(ID_BYTES);
  if (globals.crypto?.getRandomValues !== undefined) globals.crypto.getRandomValues(bytes);
  else for (let i = 0; i < ID_BYTES; i++) bytes[i] = Math.random() * 256;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The wall clock when it was last read, and how far it was set back since the start: without `performance` it is the only one. */
let wallMs = 0;
let setBackMs = 0;

function nowMs(): number {
  const { performance } = globals;
  if (performance?.now !== undefined) return performance.now();
  const now = Date.now();
  setBackMs += Math.max(0, wallMs - now);
  wallMs = now;
  return now + setBackMs;
}

export const webPlatform: Platform = {
  nowMs,
  // Looked at when it is needed: what is imported does nothing.
  get timeOriginMs() {
    const { performance } = globals;
    if (performance?.now === undefined) return -setBackMs;
    return performance.timeOrigin ?? Date.now() - performance.now();
  },
  setTimer: (callback, ms) => globals.setTimeout(callback, ms),
  clearTimer: (timer) => globals.clearTimeout(timer),
  soon: (callback) => globals.queueMicrotask(callback),
  // Messages that have arrived were queued before this timer. What the browser keeps in another process takes a moment longer.
  turn: (callback) => void globals.setTimeout(callback, TURN_MS),
  createId,
};

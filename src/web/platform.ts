import type { Platform } from '../connection/platform.js';

/** The globals that are used. Pages and workers have all of them; other environments with a WebSocket may lack optional ones. */
interface Globals {
  readonly performance?: { now?(): number; readonly timeOrigin?: number };
  readonly crypto?: { getRandomValues?(bytes: Uint8Array): Uint8Array };
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  queueMicrotask?(callback: () => void): void;
}

const globals = globalThis as unknown as Globals;

const ID_BYTES = 16;
const TURN_MS = 5;

/** `crypto.randomUUID` exists only in secure contexts. An id must be unique among those of its user, and is not secret. */
function createId(): string {
  const bytes = new Uint8Array(ID_BYTES);
  if (globals.crypto?.getRandomValues !== undefined) globals.crypto.getRandomValues(bytes);
  else for (let i = 0; i < ID_BYTES; i++) bytes[i] = Math.random() * 256;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Without `performance`: the last value of the wall clock, and by how much it was set back since the start. */
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

/** The Platform of browsers. */
export const webPlatform: Platform = {
  nowMs,
  // A getter: importing this module has no side effects.
  get timeOriginMs() {
    const { performance } = globals;
    if (performance?.now === undefined) return -setBackMs;
    return performance.timeOrigin ?? Date.now() - performance.now();
  },
  // Looked up at each call: tests replace it.
  wallMs: () => Date.now(),
  setTimer: (callback, ms) => globals.setTimeout(callback, ms),
  clearTimer: (timer) => globals.clearTimeout(timer),
  soon(callback) {
    if (globals.queueMicrotask !== undefined) globals.queueMicrotask(callback);
    else void Promise.resolve().then(callback);
  },
  // Received messages were queued before this timer. Those in another process of the browser take a moment longer.
  turn: (callback) => void globals.setTimeout(callback, TURN_MS),
  createId,
};

/**
 * The Platform of browsers with the members of `own`. A clock without `timeOriginMs` is set by `wallMs`.
 * @throws TypeError for one of setTimer and clearTimer without the other.
 */
export function platformWith(own: Partial<Platform> | undefined): Platform {
  if (own === undefined) return webPlatform;
  if ((own.setTimer === undefined) !== (own.clearTimer === undefined))
    throw new TypeError('options.platform needs both setTimer and clearTimer, or neither');
  const member = <Name extends Exclude<keyof Platform, 'timeOriginMs'>>(name: Name): Platform[Name] =>
    (own[name]?.bind(own) as Platform[Name] | undefined) ?? webPlatform[name];
  const platform: Platform = {
    nowMs: member('nowMs'),
    get timeOriginMs() {
      return own.timeOriginMs ?? (own.nowMs === undefined ? webPlatform.timeOriginMs : platform.wallMs() - platform.nowMs());
    },
    wallMs: member('wallMs'),
    setTimer: member('setTimer'),
    clearTimer: member('clearTimer'),
    soon: member('soon'),
    turn: own.turn?.bind(own) ?? ((callback) => void platform.setTimer(callback, TURN_MS)),
    createId: member('createId'),
  };
  return platform;
}

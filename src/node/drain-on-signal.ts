import { constants } from 'node:os';
import { printError, settle } from '../callbacks.js';
import { LONGEST_TIMER_MS } from '../connection/platform.js';
import { isIntegerWithin, ProtocolError } from '../errors.js';
import { drainInfoOf } from './drain-info.js';
import type { DrainOptions, Server } from './listen-options.js';

/** Options of `drainOnSignal`. All optional. */
export interface DrainOnSignalOptions extends DrainOptions {
  /** How long open requests may take, in milliseconds: 0 to 600000. Then the remaining connections are closed. Default 20000. */
  readonly graceMs?: number | undefined;
  /** Clients reconnect after a random time up to this one, in milliseconds: 0 to 600000. Default 10000. */
  readonly reconnectAfterMs?: number | undefined;
  /** The signals. Default `SIGTERM` and `SIGINT`. */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /** Called when the servers have closed, for example to close a database. It may return a promise. Default: none. */
  readonly onDrained?: (() => unknown) | undefined;
  /**
   * The process ends after this time in any case, in milliseconds: 1 to 2147483647. Configure the process manager to wait longer before it kills
   * the process. Default: `notReadyMs` + `graceMs` + 10000.
   */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_GRACE_MS = 20_000;
const DEFAULT_RECONNECT_AFTER_MS = 10_000;
/** Time to close the sockets, and for `onDrained`. */
const END_MS = 10_000;
/** A signal within this time after the first one is ignored: a terminal signals the whole process group, and npm and shells pass it on as well. */
const REPEATED_MS = 500;

/**
 * Drains servers at a signal of the process manager, and then ends the process: with the exit code 0, or `process.exitCode`; with 1 if `onDrained`
 * failed, or after `timeoutMs`. Another signal, half a second later or more, ends it at once, with 128 and the number of the signal, as shells do.
 * @param servers all servers of the process. Call this function once.
 * @returns a function that removes the listeners of the signals.
 * @throws ProtocolError INVALID_MESSAGE for options that break a rule.
 */
export function drainOnSignal(servers: Server | readonly Server[], options: DrainOnSignalOptions = {}): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], notReadyMs = 0, graceMs = DEFAULT_GRACE_MS, reason, onDrained } = options;
  const { reconnectAfterMs = DEFAULT_RECONNECT_AFTER_MS, timeoutMs = notReadyMs + graceMs + END_MS } = options;
  const drain: DrainOptions = { notReadyMs, graceMs, reconnectAfterMs, reason };
  drainInfoOf(drain);
  if (!isIntegerWithin(timeoutMs, 1, LONGEST_TIMER_MS)) {
    const text = `timeoutMs: expected an integer from 1 to ${LONGEST_TIMER_MS}, got ${timeoutMs}`;
    throw new ProtocolError('INVALID_MESSAGE', text, { path: 'timeoutMs' });
  }
  let firstAtMs: number | undefined;
  const take = (signal: NodeJS.Signals): void => {
    if (firstAtMs !== undefined) {
      if (performance.now() - firstAtMs >= REPEATED_MS) process.exit(128 + constants.signals[signal]);
      return;
    }
    firstAtMs = performance.now();
    setTimeout(() => fail(new ProtocolError('TIMEOUT', `the process has not ended within ${timeoutMs} ms`)), timeoutMs);
    settle(
      async () => {
        await Promise.all([servers].flat().map((server) => server.drain(drain)));
        await onDrained?.();
      },
      () => process.exit(),
      fail,
    );
  };
  for (const signal of signals) process.on(signal, take);
  return () => {
    for (const signal of signals) process.off(signal, take);
  };
}

function fail(error: unknown): void {
  printError(error, { callback: 'drainOnSignal' });
  process.exit(1);
}

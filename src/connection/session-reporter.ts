// SessionEvents of the connections of a server.
import { checkSessionEvent, SessionEventTable } from '../../generated/im/protocol/v1/session_event.codec.js';
import { type SessionEventInit, SessionEventKind } from '../../generated/im/protocol/v1/session_event.js';
import type { ProtocolError } from '../errors.js';
import { SESSION_REFRESH_MS } from '../limits.js';
import type { LoggedIn } from '../session/server-session.js';
import { issuesOf, requireValid } from '../validate.js';
import type { Platform } from './platform.js';

/** What SessionEvents say of a connection. */
export interface ReportedConnection extends Pick<SessionEventInit, 'client'> {
  readonly id: string;
  readonly user: LoggedIn | undefined;
  readonly version: number | undefined;
  readonly isBackground: boolean;
}

/** Gets the SessionEvents of a server. */
export type SessionListener<C> = (event: SessionEventInit, connection: C) => unknown;

/** The sessions of a server, as its listener of SessionEvents may ask for them. */
export interface SessionObservation<C> {
  /** The sessions that are open, each as a REFRESHED. */
  sessions(): Iterable<readonly [SessionEventInit, C]>;
  /**
   * Gives a session a higher epoch, because another server whose clock is ahead has given a higher one before. Later events have the new epoch.
   * @returns its OPENED with an epoch of more than `above`; undefined if it has ended, or has its epoch from the application.
   */
  raise(connection: C, above: bigint): SessionEventInit | undefined;
  /** Ends the calls of the listener. */
  stop(): void;
}

/** Interval between two turns of the timer, in milliseconds: in each, one part of the sessions is refreshed. */
const TURN_MS = 1000;
const PARTS = SESSION_REFRESH_MS / TURN_MS;

/** An open session: between OPENED and CLOSED. */
interface Reported {
  epoch: bigint;
  /** The application has not given the epoch: it is that of the clock. */
  readonly isOfClock: boolean;
  /** When it is refreshed: the turn, modulo PARTS. */
  readonly part: number;
  isBackground: boolean;
  /** The clock at the last BACKGROUND or FOREGROUND. */
  changedAtMs: number;
}

/**
 * Reports OPENED, REFRESHED, BACKGROUND, FOREGROUND and CLOSED or LOGGED_OUT of each authenticated connection, in order, OPENED and the end once.
 *
 * One timer refreshes all sessions, an equal part each second. A client that changes between background and foreground all the time is
 * reported once a second.
 */
export class SessionReporter<C extends ReportedConnection> {
  readonly #serverId: string;
  readonly #platform: Platform;
  readonly #listeners = new Set<(event: SessionEventInit, connection: C) => void>();
  readonly #open = new Map<C, Reported>();
  readonly #parts: Set<C>[] = Array.from({ length: PARTS }, () => new Set());
  /** Those that have changed, and were reported less than a turn ago. */
  readonly #changed = new Set<C>();
  /** The last epochs of this clock, and of those that ran ahead of it. */
  readonly #epochs = new Map<string, bigint>();
  /** Of the next session. */
  #nextPart = 0;
  /** The next to be refreshed. */
  #duePart = 0;
  #timer: unknown;
  #turnAtMs = 0;

  /** @throws ProtocolError INVALID_MESSAGE for an invalid `serverId`. */
  constructor(serverId: string, platform: Platform) {
    this.#serverId = serverId;
    this.#platform = platform;
    const user = { userId: 1n, terminal: 1 };
    const event = { user, serverId, connectionId: '1', kind: SessionEventKind.OPENED, epoch: 1n, version: 1 };
    requireValid(issuesOf(SessionEventTable, checkSessionEvent, { ...event, atMs: this.#unixMs() }), 'SessionEvent');
  }

  get serverId(): string {
    return this.#serverId;
  }

  /**
   * Calls the listener with each event from now on, and first with the OPENED of the sessions that are open.
   * @param listener must not throw.
   */
  observe(listener: (event: SessionEventInit, connection: C) => void): SessionObservation<C> {
    const { OPENED, REFRESHED, BACKGROUND } = SessionEventKind;
    this.#listeners.add(listener);
    for (const [connection, reported] of [...this.#open]) {
      listener(this.#event(connection, reported, OPENED), connection);
      if (reported.isBackground) listener(this.#event(connection, reported, BACKGROUND), connection);
    }
    const events = (): Iterable<readonly [SessionEventInit, C]> => this.#events(REFRESHED);
    return {
      sessions: events,
      raise: (connection, above) => this.#raise(connection, above),
      stop: () => void this.#listeners.delete(listener),
    };
  }

  /** The connection is authenticated. @param epoch of the application. */
  opened(connection: C, epoch?: bigint): void {
    const part = this.#nextPart;
    this.#nextPart = (part + 1) % PARTS;
    const reported = {
      epoch: epoch ?? this.#nextEpoch(connection),
      isOfClock: epoch === undefined,
      part,
      isBackground: false,
      changedAtMs: Number.NEGATIVE_INFINITY,
    };
    this.#open.set(connection, reported);
    this.#parts[part].add(connection);
    this.#start();
    this.#report(connection, reported, SessionEventKind.OPENED);
    this.changed(connection);
  }

  /** `isBackground` may have changed. */
  changed(connection: C): void {
    const reported = this.#open.get(connection);
    if (reported === undefined || reported.isBackground === connection.isBackground) return;
    const nowMs = this.#platform.nowMs();
    if (nowMs - reported.changedAtMs < TURN_MS) {
      this.#changed.add(connection);
      return;
    }
    reported.isBackground = connection.isBackground;
    reported.changedAtMs = nowMs;
    this.#report(connection, reported, connection.isBackground ? SessionEventKind.BACKGROUND : SessionEventKind.FOREGROUND);
  }

  /** The connection has ended. Ignored if it was not open. */
  ended(connection: C, error: ProtocolError | undefined, isLoggedOut: boolean): void {
    const reported = this.#open.get(connection);
    if (reported === undefined) return;
    this.#open.delete(connection);
    this.#changed.delete(connection);
    this.#parts[reported.part].delete(connection);
    if (this.#open.size === 0) this.#stop();
    if (isLoggedOut) this.#report(connection, reported, SessionEventKind.LOGGED_OUT);
    else this.#report(connection, reported, SessionEventKind.CLOSED, error?.properties.number);
  }

  #report(connection: C, reported: Reported, kind: SessionEventKind, reason?: number): void {
    const event = this.#event(connection, reported, kind, reason);
    for (const listener of this.#listeners) listener(event, connection);
  }

  #event(connection: C, { epoch }: Reported, kind: SessionEventKind, reason?: number): SessionEventInit {
    const { userId, terminal } = connection.user!;
    const { id: connectionId, client, version } = connection;
    const user = { userId, terminal };
    return { user, serverId: this.#serverId, connectionId, kind, atMs: this.#unixMs(), epoch, reason, client, version };
  }

  *#events(kind: SessionEventKind): Generator<readonly [SessionEventInit, C]> {
    for (const [connection, reported] of this.#open) yield [this.#event(connection, reported, kind), connection];
  }

  #raise(connection: C, above: bigint): SessionEventInit | undefined {
    const reported = this.#open.get(connection);
    if (reported === undefined || !reported.isOfClock) return undefined;
    reported.epoch = above + 1n;
    this.#keepEpoch(connection, reported.epoch);
    return this.#event(connection, reported, SessionEventKind.OPENED);
  }

  #unixMs(): bigint {
    return BigInt(Math.round(this.#platform.timeOriginMs + this.#platform.nowMs()));
  }

  /** "without it, milliseconds of the platform's clock"; one more for each further login of the user and terminal in a millisecond. */
  #nextEpoch(connection: C): bigint {
    const nowMs = this.#unixMs();
    // Two for each new one: those that run ahead, which stay, do not keep the others.
    for (const [key, epoch] of [...first(this.#epochs, 2)]) {
      this.#epochs.delete(key);
      if (epoch >= nowMs) this.#epochs.set(key, epoch);
    }
    const last = this.#epochs.get(keyOf(connection)) ?? 0n;
    const epoch = last >= nowMs ? last + 1n : nowMs;
    this.#keepEpoch(connection, epoch);
    return epoch;
  }

  #keepEpoch(connection: C, epoch: bigint): void {
    const key = keyOf(connection);
    this.#epochs.delete(key);
    this.#epochs.set(key, epoch);
  }

  /** Refreshes the parts whose turn has come: several after a blocked event loop, but each once. */
  #turn(): void {
    const nowMs = this.#platform.nowMs();
    const turns = Math.floor((nowMs - this.#turnAtMs) / TURN_MS);
    this.#turnAtMs += turns * TURN_MS;
    for (let turn = 0; turn < Math.min(turns, PARTS); turn++) {
      const part = this.#duePart;
      this.#duePart = (part + 1) % PARTS;
      for (const connection of this.#parts[part]) this.#refresh(connection);
    }
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const connection of changed) this.changed(connection);
    // A callback may have ended the last connection.
    if (this.#open.size > 0) this.#arm();
  }

  #refresh(connection: C): void {
    const reported = this.#open.get(connection);
    if (reported !== undefined) this.#report(connection, reported, SessionEventKind.REFRESHED);
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#turnAtMs = this.#platform.nowMs();
    this.#arm();
  }

  #arm(): void {
    this.#platform.clearTimer(this.#timer);
    this.#timer = this.#platform.setTimer(() => this.#turn(), TURN_MS);
  }

  #stop(): void {
    this.#platform.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}

function* first<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}

function keyOf({ user }: ReportedConnection): string {
  return `${user!.userId} ${user!.terminal}`;
}

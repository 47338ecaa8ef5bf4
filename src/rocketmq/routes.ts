// Where users are online: which server holds the connection of which terminal.
import { type SessionEventInit, SessionEventKind } from '../../generated/im/protocol/v1/session_event.js';
import type { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import type { UplinkInfoInit } from '../../generated/im/protocol/v1/uplink_info.js';
import { ROUTE_LIFETIME_MS } from '../limits.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';

/** The server that holds the connection of a user's terminal. */
export interface Route {
  /** The kind of terminal. */
  readonly terminal: Terminal;
  /** The IM server that has the connection. */
  readonly serverId: string | number;
  /** The version that the connection agreed on. Undefined = unknown: `takesVersion2` decides. */
  readonly version?: number | undefined;
  /** The application is in the background. Undefined = unknown. */
  readonly background?: boolean | undefined;
  /** The connection. Required if a user may have several on a terminal, otherwise undefined. */
  readonly connectionId?: string | undefined;
}

/** Where users are online. The platform looks up all receivers (for example in Redis) before it calls `planFanOut`. */
export interface Routes {
  /**
   * One route per terminal on which the user is online, or, where a user may have several on a terminal, one per connection; empty or undefined =
   * offline.
   */
  find(userId: bigint): readonly Route[] | undefined;
  /** Whether the server has announced version 2 in a SessionEvent. Default: no server has. */
  takesVersion2?(serverId: string | number): boolean;
}

/** Options of a RouteTable. */
export interface RouteTableOptions {
  /** Default: that of the platform. */
  readonly clock?: Pick<Clock, 'nowMs'> | undefined;
  /**
   * How many connections a user may have, as in the option `sessions` of `listen` of all servers. Default `one-per-terminal`: a later session of a
   * user and terminal replaces the one before. Otherwise each connection has its own route, until it ends.
   */
  readonly sessions?: 'one-per-terminal' | 'one-per-device' | 'unlimited' | undefined;
}

/** What SessionEvents say of a session. */
interface Session {
  readonly serverId: string | number;
  /** Undefined for a route of `set`, which has no epoch and does not expire. */
  readonly connectionId: string | undefined;
  readonly epoch: bigint;
  /** It comes from an UplinkInfo, which has no epoch: `epoch` is the last one known. */
  readonly isProvisional: boolean;
  /** Unix time in milliseconds of its last event. */
  readonly atMs: number;
  readonly expiresAtMs: number;
}

/** Where the route of a session is: among the routes of its user, and among the ended sessions. */
interface Slot {
  readonly key: string;
  has(route: Entry): boolean;
}

/** A route and its session, which applications do not see. */
class Entry implements Route {
  readonly terminal: Terminal;
  readonly serverId: string | number;
  readonly version: number | undefined;
  readonly background: boolean | undefined;
  readonly connectionId: string | undefined;
  readonly #session: Session;

  constructor({ terminal, serverId, version, background, connectionId }: Route, session: Session) {
    this.terminal = terminal;
    this.serverId = serverId;
    this.version = version;
    this.background = background;
    this.connectionId = connectionId;
    this.#session = session;
  }

  get session(): Session {
    return this.#session;
  }

  isOpen(nowMs: number): boolean {
    return this.#session.expiresAtMs > nowMs;
  }
}

/**
 * In-memory routes. `apply` fills them from SessionEvents, `set` and `delete` by hand.
 *
 * A route from SessionEvents ends ROUTE_LIFETIME_MS (15 minutes) after its last event. For as long, an ended session is remembered, so that its
 * late events change nothing.
 */
export class RouteTable implements Routes {
  readonly #routes = new Map<bigint, Entry[]>();
  /** The last session of each terminal, or connection, that is offline: its late events change nothing. */
  readonly #ended = new Map<string, Session>();
  /** The servers that announced version 2, and until when. */
  readonly #version2 = new Map<string, number>();
  readonly #clock: Pick<Clock, 'nowMs'>;
  /** A terminal may have several connections. */
  readonly #hasSeveral: boolean;
  #nextSweepMs = 0;

  constructor({ clock = SYSTEM_CLOCK, sessions = 'one-per-terminal' }: RouteTableOptions = {}) {
    this.#clock = clock;
    this.#hasSeveral = sessions !== 'one-per-terminal';
  }

  /**
   * Sets the server of a terminal. Returns the previous server.
   * @param version of the connection. Default: unknown, `takesVersion2` decides. Pass 1 for a server that reports its logins as in version 1 and
   * may have announced version 2 before, under the same id.
   */
  set(userId: bigint, terminal: Terminal, serverId: string | number, version?: number): string | number | undefined {
    const session = {
      serverId,
      connectionId: undefined,
      epoch: 0n,
      isProvisional: false,
      atMs: 0,
      expiresAtMs: Number.POSITIVE_INFINITY,
    };
    const slot = this.#slot(userId, terminal, session);
    return this.#put(userId, this.#entry({ terminal, serverId, version }, session), slot)?.serverId;
  }

  /** Deletes the route of a terminal if it leads to `serverId`; of several, all that do. Returns whether it did. */
  delete(userId: bigint, terminal: Terminal, serverId: string | number): boolean {
    return this.#remove(userId, (route) => route.terminal === terminal && isSame(route.serverId, serverId));
  }

  /** Deletes all routes to a server, and its announcement of version 2. */
  deleteServer(serverId: string | number): void {
    this.#version2.delete(String(serverId));
    this.#keep((route) => !isSame(route.serverId, serverId));
  }

  /**
   * Applies a SessionEvent, which may come late, twice, or after a later one.
   *
   * An event with a lower epoch than the table knows of the user and terminal is dropped, and so is the end of another connection than that of the
   * route, unless its epoch is higher. Every event of a session that goes on creates or refreshes its route: the table is complete again within
   * SESSION_REFRESH_MS after the platform has started.
   * @returns whether the event was applied.
   */
  apply({ user, serverId = '', connectionId = '', kind = 0, atMs: at = 0n, epoch = 0n, version = 1 }: SessionEventInit): boolean {
    const nowMs = this.#clock.nowMs();
    this.#sweep(nowMs);
    // An event may have waited on the topic; the clock of a server may be fast.
    const atMs = Math.min(Number(at), nowMs);
    const expiresAtMs = atMs + ROUTE_LIFETIME_MS;
    if (expiresAtMs <= nowMs) return false;
    if (version >= 2) this.#announce(serverId, expiresAtMs);
    const { userId = 0n, terminal = 0 } = user ?? {};
    const session: Session = { serverId, connectionId, epoch, isProvisional: false, atMs, expiresAtMs };
    const slot = this.#slot(userId, terminal, session);
    const route = this.#find(userId, slot, nowMs);
    const known = route?.session;
    const ended = this.#ended.get(slot.key);
    if (ended !== undefined && (epoch < ended.epoch || isSameSession(ended, session))) return false;
    if (known !== undefined && epoch < known.epoch) return false;
    const isOfRoute = known !== undefined && isSameSession(known, session);
    // Delivered again; or of another session than the UplinkInfo, and older.
    if (known !== undefined && atMs < known.atMs && known.isProvisional !== isOfRoute) return false;
    if (isEnd(kind)) {
      const isManual = known?.connectionId === undefined && isSame(known?.serverId, serverId);
      // The end of a later session came first: the route is of one that it replaced.
      const isLater = known?.connectionId !== undefined && !known.isProvisional && epoch > known.epoch;
      if (known !== undefined && !isOfRoute && !isManual && !isLater) return false;
      this.#remove(userId, slot.has);
      this.#ended.set(slot.key, session);
      return true;
    }
    const background = isBackground(kind) ?? (isOfRoute ? route?.background : false);
    this.#put(userId, this.#entry({ terminal, serverId, version, background }, session), slot);
    this.#ended.delete(slot.key);
    return true;
  }

  /**
   * Enters the route of the connection that an UplinkInfo came from, if it is newer than what the table knows. Call it for a SYNC before you read
   * its page: what is sent after that reaches the connection, even if its SessionEvent comes later.
   * @returns whether the route was entered.
   */
  applyUplink({ sender, serverId = '', connectionId = '', receivedAtMs = 0n, version = 1 }: UplinkInfoInit): boolean {
    const nowMs = this.#clock.nowMs();
    const atMs = Math.min(Number(receivedAtMs), nowMs);
    const expiresAtMs = atMs + ROUTE_LIFETIME_MS;
    const { userId = 0n, terminal = 0 } = sender ?? {};
    const slot = this.#slot(userId, terminal, { serverId, connectionId });
    const route = this.#find(userId, slot, nowMs);
    const known = route?.session;
    const ended = this.#ended.get(slot.key);
    if (expiresAtMs <= nowMs || atMs <= Math.max(known?.atMs ?? 0, ended?.atMs ?? 0)) return false;
    // Its epoch comes with its SessionEvent, and is not lower than a known one.
    const epoch = known?.epoch ?? ended?.epoch ?? 0n;
    const session: Session = { serverId, connectionId, epoch, isProvisional: true, atMs, expiresAtMs };
    if (ended !== undefined && isSameSession(ended, session)) return false;
    if (version >= 2) this.#announce(serverId, expiresAtMs);
    const isOfRoute = known !== undefined && isSameSession(known, session);
    const background = isOfRoute ? route?.background : false;
    const isProvisional = !isOfRoute || known.isProvisional;
    this.#put(userId, this.#entry({ terminal, serverId, version, background }, { ...session, isProvisional }), slot);
    return true;
  }

  find(userId: bigint): readonly Route[] | undefined {
    const routes = this.#routes.get(userId);
    if (routes === undefined) return undefined;
    const nowMs = this.#clock.nowMs();
    return routes.every((route) => route.isOpen(nowMs)) ? routes : routes.filter((route) => route.isOpen(nowMs));
  }

  /** Whether the server has announced a connection of version 2 within ROUTE_LIFETIME_MS. */
  takesVersion2(serverId: string | number): boolean {
    return (this.#version2.get(String(serverId)) ?? 0) > this.#clock.nowMs();
  }

  /** The servers of which `takesVersion2` is true: those that get a message with an audience. */
  version2Servers(): string[] {
    return [...this.#version2.keys()].filter((serverId) => this.takesVersion2(serverId));
  }

  #announce(serverId: string, expiresAtMs: number): void {
    this.#version2.set(serverId, Math.max(expiresAtMs, this.#version2.get(serverId) ?? 0));
  }

  /** The place of a session among the routes of its user: its terminal, or its connection. */
  #slot(userId: bigint, terminal: Terminal, { serverId, connectionId }: Pick<Session, 'serverId' | 'connectionId'>): Slot {
    if (!this.#hasSeveral) return { key: `${userId} ${terminal}`, has: (route) => route.terminal === terminal };
    const has = (route: Entry): boolean =>
      route.terminal === terminal && route.connectionId === connectionId && isSame(route.serverId, serverId);
    return { key: `${userId} ${terminal} ${serverId} ${connectionId}`, has };
  }

  #entry(route: Route, session: Session): Entry {
    return new Entry(this.#hasSeveral ? { ...route, connectionId: session.connectionId } : route, session);
  }

  #find(userId: bigint, { has }: Slot, nowMs: number): Entry | undefined {
    const found = this.#routes.get(userId)?.find(has);
    return found?.isOpen(nowMs) ? found : undefined;
  }

  /** Returns the previous route of the slot. */
  #put(userId: bigint, entry: Entry, { has }: Slot): Entry | undefined {
    const routes = this.#routes.get(userId);
    if (routes === undefined) {
      this.#routes.set(userId, [entry]);
      return undefined;
    }
    const at = routes.findIndex(has);
    const previous = at < 0 ? undefined : routes[at];
    routes[at < 0 ? routes.length : at] = entry;
    return previous;
  }

  #remove(userId: bigint, isRemoved: (route: Entry) => boolean): boolean {
    const routes = this.#routes.get(userId) ?? [];
    const left = routes.filter((route) => !isRemoved(route));
    if (left.length === routes.length) return false;
    if (left.length === 0) this.#routes.delete(userId);
    else this.#routes.set(userId, left);
    return true;
  }

  #keep(isKept: (route: Entry) => boolean): void {
    for (const [userId, routes] of this.#routes) {
      const left = routes.filter(isKept);
      if (left.length === 0) this.#routes.delete(userId);
      else if (left.length < routes.length) this.#routes.set(userId, left);
    }
  }

  /** Frees the memory of expired routes, once per lifetime: a constant time per event. */
  #sweep(nowMs: number): void {
    if (nowMs < this.#nextSweepMs) return;
    this.#nextSweepMs = nowMs + ROUTE_LIFETIME_MS;
    this.#keep((route) => route.isOpen(nowMs));
    for (const [id, { expiresAtMs }] of this.#ended) if (expiresAtMs <= nowMs) this.#ended.delete(id);
    for (const [id, expiresAtMs] of this.#version2) if (expiresAtMs <= nowMs) this.#version2.delete(id);
  }
}

function isEnd(kind: SessionEventKind): boolean {
  return kind === SessionEventKind.CLOSED || kind === SessionEventKind.LOGGED_OUT;
}

/** Undefined: the event does not say it. */
function isBackground(kind: SessionEventKind): boolean | undefined {
  if (kind === SessionEventKind.BACKGROUND) return true;
  return kind === SessionEventKind.FOREGROUND || kind === SessionEventKind.OPENED ? false : undefined;
}

/** SessionEvents name servers by texts, applications may name them by numbers. */
function isSame(one: string | number | undefined, other: string | number): boolean {
  return one === other || String(one) === String(other);
}

/** Connection ids are those of their server. */
function isSameSession(one: Session, other: Session): boolean {
  return one.connectionId === other.connectionId && isSame(one.serverId, other.serverId);
}

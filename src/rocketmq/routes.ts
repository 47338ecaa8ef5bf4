// Where users are online: which server holds the connection of which terminal.
import type { SessionEventInit } from '../../generated/im/protocol/v1/session_event.js';
import type { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import type { UplinkInfoInit } from '../../generated/im/protocol/v1/uplink_info.js';

/** The server that holds the connection of a user's terminal. */
export interface Route {
  /** The kind of terminal. */
  readonly terminal: Terminal;
  /** The IM server that has the connection. */
  readonly serverId: string | number;
  /** The version that the connection agreed on. Undefined = unknown: then the connection gets what version 1 knows. */
  readonly version?: number | undefined;
  /** The application is in the background. Undefined = unknown. */
  readonly background?: boolean | undefined;
  /** The connection. Required if a user may have several on a terminal, otherwise undefined. */
  readonly connectionId?: string | undefined;
}

/** The routes of users who are online, by user. A user who is offline is missing, or has an empty list. */
export type FoundRoutes = ReadonlyMap<bigint, readonly Route[]>;

/** How many connections a user may have, as in the option `sessions` of `listen`. */
export type RouteSessions = 'one-per-terminal' | 'one-per-device' | 'unlimited';

/** A session that must end, because a later session of the same user and terminal has replaced it. */
export interface SupersededSession {
  /** The server that has it. */
  readonly serverId: string;
  /** Its connection; undefined if the route was set by hand. */
  readonly connectionId: string | undefined;
}

/** The outcome of `Routes.apply`. */
export interface AppliedEvent {
  /** Whether the event has changed or refreshed the routes. False: it was late, or a duplicate. */
  readonly applied: boolean;
  /**
   * The session that must end, if there is one: the one whose place the session of the event has taken; or the session of the event itself, if a
   * later one has its place. Send its server a FORCE_LOGOUT: see `forceLogoutMessage`.
   */
  readonly superseded: SupersededSession | undefined;
  /** The highest epoch that is known of the place, the event included; 0n if none is known. */
  readonly epoch: bigint;
}

/** What the connection of an event says besides the event. */
export interface ApplyOptions {
  /** The device id of the LOGIN. With `one-per-device`, a later session of a device takes the place of the one before. Default: unknown. */
  readonly deviceId?: string | undefined;
}

/**
 * Where users are online. MemoryRoutes keeps them in the memory of a process, RedisRoutes in a Redis that all processes share; both behave the
 * same.
 *
 * A session has a place: its user and terminal, or its device, or its connection, as the option `sessions` says. Sessions of a place are ordered
 * by their epochs; if these are equal, by server id, then by connection id, so that all processes agree. The last one keeps the place,
 * in whatever order the events arrive, late or twice. The others are superseded.
 */
export interface Routes {
  /** How many connections a user may have. */
  readonly sessions: RouteSessions;

  /**
   * Finds the routes of users, in one round trip: one route for each terminal on which a user is online, or, where a user may have several
   * connections on a terminal, one for each connection. In no particular order.
   * @throws ProtocolError (as a rejection) TIMEOUT or INTERNAL if the store fails.
   */
  find(userIds: Iterable<bigint>): Promise<FoundRoutes>;

  /**
   * Applies a SessionEvent, which may come late, twice, or after a later one. Every event of a session that goes on creates or refreshes its route:
   * an empty store is complete again within SESSION_REFRESH_MS (5 minutes). A route ends ROUTE_LIFETIME_MS (15 minutes) after the time of its last
   * event; an ended session is remembered for as long, so that its late events change nothing. Of a user, the 64 sessions that have ended last are
   * remembered: a user whose connections end more often may have a route of an earlier one again, until it expires, if an event of it comes late.
   *
   * Applying an event again after a failure does no harm.
   * @throws ProtocolError (as a rejection) TIMEOUT or INTERNAL if the store fails: the event may have been applied nevertheless.
   */
  apply(event: SessionEventInit, options?: ApplyOptions): Promise<AppliedEvent>;

  /**
   * Enters the route of the connection that an UplinkInfo came from, if it is newer than what is known. Call it for a SYNC before you read its page:
   * what is sent after that reaches the connection, even if its SessionEvent comes later.
   * @returns whether the route was entered.
   * @throws ProtocolError (as a rejection) as `apply`.
   */
  applyUplink(uplink: UplinkInfoInit): Promise<boolean>;

  /**
   * Sets the server of a terminal by hand, for servers that publish no SessionEvents. The route does not expire.
   * @param version of the connection. Default: unknown, 2 as soon as the server announces version 2. Pass 1 for a server that reports its logins as
   * in version 1 and may have announced version 2 before, under the same id.
   * @returns the previous server; undefined if there was none.
   * @throws ProtocolError (as a rejection) as `apply`.
   */
  set(userId: bigint, terminal: Terminal, serverId: string | number, version?: number): Promise<string | undefined>;

  /**
   * Deletes the route of a terminal if it leads to `serverId`; of several, all that do.
   * @returns whether it did.
   * @throws ProtocolError (as a rejection) as `apply`.
   */
  delete(userId: bigint, terminal: Terminal, serverId: string | number): Promise<boolean>;

  /**
   * Deletes all routes to a server, and its announcement of version 2: for a server that has crashed.
   * @throws ProtocolError (as a rejection) as `apply`.
   */
  deleteServer(serverId: string | number): Promise<void>;

  /**
   * The servers that have announced a connection of version 2 within ROUTE_LIFETIME_MS: those that get a message with an audience.
   * @throws ProtocolError (as a rejection) as `find`.
   */
  version2Servers(): Promise<string[]>;
}

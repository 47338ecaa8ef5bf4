// The rules by which SessionEvents change a route. The script of RedisRoutes has the same rules, and passes the same tests.
import { type SessionEventInit, SessionEventKind } from '../../generated/im/protocol/v1/session_event.js';
import type { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import type { UplinkInfoInit } from '../../generated/im/protocol/v1/uplink_info.js';
import { ROUTE_LIFETIME_MS } from '../limits.js';
import type { AppliedEvent, SupersededSession } from './routes.js';

/** A session as the routes know it. */
export interface Session {
  readonly terminal: Terminal;
  readonly serverId: string;
  /** Undefined for a route that was set by hand, which has no epoch and does not expire. */
  readonly connectionId: string | undefined;
  readonly epoch: bigint;
  readonly version: number | undefined;
  readonly background: boolean | undefined;
  /** Unix time in milliseconds of its last event. */
  readonly atMs: number;
  readonly expiresAtMs: number;
  /** It comes from an UplinkInfo, which has no epoch: `epoch` is the last one known. */
  readonly isProvisional: boolean;
  /** The session whose place a provisional one has taken. */
  readonly over: Session | undefined;
}

/** The place of a session. After an UplinkInfo both may be set. */
export interface Slot {
  readonly route: Session | undefined;
  /** The last session, if it has ended: its late events change nothing. */
  readonly ended: Session | undefined;
}

/**
 * Maximum number of ended sessions that are remembered of a user. Every call for the user reads all of them, and a client that reconnects ten times a
 * second would leave 9000 within a lifetime. None of a client that reconnects every 14 seconds is forgotten early, and of a faster one the
 * last 64 still cover the delay of a redelivery.
 */
export const MAX_ENDED_SESSIONS = 64;

export const EMPTY_SLOT: Slot = { route: undefined, ended: undefined };

/** The session of an event; undefined if the event has waited for the lifetime of a route. */
export function sessionOf(event: SessionEventInit, nowMs: number): Session | undefined {
  const { user, serverId = '', connectionId = '', atMs: at = 0n, epoch = 0n, version = 1 } = event;
  // The clock of a server may be fast.
  const atMs = Math.min(Number(at), nowMs);
  const expiresAtMs = atMs + ROUTE_LIFETIME_MS;
  if (expiresAtMs <= nowMs) return undefined;
  const { terminal = 0 } = user ?? {};
  const session = { terminal, serverId, connectionId, epoch, version, background: undefined };
  return { ...session, atMs, expiresAtMs, isProvisional: false, over: undefined };
}

/** Applies an event of a session to its slot. Expired sessions must have been taken out of the slot. */
export function applyToSlot({ route, ended }: Slot, session: Session, kind: SessionEventKind): AppliedEvent & { slot: Slot } {
  const isEnd = isEndKind(kind);
  const isOfRoute = route !== undefined && isSame(route, session);
  const known = highest([session, route, route?.over, ended]);
  const outcome = (slot: Slot, superseded?: Session) => ({
    applied: slot.route !== route || slot.ended !== ended,
    superseded: superseded && supersededBy(session, superseded),
    epoch: known,
    slot,
  });
  const refuse = () => outcome({ route, ended });
  /** A later session has the place. What an UplinkInfo has entered for this one is taken back. */
  const refuseEarlier = () => {
    const left = isOfRoute && route.isProvisional ? route.over : route;
    return outcome({ route: left, ended }, isEnd ? undefined : session);
  };
  if (ended !== undefined) {
    if (isSame(ended, session)) return refuse();
    if (isBefore(session, ended)) return refuseEarlier();
  }
  if (route !== undefined) {
    const confirmed = route.isProvisional ? route.over : route;
    if (confirmed !== undefined && isBefore(session, confirmed)) return isSame(confirmed, session) ? refuse() : refuseEarlier();
    // Delivered again; or of another session than the UplinkInfo, and older.
    if (session.atMs < route.atMs && route.isProvisional !== isOfRoute) return refuse();
  }
  const before = isOfRoute || route?.isProvisional ? route?.over : route;
  const superseded = before === undefined || isSame(before, session) ? undefined : before;
  if (isEnd) {
    const isManual = route?.connectionId === undefined && route?.serverId === session.serverId;
    // The end of a later session came first: the route is of one that it replaced.
    const isLater = route?.connectionId !== undefined && !route.isProvisional;
    if (route !== undefined && !isOfRoute && !isManual && !isLater) return refuse();
    return outcome({ route: undefined, ended: session }, superseded);
  }
  const background = backgroundOf(kind) ?? (isOfRoute ? route.background : false);
  return outcome({ route: { ...session, background }, ended: undefined }, superseded);
}

/** The slot with the connection of an UplinkInfo; undefined if that is not newer than what is known. */
export function enterUplink({ route, ended }: Slot, uplink: UplinkInfoInit, nowMs: number): Slot | undefined {
  const { sender, serverId, connectionId, receivedAtMs, version } = uplink;
  const session = sessionOf({ user: sender, serverId, connectionId, atMs: receivedAtMs, version }, nowMs);
  if (session === undefined || session.atMs <= Math.max(route?.atMs ?? 0, ended?.atMs ?? 0)) return undefined;
  if (ended !== undefined && isSame(ended, session)) return undefined;
  const isOfRoute = route !== undefined && isSame(route, session);
  const isProvisional = !isOfRoute || route.isProvisional;
  const over = isOfRoute || route?.isProvisional ? route?.over : route;
  // Its epoch comes with its SessionEvent, and is not lower than a known one.
  const epoch = route?.epoch ?? ended?.epoch ?? 0n;
  const background = isOfRoute ? route.background : false;
  return { route: { ...session, epoch, background, isProvisional, over }, ended };
}

/** Connection ids are those of their server. */
export function isSame(one: Session, other: Session): boolean {
  return one.connectionId === other.connectionId && one.serverId === other.serverId;
}

/** A route that was set by hand names no connection: a second login on its server ends it there. */
function supersededBy(session: Session, { serverId, connectionId }: Session): SupersededSession | undefined {
  return connectionId === undefined && serverId === session.serverId ? undefined : { serverId, connectionId };
}

/** The order of the sessions of a place. The clocks of two servers may give the same epoch. */
function isBefore(one: Session, other: Session): boolean {
  if (one.epoch !== other.epoch) return one.epoch < other.epoch;
  if (one.serverId !== other.serverId) return one.serverId < other.serverId;
  return (one.connectionId ?? '') < (other.connectionId ?? '');
}

export function isEndKind(kind: SessionEventKind): boolean {
  return kind === SessionEventKind.CLOSED || kind === SessionEventKind.LOGGED_OUT;
}

/** Undefined: the event does not say it. */
export function backgroundOf(kind: SessionEventKind): boolean | undefined {
  if (kind === SessionEventKind.BACKGROUND) return true;
  return kind === SessionEventKind.FOREGROUND || kind === SessionEventKind.OPENED ? false : undefined;
}

function highest(sessions: readonly (Session | undefined)[]): bigint {
  return sessions.reduce((max, session) => (session !== undefined && session.epoch > max ? session.epoch : max), 0n);
}

import { type SessionEventInit, SessionEventKind } from '../../generated/im/protocol/v1/session_event.js';
import type { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import type { UplinkInfoInit } from '../../generated/im/protocol/v1/uplink_info.js';
import { ROUTE_LIFETIME_MS } from '../limits.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { applyToSlot, EMPTY_SLOT, enterUplink, MAX_ENDED_SESSIONS, type Session, type Slot, sessionOf } from './route-slot.js';
import type { AppliedEvent, ApplyOptions, FoundRoutes, Route, RouteSessions, Routes } from './routes.js';

/** Options of MemoryRoutes. All optional. */
export interface MemoryRoutesOptions {
  /** Default: that of the platform. */
  readonly clock?: Pick<Clock, 'nowMs'> | undefined;
  /**
   * How many connections a user may have: as in the option `sessions` of `listen` of all servers. `one-per-terminal`: a later session of a user and
   * terminal takes the place of the one before. `one-per-device`: a later one of the same device does; without a device id, as with
   * `unlimited`, each connection has its own route, until it ends. Default `one-per-terminal`.
   */
  readonly sessions?: RouteSessions | undefined;
}

/** The slots of a user, by place. */
type Places = Map<string, Slot>;

const NOT_APPLIED: AppliedEvent = { applied: false, superseded: undefined, epoch: 0n };
const VERSION_2 = 2;

/**
 * Routes in the memory of this process. Each method does its work before it returns: the promise is resolved.
 *
 * Its memory is proportional to the sessions that are open, or ended in the last two lifetimes of a route: of a user, the last 64.
 */
export class MemoryRoutes implements Routes {
  readonly #users = new Map<bigint, Places>();
  /** The servers that announced version 2, and until when. */
  readonly #version2 = new Map<string, number>();
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly sessions: RouteSessions;
  #nextSweepMs = 0;

  constructor({ clock = SYSTEM_CLOCK, sessions = 'one-per-terminal' }: MemoryRoutesOptions = {}) {
    this.#clock = clock;
    this.sessions = sessions;
  }

  async find(userIds: Iterable<bigint>): Promise<FoundRoutes> {
    const nowMs = this.#clock.nowMs();
    const found = new Map<bigint, Route[]>();
    for (const userId of userIds) {
      const routes: Route[] = [];
      for (const { route } of this.#users.get(userId)?.values() ?? [])
        if (isOpen(route, nowMs)) routes.push(this.#routeOf(route));
      if (routes.length > 0) found.set(userId, routes);
    }
    return found;
  }

  async apply(event: SessionEventInit, { deviceId = '' }: ApplyOptions = {}): Promise<AppliedEvent> {
    const nowMs = this.#clock.nowMs();
    this.#sweep(nowMs);
    const session = sessionOf(event, nowMs);
    if (session === undefined) return NOT_APPLIED;
    if ((session.version ?? 1) >= VERSION_2) this.#announce(session);
    const places = this.#places(event.user?.userId ?? 0n);
    const place = this.#placeOf(places, session, deviceId, nowMs);
    const { slot, ...applied } = applyToSlot(slotAt(places, place, nowMs), session, event.kind ?? SessionEventKind.UNSPECIFIED);
    places.set(place, slot);
    if (applied.applied && slot.route === undefined) forgetOldest(places, nowMs);
    return applied;
  }

  async applyUplink(uplink: UplinkInfoInit): Promise<boolean> {
    const nowMs = this.#clock.nowMs();
    this.#sweep(nowMs);
    const { sender, serverId = '', connectionId = '', version = 1 } = uplink;
    const places = this.#places(sender?.userId ?? 0n);
    const place = this.#placeOf(places, { terminal: sender?.terminal ?? 0, serverId, connectionId }, '', nowMs);
    const slot = enterUplink(slotAt(places, place, nowMs), uplink, nowMs);
    if (slot === undefined) return false;
    if (version >= VERSION_2) this.#announce(slot.route!);
    places.set(place, slot);
    return true;
  }

  async set(userId: bigint, terminal: Terminal, serverId: string | number, version?: number): Promise<string | undefined> {
    const id = String(serverId);
    const session: Session = {
      terminal,
      serverId: id,
      connectionId: undefined,
      epoch: 0n,
      version,
      background: undefined,
      atMs: 0,
      expiresAtMs: Number.POSITIVE_INFINITY,
      isProvisional: false,
      over: undefined,
    };
    const places = this.#places(userId);
    const nowMs = this.#clock.nowMs();
    const place = this.#placeOf(places, session, '', nowMs);
    const { route, ended } = slotAt(places, place, nowMs);
    places.set(place, { route: session, ended });
    return route?.serverId;
  }

  async delete(userId: bigint, terminal: Terminal, serverId: string | number): Promise<boolean> {
    const nowMs = this.#clock.nowMs();
    const places: Places = this.#users.get(userId) ?? new Map();
    const isRemoved = this.#remove(
      places,
      (route) => route.terminal === terminal && route.serverId === String(serverId) && isOpen(route, nowMs),
    );
    forgetOldest(places, nowMs);
    return isRemoved;
  }

  async deleteServer(serverId: string | number): Promise<void> {
    const id = String(serverId);
    this.#version2.delete(id);
    for (const places of this.#users.values()) {
      this.#remove(places, (route) => route.serverId === id);
      for (const [place, { route, ended }] of places)
        if (route?.over?.serverId === id) places.set(place, { route: { ...route, over: undefined }, ended });
    }
  }

  async version2Servers(): Promise<string[]> {
    const nowMs = this.#clock.nowMs();
    return [...this.#version2].filter(([, untilMs]) => untilMs > nowMs).map(([serverId]) => serverId);
  }

  #routeOf({ terminal, serverId, version, background, connectionId }: Session): Route {
    const known = version ?? (this.#takesVersion2(serverId) ? VERSION_2 : undefined);
    const hasSeveral = this.sessions !== 'one-per-terminal';
    return { terminal, serverId, version: known, background, connectionId: hasSeveral ? connectionId : undefined };
  }

  #takesVersion2(serverId: string): boolean {
    return (this.#version2.get(serverId) ?? 0) > this.#clock.nowMs();
  }

  #announce({ serverId, expiresAtMs }: Session): void {
    this.#version2.set(serverId, Math.max(expiresAtMs, this.#version2.get(serverId) ?? 0));
  }

  #places(userId: bigint): Places {
    const known = this.#users.get(userId);
    if (known !== undefined) return known;
    const places: Places = new Map();
    this.#users.set(userId, places);
    return places;
  }

  /** The place of a session: its terminal, its device, or its connection. */
  #placeOf(
    places: Places,
    { terminal, serverId, connectionId = '' }: Pick<Session, 'terminal' | 'serverId' | 'connectionId'>,
    deviceId: string,
    nowMs: number,
  ): string {
    if (this.sessions === 'one-per-terminal') return String(terminal);
    const ofConnection = `${terminal}/${serverId}/${connectionId}`;
    if (this.sessions === 'unlimited') return ofConnection;
    if (deviceId === '') return placeOfSession(places, terminal, serverId, connectionId, nowMs) ?? ofConnection;
    const ofDevice = `${terminal}:${deviceId}`;
    // What an UplinkInfo has entered, which does not name the device.
    const unnamed = places.get(ofConnection);
    if (unnamed !== undefined && isEmpty(slotAt(places, ofDevice, nowMs))) places.set(ofDevice, unnamed);
    places.delete(ofConnection);
    return ofDevice;
  }

  #remove(places: Places, isRemoved: (route: Session) => boolean): boolean {
    let count = 0;
    for (const [place, { route, ended }] of places) {
      if (route === undefined || !isRemoved(route)) continue;
      count += 1;
      if (ended === undefined) places.delete(place);
      else places.set(place, { route: undefined, ended });
    }
    return count > 0;
  }

  /** Frees the memory of expired sessions, once per lifetime: a constant time per event. */
  #sweep(nowMs: number): void {
    if (nowMs < this.#nextSweepMs) return;
    this.#nextSweepMs = nowMs + ROUTE_LIFETIME_MS;
    for (const [userId, places] of this.#users) {
      for (const place of places.keys()) {
        if (isEmpty(slotAt(places, place, nowMs))) places.delete(place);
      }
      if (places.size === 0) this.#users.delete(userId);
    }
    for (const [id, expiresAtMs] of this.#version2) if (expiresAtMs <= nowMs) this.#version2.delete(id);
  }
}

/** The place of a device that has the connection. */
function placeOfSession(
  places: Places,
  terminal: number,
  serverId: string,
  connectionId: string,
  nowMs: number,
): string | undefined {
  const is = (session: Session | undefined) => session?.serverId === serverId && session.connectionId === connectionId;
  for (const place of places.keys()) {
    const { route, ended } = slotAt(places, place, nowMs);
    if (place.startsWith(`${terminal}:`) && (is(route) || is(ended))) return place;
  }
  return undefined;
}

/** Keeps the MAX_ENDED_SESSIONS sessions that have ended last. */
function forgetOldest(places: Places, nowMs: number): void {
  if (places.size <= MAX_ENDED_SESSIONS) return;
  const ended: { place: string; atMs: number }[] = [];
  for (const place of places.keys()) {
    const slot = slotAt(places, place, nowMs);
    if (slot.route === undefined && slot.ended !== undefined) ended.push({ place, atMs: slot.ended.atMs });
  }
  ended.sort((one, other) => other.atMs - one.atMs || (one.place < other.place ? 1 : -1));
  for (const { place } of ended.slice(MAX_ENDED_SESSIONS)) places.delete(place);
}

/** What is in a slot and has not expired. */
function slotAt(places: Places, place: string, nowMs: number): Slot {
  const { route, ended } = places.get(place) ?? EMPTY_SLOT;
  return { route: isOpen(route, nowMs) ? route : undefined, ended: isOpen(ended, nowMs) ? ended : undefined };
}

function isEmpty({ route, ended }: Slot): boolean {
  return route === undefined && ended === undefined;
}

function isOpen(session: Session | undefined, nowMs: number): session is Session {
  return session !== undefined && session.expiresAtMs > nowMs;
}

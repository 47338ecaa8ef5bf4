// Random sessions of a few users on a few servers, and their events.
import { type SessionEventInit, SessionEventKind } from '../../src/index.js';
import type { RouteSessions, Routes } from '../../src/rocketmq/routes.js';
import type { Random } from '../fuzz/random.js';

const { OPENED, REFRESHED, BACKGROUND, FOREGROUND, CLOSED, LOGGED_OUT } = SessionEventKind;

export interface HistoryEvent {
  readonly event: SessionEventInit & { readonly user: { readonly userId: bigint; readonly terminal: number } };
  readonly deviceId: string;
}

interface Login {
  readonly userId: bigint;
  readonly terminal: number;
  readonly serverId: string;
  readonly connectionId: string;
  readonly deviceId: string;
  readonly epoch: bigint;
  readonly hasEnded: boolean;
}

type Call = (routes: Routes, nowMs: number) => Promise<unknown>;

export class RouteHistory {
  readonly #random: Random;
  readonly #sessions: RouteSessions;
  readonly #logins: Login[] = [];
  readonly #events: HistoryEvent[] = [];

  constructor(random: Random, sessions: RouteSessions, startMs: number) {
    this.#random = random;
    this.#sessions = sessions;
    let nowMs = startMs;
    for (let i = 0; i < 12; i++) {
      const login = {
        userId: BigInt(1 + random.below(3)),
        terminal: 1 + random.below(2),
        serverId: random.pick(['a', 'b', 'c']),
        connectionId: `c${i}`,
        deviceId: random.pick(['', 'x', 'y']),
        // Some are equal: the clocks of servers may agree.
        epoch: BigInt(1 + (i >> 1)),
        hasEnded: random.oneIn(3),
      };
      this.#logins.push(login);
      const kinds: SessionEventKind[] = [OPENED, ...[REFRESHED, BACKGROUND, FOREGROUND].filter(() => random.oneIn(3))];
      if (login.hasEnded) kinds.push(random.pick([CLOSED, LOGGED_OUT]));
      for (const kind of kinds) {
        nowMs += 1 + random.below(100);
        this.#add(login, kind, nowMs);
      }
    }
  }

  /** All events, some twice, in any order. */
  shuffled(): HistoryEvent[] {
    const twice = this.#events.flatMap((one) => (this.#random.oneIn(3) ? [one, one] : [one]));
    for (let i = twice.length - 1; i > 0; i--) {
      const j = this.#random.below(i + 1);
      [twice[i], twice[j]] = [twice[j], twice[i]];
    }
    return twice;
  }

  /** The sessions that have a route when all events were applied. */
  winners(): string[] {
    const open = this.#lastLogins().filter(({ hasEnded }) => !hasEnded);
    return open.map(({ userId, terminal, serverId }) => `${userId} ${terminal} ${serverId}`);
  }

  /** The connections that have not ended, and must. */
  left(): string[] {
    const last = new Set(this.#lastLogins());
    return this.#logins.filter((login) => !last.has(login) && !login.hasEnded).map(idOf);
  }

  /** The connections that may stay. */
  last(): string[] {
    return this.#lastLogins().map(idOf);
  }

  /** A call of Routes, mostly with the next event. */
  randomCall(events: HistoryEvent[]): Call {
    const random = this.#random;
    const { userId, terminal, serverId, connectionId } = random.pick(this.#logins);
    const sender = { userId, terminal };
    const roll = random.below(100);
    if (roll < 60 && events.length > 0) {
      const { event, deviceId } = events.pop()!;
      const isNow = random.oneIn(2);
      const device = random.oneIn(4) ? undefined : deviceId;
      return (routes, nowMs) => routes.apply(isNow ? { ...event, atMs: BigInt(nowMs) } : event, { deviceId: device });
    }
    if (roll < 80)
      return (routes, nowMs) => routes.applyUplink({ sender, serverId, connectionId, version: 2, receivedAtMs: BigInt(nowMs) });
    if (roll < 88) return (routes) => routes.set(userId, terminal, serverId, roll < 84 ? 1 : undefined);
    if (roll < 96) return (routes) => routes.delete(userId, terminal, serverId);
    return (routes) => routes.deleteServer(serverId);
  }

  #add(login: Login, kind: SessionEventKind, atMs: number): void {
    const { userId, terminal, serverId, connectionId, epoch, deviceId } = login;
    const user = { userId, terminal };
    this.#events.push({ event: { user, serverId, connectionId, kind, atMs: BigInt(atMs), epoch, version: 2 }, deviceId });
  }

  /** The last login of each place. */
  #lastLogins(): Login[] {
    const last = new Map<string, Login>();
    for (const login of this.#logins) {
      const known = last.get(this.#placeOf(login));
      if (known === undefined || isBefore(known, login)) last.set(this.#placeOf(login), login);
    }
    return [...last.values()];
  }

  #placeOf({ userId, terminal, connectionId, deviceId }: Login): string {
    if (this.#sessions === 'one-per-terminal') return `${userId} ${terminal}`;
    const own = this.#sessions === 'unlimited' || deviceId === '';
    return `${userId} ${terminal} ${own ? connectionId : `device ${deviceId}`}`;
  }
}

function idOf({ serverId, connectionId }: Login): string {
  return `${serverId} ${connectionId}`;
}

function isBefore(one: Login, other: Login): boolean {
  if (one.epoch !== other.epoch) return one.epoch < other.epoch;
  if (one.serverId !== other.serverId) return one.serverId < other.serverId;
  return one.connectionId < other.connectionId;
}

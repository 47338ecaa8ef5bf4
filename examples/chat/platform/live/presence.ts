// PRESENCE: who is online, for those who have subscribed to it. It follows from the routes.
import {
  Command,
  Presence,
  type PresenceList,
  PresenceStatus,
  type PresenceSubscription,
  ProtocolError,
  type UplinkInfo,
  type UserInfo,
} from '@im/protocol';
import { conversationKey } from '@im/protocol/conversation';
import type { Route, Routes } from '@im/protocol/rocketmq';
import type { Context } from '../context.js';

/** Of a connection. */
const MAX_SUBSCRIPTIONS = 1000;
/** "ttl_ms: 0 = 600000" */
const DEFAULT_TTL_MS = 600_000;

/** The subscriptions of a connection. */
interface Subscriber {
  readonly user: UserInfo;
  readonly serverId: string;
  /** By user, until when, as Unix time in milliseconds. */
  readonly until: Map<bigint, number>;
}

export class PresenceService {
  readonly #context: Context;
  readonly #routes: Routes;
  /** By connection. */
  readonly #subscribers = new Map<string, Subscriber>();
  /** The last presence of each user that was seen online or was asked for. */
  readonly #last = new Map<bigint, Presence>();

  constructor(context: Context, routes: Routes) {
    this.#context = context;
    this.#routes = routes;
  }

  /** @throws ProtocolError QUOTA_EXCEEDED */
  async subscribe({ userIds, unsubscribeIds, ttlMs }: PresenceSubscription, uplink: UplinkInfo): Promise<PresenceList> {
    const user = uplink.sender!;
    const nowMs = this.#context.nowMs();
    const { connectionId, serverId } = uplink;
    const subscriber = this.#subscribers.get(connectionId) ?? { user, serverId, until: new Map<bigint, number>() };
    this.#subscribers.set(connectionId, subscriber);
    for (const userId of unsubscribeIds) subscriber.until.delete(userId);
    for (const [userId, until] of subscriber.until) if (until <= nowMs) subscriber.until.delete(userId);
    const actual = new Set([...subscriber.until.keys(), ...userIds]).size;
    if (actual > MAX_SUBSCRIPTIONS) {
      const text = `${actual} subscriptions of a connection, limit ${MAX_SUBSCRIPTIONS}`;
      throw new ProtocolError('QUOTA_EXCEEDED', text, { limit: MAX_SUBSCRIPTIONS, actual });
    }
    const ids = [...new Set(userIds)];
    for (const userId of ids) subscriber.until.set(userId, nowMs + (ttlMs || DEFAULT_TTL_MS));
    return { items: await Promise.all(ids.map((userId) => this.seenBy(user.userId, userId))) };
  }

  /** "A subscription ends with the connection." */
  connectionEnded(connectionId: string): void {
    this.#subscribers.delete(connectionId);
  }

  /** The routes of a user have changed. Tells the subscribers, if that changes the presence. */
  async changed(userId: bigint): Promise<void> {
    const before = this.#last.get(userId);
    const now = await this.#update(userId);
    if (before !== undefined && isSame(before, now)) return;
    for (const { user, until } of this.#subscribers.values()) {
      if ((until.get(userId) ?? 0) <= this.#context.nowMs()) continue;
      if (!(await this.#maySee(user.userId, userId))) continue;
      const data = { $case: 'presenceList', value: { items: [now] } } as const;
      await this.#context.outbox.terminal(user, Command.PRESENCE, data);
    }
  }

  /** A server is gone with its connections, and nobody tells which of its users are: looks at all. */
  async serverLost(lostId: string): Promise<void> {
    for (const [connectionId, { serverId }] of this.#subscribers) if (serverId === lostId) this.#subscribers.delete(connectionId);
    for (const userId of this.#last.keys()) await this.changed(userId);
  }

  /** The presence of a user, as another one may see it. "Whom the platform does not allow looks like OFFLINE without last_seen_ms." */
  async seenBy(viewerId: bigint, userId: bigint): Promise<Presence> {
    if (await this.#maySee(viewerId, userId)) return this.#update(userId);
    return Presence.create({ userId, status: PresenceStatus.OFFLINE });
  }

  /** Users who share a conversation see each other. */
  async #maySee(viewerId: bigint, userId: bigint): Promise<boolean> {
    const { storage } = this.#context;
    if (viewerId === userId) return true;
    for (const { conversation } of await storage.conversationsOf(viewerId, 0, Number.POSITIVE_INFINITY)) {
      if ((await storage.member(conversationKey(conversation), userId)) !== undefined) return true;
    }
    return false;
  }

  async #update(userId: bigint): Promise<Presence> {
    const routes = (await this.#routes.find([userId])).get(userId) ?? [];
    const before = this.#last.get(userId);
    const now = BigInt(this.#context.nowMs());
    const status = statusOf(routes);
    const wasOnline = before !== undefined && before.status !== PresenceStatus.OFFLINE;
    const lastSeenMs = status === PresenceStatus.OFFLINE ? (wasOnline ? now : (before?.lastSeenMs ?? 0n)) : now;
    const terminals = routes.map(({ terminal }) => terminal);
    const presence = Presence.create({ userId, terminals, status, lastSeenMs, changedAtMs: now });
    if (before !== undefined && isSame(before, presence)) return before;
    this.#last.set(userId, presence);
    return presence;
  }
}

function statusOf(routes: readonly Route[]): PresenceStatus {
  if (routes.length === 0) return PresenceStatus.OFFLINE;
  return routes.every(({ background }) => background) ? PresenceStatus.AWAY : PresenceStatus.ONLINE;
}

function isSame(a: Presence, b: Presence): boolean {
  return (
    a.status === b.status &&
    a.terminals.length === b.terminals.length &&
    a.terminals.every((terminal) => b.terminals.includes(terminal))
  );
}

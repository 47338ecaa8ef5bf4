import type { PresenceSubscription } from '../../generated/im/protocol/v1/presence.js';
import { ProtocolError } from '../errors.js';
import { DEFAULT_PRESENCE_TTL_MS, MAX_PRESENCE_SUBSCRIPTIONS, PRESENCE_INTERVAL_MS } from '../limits.js';

/** The users to whose presence a connection is subscribed. A subscription ends after its `ttl_ms`, or with the connection. */
export class PresenceSubscriptions {
  /** When each subscription ends. */
  readonly #endsAtMs = new Map<bigint, number>();
  /** The requests that the application has not answered, by sequence. */
  readonly #open = new Map<number, PresenceSubscription>();
  #requestedAtMs = Number.NEGATIVE_INFINITY;

  /** Whether the connection is subscribed to a user. */
  has(userId: bigint, nowMs: number): boolean {
    return (this.#endsAtMs.get(userId) ?? 0) > nowMs;
  }

  /** The users of all subscriptions that have not ended. */
  users(nowMs: number): bigint[] {
    this.#expire(nowMs);
    return [...this.#endsAtMs.keys()];
  }

  /** Takes a request. Returns RATE_LIMITED if it comes too early or has too many users. */
  request(sequence: number, subscription: PresenceSubscription, nowMs: number): ProtocolError | undefined {
    const waitMs = Math.ceil(this.#requestedAtMs + PRESENCE_INTERVAL_MS - nowMs);
    if (waitMs > 0)
      return new ProtocolError('RATE_LIMITED', `one PRESENCE within ${PRESENCE_INTERVAL_MS} ms`, { retryAfterMs: waitMs });
    this.#expire(nowMs);
    const actual = this.#sizeWith(subscription);
    if (actual > MAX_PRESENCE_SUBSCRIPTIONS) {
      const text = `subscribed to the presence of ${actual} users, limit ${MAX_PRESENCE_SUBSCRIPTIONS}`;
      return new ProtocolError('RATE_LIMITED', text, { limit: MAX_PRESENCE_SUBSCRIPTIONS, actual });
    }
    this.#requestedAtMs = nowMs;
    this.#open.set(sequence, subscription);
    return undefined;
  }

  /** The application has answered a request. */
  answered(sequence: number, isAccepted: boolean, nowMs: number): void {
    const subscription = this.#open.get(sequence);
    if (subscription === undefined) return;
    this.#open.delete(sequence);
    if (isAccepted) this.#apply(subscription, nowMs);
  }

  /** The most users there can be after this request: the application may accept or refuse each of the open ones before it. */
  #sizeWith({ userIds, unsubscribeIds }: PresenceSubscription): number {
    const users = new Set(this.#endsAtMs.keys());
    for (const open of this.#open.values()) for (const id of open.userIds) users.add(id);
    for (const id of unsubscribeIds) users.delete(id);
    for (const id of userIds) users.add(id);
    return users.size;
  }

  #apply({ userIds, unsubscribeIds, ttlMs }: PresenceSubscription, nowMs: number): void {
    const endsAtMs = nowMs + (ttlMs === 0 ? DEFAULT_PRESENCE_TTL_MS : ttlMs);
    for (const id of unsubscribeIds) this.#endsAtMs.delete(id);
    for (const id of userIds) this.#endsAtMs.set(id, endsAtMs);
  }

  #expire(nowMs: number): void {
    for (const [id, endsAtMs] of this.#endsAtMs) if (endsAtMs <= nowMs) this.#endsAtMs.delete(id);
  }
}

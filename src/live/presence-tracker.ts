import type { Presence, PresenceList, PresenceSubscription } from '../../generated/im/protocol/v1/presence.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { DEFAULT_PRESENCE_TTL_MS, MAX_PRESENCE_SUBSCRIPTIONS, PRESENCE_INTERVAL_MS } from '../limits.js';

/** Options of a PresenceTracker. All optional. */
export interface PresenceTrackerOptions {
  /** How long a subscription lasts before it is renewed, in milliseconds: 2000 to 3600000. Default 600000. */
  readonly ttlMs?: number | undefined;
}

const SHORTEST_TTL_MS = 2000;
const LONGEST_TTL_MS = 3_600_000;

/**
 * Who is online, on a client: subscribes to users, renews the subscriptions before they end, and keeps the newest presence of each. At most 1000
 * users. Send the PRESENCE requests that it asks for, and pass it their replies and all messages.
 */
export class PresenceTracker {
  readonly #ttlMs: number;
  readonly #wanted = new Set<bigint>();
  /** The users of whom the server knows. */
  readonly #subscribed = new Set<bigint>();
  /** The users whose subscription the last request ended. */
  #unsubscribed: readonly bigint[] = [];
  /** The users of whom the server may know, after a request that failed: what is not wanted is unsubscribed. */
  readonly #doubtful = new Set<bigint>();
  readonly #known = new Map<bigint, Presence>();
  #renewsAtMs = Number.POSITIVE_INFINITY;
  #requestedAtMs = Number.NEGATIVE_INFINITY;

  /** @throws RangeError for a `ttlMs` out of range. */
  constructor({ ttlMs = DEFAULT_PRESENCE_TTL_MS }: PresenceTrackerOptions = {}) {
    if (!(ttlMs >= SHORTEST_TTL_MS && ttlMs <= LONGEST_TTL_MS))
      throw new RangeError(`ttlMs: expected ${SHORTEST_TTL_MS} to ${LONGEST_TTL_MS}, got ${ttlMs}`);
    this.#ttlMs = Math.floor(ttlMs);
  }

  /** Follows users. Returns those that are not followed because 1000 are already. */
  follow(userIds: Iterable<bigint>): bigint[] {
    const left: bigint[] = [];
    for (const id of userIds) {
      if (this.#wanted.has(id) || this.#wanted.size < MAX_PRESENCE_SUBSCRIPTIONS) this.#wanted.add(id);
      else left.push(id);
    }
    return left;
  }

  /** Follows users no longer, and forgets their presence. */
  unfollow(userIds: Iterable<bigint>): void {
    for (const id of userIds) {
      this.#wanted.delete(id);
      this.#known.delete(id);
    }
  }

  /** The presence of a user; undefined if it is not known (yet). */
  of(userId: bigint): Presence | undefined {
    return this.#known.get(userId);
  }

  /** The connection is new: the subscriptions ended with the last one. */
  reconnected(): void {
    this.#subscribed.clear();
    this.#doubtful.clear();
    this.#unsubscribed = [];
    this.#requestedAtMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * The data of the PRESENCE request to send now: what has changed, or all once it is to be renewed. Undefined if there is nothing to send, or
   * the last one was less than a second ago.
   */
  takeRequest(nowMs: number): PresenceSubscription | undefined {
    if (nowMs < this.nextDeadlineMs) return undefined;
    const isRenewal = nowMs >= this.#renewsAtMs;
    const userIds = [...this.#wanted].filter((id) => isRenewal || !this.#subscribed.has(id));
    const unsubscribeIds = this.#unwanted().slice(0, MAX_PRESENCE_SUBSCRIPTIONS);
    for (const id of unsubscribeIds) this.#subscribed.delete(id);
    for (const id of [...unsubscribeIds, ...userIds]) this.#doubtful.delete(id);
    this.#unsubscribed = unsubscribeIds;
    for (const id of userIds) this.#subscribed.add(id);
    this.#requestedAtMs = nowMs;
    // Before the oldest subscription ends.
    if (isRenewal || this.#subscribed.size === userIds.length) this.#renewsAtMs = nowMs + this.#ttlMs / 2;
    return { userIds, unsubscribeIds, ttlMs: this.#ttlMs };
  }

  /** The request failed, for example with RATE_LIMITED: it is sent again, together with what has changed. */
  failed(): void {
    for (const id of [...this.#subscribed, ...this.#unsubscribed]) this.#doubtful.add(id);
    // The server has no more subscriptions than this. The oldest may have ended.
    for (const id of this.#doubtful) if (this.#doubtful.size > 2 * MAX_PRESENCE_SUBSCRIPTIONS) this.#doubtful.delete(id);
    this.#subscribed.clear();
    this.#unsubscribed = [];
  }

  /** When `takeRequest` returns the next request, on the clock of `nowMs`; Infinity if there is nothing to send. */
  get nextDeadlineMs(): number {
    const isChanged = [...this.#wanted].some((id) => !this.#subscribed.has(id)) || this.#unwanted().length > 0;
    const earliestMs = this.#requestedAtMs + PRESENCE_INTERVAL_MS;
    if (isChanged) return earliestMs;
    return this.#wanted.size === 0 ? Number.POSITIVE_INFINITY : Math.max(earliestMs, this.#renewsAtMs);
  }

  /**
   * Takes a message of the server, or the reply to a request.
   * @returns the presences that are newer than what was known, of users that are followed.
   */
  take(message: Pick<SendInfo, 'data'> | PresenceList): Presence[] {
    const list = 'items' in message ? message : message.data?.$case === 'presenceList' ? message.data.value : undefined;
    return list?.items.filter((presence) => this.#update(presence)) ?? [];
  }

  /** The users of whom the server knows, or may know, and who are not followed any more. */
  #unwanted(): bigint[] {
    return [...new Set([...this.#subscribed, ...this.#doubtful])].filter((id) => !this.#wanted.has(id));
  }

  /** "Of two for the same user the later counts." */
  #update(presence: Presence): boolean {
    const { userId, changedAtMs } = presence;
    const known = this.#known.get(userId);
    if (!this.#wanted.has(userId) || (known !== undefined && changedAtMs <= known.changedAtMs)) return false;
    this.#known.set(userId, presence);
    return true;
  }
}

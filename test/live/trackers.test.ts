import { describe, expect, it } from 'vitest';
import {
  type PresenceInit,
  PresenceList,
  PresenceStatus,
  type SendInfo,
  TypingAction,
  type TypingInit,
} from '../../src/index.js';
import { PresenceTracker, TypingThrottle, TypingTracker } from '../../src/live/index.js';

const group = (id: bigint) => ({ kind: { $case: 'groupId', value: id } }) as const;
const by = (userId: bigint) => ({ userId, terminal: 1 });
const message = (data: object): SendInfo => ({ cmd: 0, sequence: 0, replyTo: 0, data }) as unknown as SendInfo;
const typing = (userId: bigint, more: TypingInit = {}) =>
  message({ $case: 'typing', value: { conversation: group(3n), sender: by(userId), action: 1, expiresInMs: 0, ...more } });
const presences = (...items: PresenceInit[]) => PresenceList.create({ items });

describe('a TypingTracker', () => {
  const at = (tracker: TypingTracker, nowMs: number): bigint[] => tracker.in('g_3', nowMs).map(({ userId }) => userId);

  it('knows who is typing, until expires_in_ms, or 6 s by default', () => {
    const tracker = new TypingTracker();
    expect(tracker.take(typing(1n), 0)).toEqual(['g_3']);
    tracker.take(typing(2n, { expiresInMs: 500, action: TypingAction.AUDIO }), 100);
    expect(tracker.in('g_3', 100)).toMatchObject([
      { userId: 1n, action: 1 },
      { userId: 2n, action: 2 },
    ]);
    expect([tracker.nextDeadlineMs, at(tracker, 599), at(tracker, 600)]).toEqual([600, [1n, 2n], [1n]]);
    tracker.take(typing(1n), 3000);
    expect([at(tracker, 8999), at(tracker, 9000), tracker.nextDeadlineMs]).toEqual([[1n], [], Number.POSITIVE_INFINITY]);
  });

  it('ends with a message of the user in this conversation, with an empty action, and when the user goes offline', () => {
    const tracker = new TypingTracker();
    const said = (userId: bigint, groupId: bigint) =>
      message({ $case: 'groupMessage', value: { sender: by(userId), groupId, content: {} } });
    for (const id of [1n, 2n, 3n]) tracker.take(typing(id), 0);
    expect([tracker.take(said(1n, 4n), 1), tracker.take(said(1n, 3n), 1), at(tracker, 1)]).toEqual([[], ['g_3'], [2n, 3n]]);
    expect([tracker.take(typing(2n, { action: 0 }), 1), at(tracker, 1)]).toEqual([['g_3'], [3n]]);
    const value = presences({ userId: 3n, status: PresenceStatus.OFFLINE }, { userId: 4n, status: PresenceStatus.OFFLINE });
    expect([tracker.take(message({ $case: 'presenceList', value }), 1), at(tracker, 1)]).toEqual([['g_3'], []]);
  });

  it('skips a conversation of an unknown kind, and keeps 4096 entries', () => {
    const tracker = new TypingTracker();
    expect(tracker.take(typing(1n, { conversation: { kind: undefined } }), 0)).toEqual([]);
    for (let id = 1n; id <= 4096n; id++) tracker.take(typing(id), 0);
    expect(at(tracker, 0)).toHaveLength(4096);
    tracker.take(typing(4097n), 0);
    expect([at(tracker, 0).length, at(tracker, 0)[0]]).toEqual([4096, 2n]);
    tracker.clear();
    expect(at(tracker, 0)).toEqual([]);
  });
});

it('a TypingThrottle lets TYPING through once in 3 s for a conversation', () => {
  const throttle = new TypingThrottle();
  const sent = [0, 0, 2999, 3000, 5999].map((nowMs) => throttle.shouldSend('g_3', nowMs));
  expect(sent).toEqual([true, false, false, true, false]);
  for (let i = 1; i < 256; i++) expect(throttle.shouldSend(`g_${i + 100}`, 5999)).toBe(true);
  expect([throttle.shouldSend('g_999', 5999), throttle.shouldSend('g_999', 8999)]).toEqual([false, true]);
});

describe('a PresenceTracker', () => {
  it('subscribes to whom it follows, at most once a second, and renews before the subscriptions end', () => {
    const tracker = new PresenceTracker({ ttlMs: 10_000 });
    expect([tracker.takeRequest(0), tracker.nextDeadlineMs]).toEqual([undefined, Number.POSITIVE_INFINITY]);
    tracker.follow([1n, 2n]);
    expect(tracker.takeRequest(0)).toEqual({ userIds: [1n, 2n], unsubscribeIds: [], ttlMs: 10_000 });
    tracker.follow([3n]);
    tracker.unfollow([1n]);
    expect([tracker.takeRequest(999), tracker.nextDeadlineMs]).toEqual([undefined, 1000]);
    expect(tracker.takeRequest(1000)).toEqual({ userIds: [3n], unsubscribeIds: [1n], ttlMs: 10_000 });
    expect([tracker.takeRequest(4999), tracker.nextDeadlineMs]).toEqual([undefined, 5000]);
    expect(tracker.takeRequest(5000)).toEqual({ userIds: [2n, 3n], unsubscribeIds: [], ttlMs: 10_000 });
    expect(tracker.nextDeadlineMs).toBe(10_000);
  });

  it('subscribes again after a reconnect, and after a request that failed', () => {
    const tracker = new PresenceTracker();
    tracker.follow([1n]);
    tracker.takeRequest(0);
    tracker.reconnected();
    expect(tracker.takeRequest(1)?.userIds).toEqual([1n]);
    tracker.failed();
    expect([tracker.takeRequest(1000), tracker.takeRequest(1001)?.userIds]).toEqual([undefined, [1n]]);
    tracker.unfollow([1n]);
    expect(tracker.takeRequest(9000)).toMatchObject({ userIds: [], unsubscribeIds: [1n] });
    expect(tracker.nextDeadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('ends the subscriptions that a failed request was to end, so that those of others have room', () => {
    const tracker = new PresenceTracker();
    const ids = (from: number) => Array.from({ length: 1000 }, (_, i) => BigInt(from + i));
    const replace = (before: number, after: number) => {
      tracker.unfollow(ids(before));
      tracker.follow(ids(after));
    };
    tracker.follow(ids(1));
    tracker.takeRequest(0);
    replace(1, 1001);
    expect(tracker.takeRequest(1000)).toMatchObject({ userIds: ids(1001), unsubscribeIds: ids(1) });
    tracker.failed();
    expect(tracker.takeRequest(2000)).toMatchObject({ userIds: ids(1001), unsubscribeIds: ids(1) });
    tracker.failed();
    tracker.unfollow(ids(1001));
    // A request ends at most 1000.
    expect(tracker.nextDeadlineMs).toBe(3000);
    expect(tracker.takeRequest(3000)?.unsubscribeIds).toHaveLength(1000);
    expect(tracker.takeRequest(4000)?.unsubscribeIds).toHaveLength(1000);
    expect(tracker.nextDeadlineMs).toBe(Number.POSITIVE_INFINITY);
    tracker.follow([1n]);
    tracker.takeRequest(5000);
    tracker.failed();
    tracker.reconnected();
    tracker.unfollow([1n]);
    expect(tracker.nextDeadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('keeps the newest presence of each, of those that it follows', () => {
    const tracker = new PresenceTracker();
    tracker.follow([1n]);
    const online = { userId: 1n, status: PresenceStatus.ONLINE, changedAtMs: 5n };
    expect(tracker.take(presences(online, { userId: 2n, status: 1, changedAtMs: 9n }))).toMatchObject([online]);
    const older = presences({ userId: 1n, status: PresenceStatus.OFFLINE, changedAtMs: 4n });
    expect([tracker.take(older), tracker.of(1n)?.status, tracker.of(2n)]).toEqual([[], PresenceStatus.ONLINE, undefined]);
    const newer = presences({ userId: 1n, status: PresenceStatus.OFFLINE, changedAtMs: 6n });
    expect(tracker.take(message({ $case: 'presenceList', value: newer }))).toHaveLength(1);
    expect(tracker.of(1n)?.status).toBe(PresenceStatus.OFFLINE);
  });

  it('follows 1000 users, and has a ttl of 2000 to 3600000 ms', () => {
    const tracker = new PresenceTracker();
    const ids = Array.from({ length: 1001 }, (_, i) => BigInt(i + 1));
    expect([tracker.follow(ids), tracker.takeRequest(0)?.userIds.length]).toEqual([[1001n], 1000]);
    for (const ttlMs of [1999, 3_600_001, Number.NaN]) expect(() => new PresenceTracker({ ttlMs })).toThrow(RangeError);
    for (const ttlMs of [2000, 3_600_000]) expect(new PresenceTracker({ ttlMs }).takeRequest(0)).toBeUndefined();
  });
});

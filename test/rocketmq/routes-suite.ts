// The behavior of Routes: of MemoryRoutes in routes.test.ts, of RedisRoutes in scripts/cluster.
import { describe, expect, it } from 'vitest';
import { type SessionEventInit, SessionEventKind, Terminal } from '../../src/index.js';
import { MemoryRoutes, type MemoryRoutesOptions } from '../../src/rocketmq/memory-routes.js';
import type { AppliedEvent, Routes } from '../../src/rocketmq/routes.js';
import { Random } from '../fuzz/random.js';
import { SEED } from '../seed.js';
import { RouteHistory } from './route-history.js';
import { routesOf } from './routes-of.js';
import { ScriptedClock } from './scripted-clock.js';

const { OPENED, REFRESHED, BACKGROUND, FOREGROUND, CLOSED, LOGGED_OUT } = SessionEventKind;
const LIFETIME_MS = 900_000;
const user = { userId: 1n, terminal: Terminal.APP };
const onB = { serverId: 'B', connectionId: 'c2' };

/** @param runs number of random histories. */
export function routesSuite(create: (options: MemoryRoutesOptions) => Routes, runs: number): void {
  function open() {
    const clock = new ScriptedClock();
    const table = create({ clock });
    /** Applies an event of a connection: `c1` on server `A`. */
    const take = (kind: SessionEventKind, epoch: bigint, rest: SessionEventInit = {}): Promise<AppliedEvent> =>
      table.apply({ user, serverId: 'A', connectionId: 'c1', kind, atMs: BigInt(clock.nowMs()), epoch, version: 2, ...rest });
    const apply = async (...args: Parameters<typeof take>): Promise<boolean> => (await take(...args)).applied;
    const servers = async (): Promise<unknown> => (await routesOf(table, 1n))?.map(({ serverId }) => serverId);
    return { clock, table, take, apply, servers };
  }

  describe('routes from SessionEvents', () => {
    it('are set when a session opens, and end when it is closed or logged out', async () => {
      for (const end of [CLOSED, LOGGED_OUT]) {
        const { table, apply } = open();
        expect(await apply(OPENED, 5n)).toBe(true);
        expect(await routesOf(table, 1n)).toMatchObject([
          { terminal: Terminal.APP, serverId: 'A', version: 2, background: false },
        ]);
        expect(await apply(end, 5n)).toBe(true);
        expect(await routesOf(table, 1n)).toBeUndefined();
      }
    });

    it('drop a late end of an older session', async () => {
      for (const end of [CLOSED, LOGGED_OUT]) {
        const { apply, servers } = open();
        await apply(OPENED, 5n);
        await apply(OPENED, 6n, onB);
        expect([await apply(end, 5n), await servers()]).toEqual([false, ['B']]);
        // The platform's clock may give two logins the same epoch.
        await apply(OPENED, 6n, { serverId: 'C', connectionId: 'c3' });
        expect([await apply(end, 6n, onB), await servers()]).toEqual([false, ['C']]);
        // Connection ids are those of their server.
        expect([await apply(end, 6n, { serverId: 'B', connectionId: 'c3' }), await servers()]).toEqual([false, ['C']]);
      }
    });

    it.each([
      ['OPENED', OPENED],
      ['REFRESHED', REFRESHED],
      ['FOREGROUND', FOREGROUND],
      ['BACKGROUND', BACKGROUND],
    ])('drop a late %s of an older session, even after the newer one has ended', async (_name, kind) => {
      const { apply, servers } = open();
      await apply(OPENED, 6n, onB);
      expect([await apply(kind, 5n), await servers()]).toEqual([false, ['B']]);
      await apply(CLOSED, 6n, onB);
      expect([await apply(kind, 5n), await servers()]).toEqual([false, undefined]);
      expect([await apply(kind, 6n, onB), await servers()]).toEqual([false, undefined]);
      expect([await apply(kind, 7n), await servers()]).toEqual([true, ['A']]);
    });

    it('keep the terminals of a user apart', async () => {
      const { table, apply } = open();
      await apply(OPENED, 9n);
      await apply(OPENED, 1n, { ...onB, user: { userId: 1n, terminal: Terminal.WEB } });
      expect((await routesOf(table, 1n))?.map(({ terminal, serverId }) => [terminal, serverId]).sort()).toEqual([
        [Terminal.WEB, 'B'],
        [Terminal.APP, 'A'],
      ]);
    });

    it('know the background, and keep the version', async () => {
      const { table, apply } = open();
      await apply(OPENED, 5n, { version: 1 });
      const seen = [];
      for (const kind of [BACKGROUND, REFRESHED, FOREGROUND, REFRESHED]) {
        await apply(kind, 5n, { version: 1 });
        const [{ background, version }] = (await routesOf(table, 1n)) ?? [];
        seen.push([background, version]);
      }
      expect(seen).toEqual([
        [true, 1],
        [true, 1],
        [false, 1],
        [false, 1],
      ]);
    });

    it('end without REFRESHED after their lifetime', async () => {
      const { clock, apply, servers } = open();
      await apply(OPENED, 5n);
      await clock.advance(LIFETIME_MS - 1);
      expect(await servers()).toEqual(['A']);
      await apply(REFRESHED, 5n);
      await clock.advance(LIFETIME_MS - 1);
      expect(await servers()).toEqual(['A']);
      await clock.advance(1);
      expect(await servers()).toBeUndefined();
      // The session goes on after all.
      expect([await apply(REFRESHED, 5n), await servers()]).toEqual([true, ['A']]);
    });

    it('are not set by an event that has waited on its topic for their lifetime; the time ahead of a clock does not count', async () => {
      const { clock, apply, servers } = open();
      expect(await apply(OPENED, 5n, { atMs: BigInt(clock.nowMs() - LIFETIME_MS) })).toBe(false);
      expect(await apply(OPENED, 5n, { atMs: BigInt(clock.nowMs() + LIFETIME_MS) })).toBe(true);
      await clock.advance(LIFETIME_MS);
      expect(await servers()).toBeUndefined();
    });

    it('change nothing when delivered again', async () => {
      const { clock, apply, servers, table } = open();
      const opened = { atMs: BigInt(clock.nowMs()) };
      await apply(OPENED, 5n, opened);
      await clock.advance(10);
      await apply(BACKGROUND, 5n);
      expect(await apply(OPENED, 5n, opened)).toBe(false);
      expect((await routesOf(table, 1n))?.[0].background).toBe(true);
      await apply(CLOSED, 5n);
      expect([await apply(OPENED, 5n, opened), await servers()]).toEqual([false, undefined]);
    });

    it('and those set by hand do not expire, and end with the session on their server', async () => {
      const { clock, table, apply, servers } = open();
      await table.set(1n, Terminal.APP, 'A');
      await clock.advance(10 * LIFETIME_MS);
      expect(await servers()).toEqual(['A']);
      expect([await apply(CLOSED, 5n, onB), await servers()]).toEqual([false, ['A']]);
      expect([await apply(CLOSED, 5n), await servers()]).toEqual([true, undefined]);
      await table.set(2n, Terminal.APP, 3);
      expect(await table.delete(2n, Terminal.APP, '3')).toBe(true);
    });
  });

  describe('the route from the UplinkInfo of a SYNC', () => {
    const uplink = (clock: ScriptedClock, rest = {}) => ({
      sender: user,
      serverId: 'B',
      connectionId: 'c2',
      version: 2,
      receivedAtMs: BigInt(clock.nowMs()),
      ...rest,
    });

    it('is entered if it is newer, and late events of the session before do not remove it', async () => {
      const { clock, table, apply, servers } = open();
      const before = { atMs: BigInt(clock.nowMs()) };
      await clock.advance(10);
      expect([await table.applyUplink(uplink(clock)), await servers()]).toEqual([true, ['B']]);
      expect([await apply(OPENED, 5n, before), await apply(CLOSED, 5n, before), await servers()]).toEqual([false, false, ['B']]);
      // A client logs in before its SYNC.
      expect([await apply(OPENED, 6n, { ...onB, ...before }), await servers()]).toEqual([true, ['B']]);
      await clock.advance(10);
      expect([await apply(OPENED, 5n), await apply(CLOSED, 6n, { connectionId: 'c9' }), await servers()]).toEqual([
        false,
        false,
        ['B'],
      ]);
      expect([await apply(CLOSED, 6n, onB), await servers()]).toEqual([true, undefined]);
      expect([await table.applyUplink(uplink(clock)), await servers()]).toEqual([false, undefined]);
    });

    it('is not entered if it is older', async () => {
      const { clock, table, apply, servers } = open();
      const late = uplink(clock);
      await clock.advance(10);
      await apply(OPENED, 5n);
      expect([await table.applyUplink(late), await servers()]).toEqual([false, ['A']]);
    });
  });

  describe('version 2', () => {
    it('is announced by a session of version 2, for the lifetime of a route', async () => {
      const { clock, table, apply } = open();
      await apply(OPENED, 1n, { version: 1 });
      expect(await table.version2Servers()).toEqual([]);
      await apply(OPENED, 2n, { serverId: '3' });
      expect(await table.version2Servers()).toEqual(['3']);
      await clock.advance(LIFETIME_MS);
      expect(await table.version2Servers()).toEqual([]);
    });

    it('is not that of a connection whose route says another version', async () => {
      const { table, apply } = open();
      await apply(OPENED, 1n);
      await table.set(2n, Terminal.APP, 'A', 1);
      await table.set(3n, Terminal.APP, 'A');
      const versions = async () => [...(await table.find([2n, 3n])).values()].map(([{ version }]) => version);
      expect(await versions()).toEqual([1, 2]);
      await table.deleteServer('A');
      await table.set(3n, Terminal.APP, 'A');
      expect(await versions()).toEqual([undefined]);
    });

    it('is forgotten with the server', async () => {
      const { table, apply, servers } = open();
      await apply(OPENED, 1n);
      await table.deleteServer('A');
      expect([await table.version2Servers(), await servers()]).toEqual([[], undefined]);
    });
  });

  describe('routes of several connections of a terminal', () => {
    function openSeveral() {
      const clock = new ScriptedClock();
      const table = create({ clock, sessions: 'unlimited' });
      const apply = async (kind: SessionEventKind, connectionId: string, rest: SessionEventInit = {}): Promise<boolean> => {
        const event = { user, serverId: 'A', connectionId, kind, atMs: BigInt(clock.nowMs()), epoch: 5n, version: 2, ...rest };
        return (await table.apply(event)).applied;
      };
      const found = async (): Promise<unknown> =>
        (await routesOf(table, 1n))?.map(({ serverId, connectionId }) => `${serverId} ${connectionId}`).sort();
      return { clock, table, apply, found };
    }

    it('each has its own, until it ends', async () => {
      const { apply, found } = openSeveral();
      await apply(OPENED, 'c1', { epoch: 9n });
      // A lower epoch, and an id that another server uses too.
      expect([await apply(OPENED, 'c2'), await apply(OPENED, 'c1', { serverId: 'B' })]).toEqual([true, true]);
      expect(await found()).toEqual(['A c1', 'A c2', 'B c1']);
      expect([await apply(CLOSED, 'c1'), await found()]).toEqual([false, ['A c1', 'A c2', 'B c1']]);
      expect([await apply(CLOSED, 'c1', { epoch: 9n }), await found()]).toEqual([true, ['A c2', 'B c1']]);
      expect([await apply(LOGGED_OUT, 'c1', { serverId: 'B' }), await apply(CLOSED, 'c2'), await found()]).toEqual([
        true,
        true,
        undefined,
      ]);
    });

    it('late events of an ended connection change nothing, also if its end comes first', async () => {
      const { apply, found } = openSeveral();
      await apply(OPENED, 'c1');
      await apply(CLOSED, 'c1');
      expect([await apply(REFRESHED, 'c1'), await apply(CLOSED, 'c2'), await apply(OPENED, 'c2'), await found()]).toEqual([
        false,
        true,
        false,
        undefined,
      ]);
      expect([await apply(OPENED, 'c3'), await found()]).toEqual([true, ['A c3']]);
    });

    it('are refreshed and expire each by itself', async () => {
      const { clock, apply, found } = openSeveral();
      await apply(OPENED, 'c1');
      await apply(OPENED, 'c2');
      await clock.advance(LIFETIME_MS - 1);
      await apply(BACKGROUND, 'c2');
      expect(await found()).toEqual(['A c1', 'A c2']);
      await clock.advance(1);
      expect(await found()).toEqual(['A c2']);
    });

    it('an UplinkInfo enters the route of its connection', async () => {
      const { clock, table, apply, found } = openSeveral();
      await apply(OPENED, 'c1');
      await clock.advance(1);
      const uplink = { sender: user, serverId: 'A', connectionId: 'c2', receivedAtMs: BigInt(clock.nowMs()), version: 2 };
      expect([await table.applyUplink(uplink), await found()]).toEqual([true, ['A c1', 'A c2']]);
      expect([await apply(OPENED, 'c2'), await apply(CLOSED, 'c2'), await found()]).toEqual([true, true, ['A c1']]);
      expect([await table.applyUplink(uplink), await found()]).toEqual([false, ['A c1']]);
    });

    it.each([
      [63, []],
      [64, []],
      [65, ['A c0']],
      [67, ['A c0', 'A c1', 'A c2']],
    ])('of %i that have ended, the last 64 are remembered', async (count, forgotten) => {
      const { clock, apply, found } = openSeveral();
      await apply(OPENED, 'open');
      for (let i = 0; i < count; i++) {
        await apply(OPENED, `c${i}`);
        await clock.advance(1);
        expect(await apply(CLOSED, `c${i}`)).toBe(true);
      }
      expect(await found()).toEqual(['A open']);
      for (let i = count - 1; i >= 0; i--) await apply(REFRESHED, `c${i}`);
      expect(await found()).toEqual([...forgotten, 'A open']);
    });

    it('those that ended first are forgotten, in whatever order their ends arrive', async () => {
      const { clock, apply, found } = openSeveral();
      await clock.advance(1000);
      const ends = Array.from({ length: 70 }, (_, i) => (i * 37) % 70);
      for (const i of ends) await apply(CLOSED, `c${i}`, { atMs: BigInt(clock.nowMs() - 500 + i) });
      for (let i = 0; i < 70; i++) await apply(OPENED, `c${i}`);
      expect(await found()).toEqual(Array.from({ length: 6 }, (_, i) => `A c${i}`));
    });

    it('of those that ended at the same time, the first by server and connection id are forgotten', async () => {
      const { apply, found } = openSeveral();
      const ids = Array.from({ length: 66 }, (_, i) => `c${i + 10}`);
      for (const id of ids.toReversed()) await apply(CLOSED, id);
      for (const id of ids) await apply(OPENED, id);
      expect(await found()).toEqual(['A c10', 'A c11']);
    });

    it('are deleted by terminal and server, and with their server', async () => {
      const { table, apply, found } = openSeveral();
      for (const id of ['c1', 'c2']) await apply(OPENED, id);
      await apply(OPENED, 'c1', { serverId: 'B' });
      expect([await table.delete(1n, Terminal.APP, 'A'), await table.delete(1n, Terminal.APP, 'A'), await found()]).toEqual([
        true,
        false,
        ['B c1'],
      ]);
      await table.deleteServer('B');
      expect(await found()).toBeUndefined();
    });
  });

  describe('a session that a later one supersedes', () => {
    const [A, B] = [{ serverId: 'A', connectionId: 'c1' }, onB];

    it('is named to whoever enters the later one, or to itself if it comes late', async () => {
      const { take } = open();
      expect(await take(OPENED, 5n)).toEqual({ applied: true, superseded: undefined, epoch: 5n });
      expect(await take(OPENED, 6n, onB)).toEqual({ applied: true, superseded: A, epoch: 6n });
      expect(await take(OPENED, 6n, onB)).toMatchObject({ superseded: undefined, epoch: 6n });
      for (const kind of [OPENED, REFRESHED, BACKGROUND])
        expect(await take(kind, 5n)).toEqual({ applied: false, superseded: A, epoch: 6n });
      expect(await take(CLOSED, 5n)).toEqual({ applied: false, superseded: undefined, epoch: 6n });
      await take(CLOSED, 6n, onB);
      expect(await take(REFRESHED, 5n)).toEqual({ applied: false, superseded: A, epoch: 6n });
    });

    it('is named too if the end of the later one comes first', async () => {
      const { take, servers } = open();
      await take(OPENED, 5n);
      expect([await take(CLOSED, 6n, onB), await servers()]).toEqual([{ applied: true, superseded: A, epoch: 6n }, undefined]);
      expect(await take(OPENED, 6n, onB)).toMatchObject({ applied: false, superseded: undefined });
    });

    it('of two with the same epoch is that of the lower server id, in both orders', async () => {
      for (const events of [
        [A, B],
        [B, A],
      ]) {
        const { take, servers } = open();
        const superseded = [];
        for (const event of events) superseded.push((await take(OPENED, 5n, event)).superseded);
        expect([superseded.filter((one) => one !== undefined), await servers()]).toEqual([[A], ['B']]);
      }
    });

    it('is named with its server only if it was set by hand, and not if that is the same server', async () => {
      const { take, table } = open();
      await table.set(1n, Terminal.APP, 'A');
      expect((await take(OPENED, 5n)).superseded).toBeUndefined();
      await table.set(1n, Terminal.APP, 'A');
      expect((await take(OPENED, 6n, onB)).superseded).toEqual({ serverId: 'A', connectionId: undefined });
    });

    it('is remembered while an UplinkInfo has its place', async () => {
      const { clock, take, table, servers } = open();
      const uplink = () => ({ sender: user, ...onB, version: 2, receivedAtMs: BigInt(clock.nowMs()) });
      await take(OPENED, 5n);
      await clock.advance(10);
      expect(await table.applyUplink(uplink())).toBe(true);
      expect((await take(OPENED, 6n, onB)).superseded).toEqual(A);
      await clock.advance(10);
      await take(OPENED, 7n);
      await clock.advance(10);
      await table.applyUplink(uplink());
      // The UplinkInfo was of an earlier session.
      expect([await servers(), (await take(REFRESHED, 6n, onB)).superseded, await servers()]).toEqual([['B'], B, ['A']]);
    });

    it('is that of the same device, if each device has one', async () => {
      const clock = new ScriptedClock();
      const table = create({ clock, sessions: 'one-per-device' });
      const take = async (kind: SessionEventKind, serverId: string, deviceId: string | undefined, epoch: bigint) =>
        (
          await table.apply(
            { user, serverId, connectionId: `c${epoch}`, kind, atMs: BigInt(clock.nowMs()), epoch, version: 2 },
            { deviceId },
          )
        ).superseded;
      const found = async () => (await routesOf(table, 1n))?.map(({ connectionId }) => connectionId).sort();
      expect([await take(OPENED, 'A', 'x', 5n), await take(OPENED, 'A', 'y', 6n), await take(OPENED, 'B', '', 7n)]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      expect(await found()).toEqual(['c5', 'c6', 'c7']);
      expect(await take(OPENED, 'B', 'x', 8n)).toEqual({ serverId: 'A', connectionId: 'c5' });
      expect([await take(REFRESHED, 'A', 'x', 5n), await found()]).toEqual([
        { serverId: 'A', connectionId: 'c5' },
        ['c6', 'c7', 'c8'],
      ]);
      // An event that does not name the device is of the same session.
      await take(CLOSED, 'B', undefined, 8n);
      await take(CLOSED, 'B', undefined, 7n);
      expect([await take(REFRESHED, 'B', 'x', 8n), await found()]).toEqual([undefined, ['c6']]);
    });
  });

  describe('a lookup of many users', () => {
    it('finds those who are online', async () => {
      const table = create({ clock: new ScriptedClock() });
      const ids = Array.from({ length: 2500 }, (_, i) => BigInt(i) + 2n ** 53n);
      for (const userId of ids) if (userId % 5n === 0n) await table.set(userId, Terminal.APP, `s${userId % 3n}`);
      const found = await table.find(ids);
      expect([...found.keys()].sort()).toEqual(ids.filter((userId) => userId % 5n === 0n));
      for (const [userId, routes] of found)
        expect(routes).toMatchObject([{ terminal: Terminal.APP, serverId: `s${userId % 3n}` }]);
      expect((await table.find([])).size).toBe(0);
    });
  });

  describe.each(['one-per-terminal', 'one-per-device', 'unlimited'] as const)('random histories, %s', (sessions) => {
    it(`end with the last session of each place, in whatever order the events come, and name all others (seed ${SEED})`, async () => {
      const random = new Random(SEED);
      for (let run = 0; run < runs; run++) {
        const clock = new ScriptedClock();
        const history = new RouteHistory(random, sessions, clock.nowMs());
        const routes = create({ clock, sessions });
        await clock.advance(10_000);
        const superseded = new Set<string>();
        for (const { event, deviceId } of history.shuffled()) {
          const applied = await routes.apply(event, { deviceId });
          if (applied.superseded) superseded.add(`${applied.superseded.serverId} ${applied.superseded.connectionId}`);
        }
        const found = await routes.find([1n, 2n, 3n]);
        const names = [...found].flatMap(([userId, of]) =>
          of.map(({ terminal, serverId }) => `${userId} ${terminal} ${serverId}`),
        );
        expect(names.sort()).toEqual(history.winners().sort());
        expect(history.left().filter((id) => !superseded.has(id))).toEqual([]);
        for (const id of history.last()) expect(superseded).not.toContain(id);
      }
    });

    it(`have the same outcome as MemoryRoutes, at every step (seed ${SEED})`, async () => {
      const random = new Random(SEED);
      for (let run = 0; run < runs; run++) {
        const clock = new ScriptedClock();
        const history = new RouteHistory(random, sessions, clock.nowMs());
        const [routes, model] = [create({ clock, sessions }), new MemoryRoutes({ clock, sessions })];
        const events = history.shuffled();
        for (let step = 0; step < 60; step++) {
          const call = history.randomCall(events);
          expect(await call(routes, clock.nowMs())).toEqual(await call(model, clock.nowMs()));
          if (random.oneIn(4)) await clock.advance(random.pick([1, 1000, 300_000, LIFETIME_MS]));
          expect(await snapshot(routes)).toEqual(await snapshot(model));
        }
      }
    });
  });
}

/** What can be seen of routes, in a fixed order. */
async function snapshot(routes: Routes): Promise<unknown> {
  const found = await routes.find([1n, 2n, 3n]);
  const entries = [...found].map(([userId, of]) => [
    userId,
    of.map((route) => JSON.stringify(Object.entries(route).sort())).sort(),
  ]);
  return [entries, (await routes.version2Servers()).sort()];
}

import { describe, expect, it } from 'vitest';
import { type SessionEventInit, SessionEventKind, Terminal } from '../../src/index.js';
import { RouteTable } from '../../src/rocketmq/routes.js';
import { ScriptedClock } from './scripted-clock.js';

const { OPENED, REFRESHED, BACKGROUND, FOREGROUND, CLOSED, LOGGED_OUT } = SessionEventKind;
const LIFETIME_MS = 900_000;
const user = { userId: 1n, terminal: Terminal.APP };

function open() {
  const clock = new ScriptedClock();
  const table = new RouteTable({ clock });
  /** Applies an event of a connection: `c1` on server `A`. */
  const apply = (kind: SessionEventKind, epoch: bigint, rest: SessionEventInit = {}): boolean =>
    table.apply({ user, serverId: 'A', connectionId: 'c1', kind, atMs: BigInt(clock.nowMs()), epoch, version: 2, ...rest });
  const servers = (): unknown => table.find(1n)?.map(({ serverId }) => serverId);
  return { clock, table, apply, servers };
}

const onB = { serverId: 'B', connectionId: 'c2' };

describe('routes from SessionEvents', () => {
  it('are set when a session opens, and end when it is closed or logged out', () => {
    for (const end of [CLOSED, LOGGED_OUT]) {
      const { table, apply } = open();
      expect(apply(OPENED, 5n)).toBe(true);
      expect(table.find(1n)).toMatchObject([{ terminal: Terminal.APP, serverId: 'A', version: 2, background: false }]);
      expect(apply(end, 5n)).toBe(true);
      expect(table.find(1n)).toBeUndefined();
    }
  });

  it('drop a late end of an older session', () => {
    for (const end of [CLOSED, LOGGED_OUT]) {
      const { apply, servers } = open();
      apply(OPENED, 5n);
      apply(OPENED, 6n, onB);
      expect([apply(end, 5n), servers()]).toEqual([false, ['B']]);
      // The platform's clock may give two logins the same epoch.
      apply(OPENED, 6n, { serverId: 'C', connectionId: 'c3' });
      expect([apply(end, 6n, onB), servers()]).toEqual([false, ['C']]);
      // Connection ids are those of their server.
      expect([apply(end, 6n, { serverId: 'B', connectionId: 'c3' }), servers()]).toEqual([false, ['C']]);
    }
  });

  it.each([
    ['OPENED', OPENED],
    ['REFRESHED', REFRESHED],
    ['FOREGROUND', FOREGROUND],
    ['BACKGROUND', BACKGROUND],
  ])('drop a late %s of an older session, even after the newer one has ended', (_name, kind) => {
    const { apply, servers } = open();
    apply(OPENED, 6n, onB);
    expect([apply(kind, 5n), servers()]).toEqual([false, ['B']]);
    apply(CLOSED, 6n, onB);
    expect([apply(kind, 5n), servers()]).toEqual([false, undefined]);
    expect([apply(kind, 6n, onB), servers()]).toEqual([false, undefined]);
    expect([apply(kind, 7n), servers()]).toEqual([true, ['A']]);
  });

  it('keep the terminals of a user apart', () => {
    const { table, apply } = open();
    apply(OPENED, 9n);
    apply(OPENED, 1n, { ...onB, user: { userId: 1n, terminal: Terminal.WEB } });
    expect(table.find(1n)?.map(({ terminal, serverId }) => [terminal, serverId])).toEqual([
      [Terminal.APP, 'A'],
      [Terminal.WEB, 'B'],
    ]);
  });

  it('know the background, and keep the version', () => {
    const { table, apply } = open();
    apply(OPENED, 5n, { version: 1 });
    const seen = [BACKGROUND, REFRESHED, FOREGROUND, REFRESHED].map((kind) => {
      apply(kind, 5n, { version: 1 });
      const [{ background, version }] = table.find(1n) ?? [];
      return [background, version];
    });
    expect(seen).toEqual([
      [true, 1],
      [true, 1],
      [false, 1],
      [false, 1],
    ]);
  });

  it('end without REFRESHED after their lifetime', async () => {
    const { clock, apply, servers } = open();
    apply(OPENED, 5n);
    await clock.advance(LIFETIME_MS - 1);
    expect(servers()).toEqual(['A']);
    apply(REFRESHED, 5n);
    await clock.advance(LIFETIME_MS - 1);
    expect(servers()).toEqual(['A']);
    await clock.advance(1);
    expect(servers()).toEqual([]);
    // The session goes on after all.
    expect([apply(REFRESHED, 5n), servers()]).toEqual([true, ['A']]);
  });

  it('are not set by an event that has waited on its topic for their lifetime; the time ahead of a clock does not count', async () => {
    const { clock, apply, servers } = open();
    expect(apply(OPENED, 5n, { atMs: BigInt(clock.nowMs() - LIFETIME_MS) })).toBe(false);
    expect(apply(OPENED, 5n, { atMs: BigInt(clock.nowMs() + LIFETIME_MS) })).toBe(true);
    await clock.advance(LIFETIME_MS);
    expect(servers()).toEqual([]);
  });

  it('change nothing when delivered again', async () => {
    const { clock, apply, servers, table } = open();
    const opened = { atMs: BigInt(clock.nowMs()) };
    apply(OPENED, 5n, opened);
    await clock.advance(10);
    apply(BACKGROUND, 5n);
    expect(apply(OPENED, 5n, opened)).toBe(false);
    expect(table.find(1n)?.[0].background).toBe(true);
    apply(CLOSED, 5n);
    expect([apply(OPENED, 5n, opened), servers()]).toEqual([false, undefined]);
  });

  it('and those set by hand do not expire, and end with the session on their server', async () => {
    const { clock, table, apply, servers } = open();
    table.set(1n, Terminal.APP, 'A');
    await clock.advance(10 * LIFETIME_MS);
    expect(servers()).toEqual(['A']);
    expect([apply(CLOSED, 5n, onB), servers()]).toEqual([false, ['A']]);
    expect([apply(CLOSED, 5n), servers()]).toEqual([true, undefined]);
    table.set(2n, Terminal.APP, 3);
    expect(table.delete(2n, Terminal.APP, '3')).toBe(true);
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
    expect([table.applyUplink(uplink(clock)), servers()]).toEqual([true, ['B']]);
    expect([apply(OPENED, 5n, before), apply(CLOSED, 5n, before), servers()]).toEqual([false, false, ['B']]);
    // A client logs in before its SYNC.
    expect([apply(OPENED, 6n, { ...onB, ...before }), servers()]).toEqual([true, ['B']]);
    await clock.advance(10);
    expect([apply(OPENED, 5n), apply(CLOSED, 6n, { connectionId: 'c9' }), servers()]).toEqual([false, false, ['B']]);
    expect([apply(CLOSED, 6n, onB), servers()]).toEqual([true, undefined]);
    expect([table.applyUplink(uplink(clock)), servers()]).toEqual([false, undefined]);
  });

  it('is not entered if it is older', async () => {
    const { clock, table, apply, servers } = open();
    const late = uplink(clock);
    await clock.advance(10);
    apply(OPENED, 5n);
    expect([table.applyUplink(late), servers()]).toEqual([false, ['A']]);
  });
});

describe('version 2', () => {
  it('is announced by a session of version 2, for the lifetime of a route', async () => {
    const { clock, table, apply } = open();
    apply(OPENED, 1n, { version: 1 });
    expect([table.takesVersion2('A'), table.version2Servers()]).toEqual([false, []]);
    apply(OPENED, 2n, { serverId: '3' });
    expect([table.takesVersion2('3'), table.takesVersion2(3), table.version2Servers()]).toEqual([true, true, ['3']]);
    await clock.advance(LIFETIME_MS);
    expect([table.takesVersion2('3'), table.version2Servers()]).toEqual([false, []]);
  });

  it('is not that of a connection whose route says another version', () => {
    const { table, apply } = open();
    apply(OPENED, 1n);
    table.set(2n, Terminal.APP, 'A', 1);
    table.set(3n, Terminal.APP, 'A');
    expect([2n, 3n].map((userId) => table.find(userId)?.[0].version)).toEqual([1, undefined]);
  });

  it('is forgotten with the server', () => {
    const { table, apply, servers } = open();
    apply(OPENED, 1n);
    table.deleteServer('A');
    expect([table.takesVersion2('A'), servers()]).toEqual([false, undefined]);
  });
});

describe('routes of several connections of a terminal', () => {
  function openSeveral() {
    const clock = new ScriptedClock();
    const table = new RouteTable({ clock, sessions: 'unlimited' });
    const apply = (kind: SessionEventKind, connectionId: string, rest: SessionEventInit = {}): boolean =>
      table.apply({ user, serverId: 'A', connectionId, kind, atMs: BigInt(clock.nowMs()), epoch: 5n, version: 2, ...rest });
    const found = (): unknown => table.find(1n)?.map(({ serverId, connectionId }) => `${serverId} ${connectionId}`);
    return { clock, table, apply, found };
  }

  it('each has its own, until it ends', () => {
    const { apply, found } = openSeveral();
    apply(OPENED, 'c1', { epoch: 9n });
    // A lower epoch, and an id that another server uses too.
    expect([apply(OPENED, 'c2'), apply(OPENED, 'c1', { serverId: 'B' })]).toEqual([true, true]);
    expect(found()).toEqual(['A c1', 'A c2', 'B c1']);
    expect([apply(CLOSED, 'c1'), found()]).toEqual([false, ['A c1', 'A c2', 'B c1']]);
    expect([apply(CLOSED, 'c1', { epoch: 9n }), found()]).toEqual([true, ['A c2', 'B c1']]);
    expect([apply(LOGGED_OUT, 'c1', { serverId: 'B' }), apply(CLOSED, 'c2'), found()]).toEqual([true, true, undefined]);
  });

  it('late events of an ended connection change nothing, also if its end comes first', () => {
    const { apply, found } = openSeveral();
    apply(OPENED, 'c1');
    apply(CLOSED, 'c1');
    expect([apply(REFRESHED, 'c1'), apply(CLOSED, 'c2'), apply(OPENED, 'c2'), found()]).toEqual([false, true, false, undefined]);
    expect([apply(OPENED, 'c3'), found()]).toEqual([true, ['A c3']]);
  });

  it('are refreshed and expire each by itself', async () => {
    const { clock, apply, found } = openSeveral();
    apply(OPENED, 'c1');
    apply(OPENED, 'c2');
    await clock.advance(LIFETIME_MS - 1);
    apply(BACKGROUND, 'c2');
    expect(found()).toEqual(['A c1', 'A c2']);
    await clock.advance(1);
    expect(found()).toEqual(['A c2']);
  });

  it('an UplinkInfo enters the route of its connection', async () => {
    const { clock, table, apply, found } = openSeveral();
    apply(OPENED, 'c1');
    await clock.advance(1);
    const uplink = { sender: user, serverId: 'A', connectionId: 'c2', receivedAtMs: BigInt(clock.nowMs()), version: 2 };
    expect([table.applyUplink(uplink), found()]).toEqual([true, ['A c1', 'A c2']]);
    expect([apply(OPENED, 'c2'), apply(CLOSED, 'c2'), found()]).toEqual([true, true, ['A c1']]);
    expect([table.applyUplink(uplink), found()]).toEqual([false, ['A c1']]);
  });

  it('are deleted by terminal and server, and with their server', () => {
    const { table, apply, found } = openSeveral();
    for (const id of ['c1', 'c2']) apply(OPENED, id);
    apply(OPENED, 'c1', { serverId: 'B' });
    expect([table.delete(1n, Terminal.APP, 'A'), table.delete(1n, Terminal.APP, 'A'), found()]).toEqual([true, false, ['B c1']]);
    table.deleteServer('B');
    expect(found()).toBeUndefined();
  });
});

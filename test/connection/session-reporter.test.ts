import { describe, expect, it } from 'vitest';
import { type ReportedConnection, SessionReporter } from '../../src/connection/session-reporter.js';
import { ProtocolError, SessionEvent, type SessionEventInit, SessionEventKind } from '../../src/index.js';
import { MemoryRoutes } from '../../src/rocketmq/memory-routes.js';
import { Random } from '../fuzz/random.js';
import { keptMemory } from '../kept-memory.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';
import { FakePlatform } from './fake-platform.js';

const { OPENED, REFRESHED, BACKGROUND, FOREGROUND, CLOSED, LOGGED_OUT } = SessionEventKind;

class Connection implements ReportedConnection {
  readonly user;
  readonly version = 2;
  readonly client = { os: 'iOS', model: '', appVersion: '', locale: '', timeZone: '' };
  isBackground = false;

  constructor(
    readonly id: string,
    userId = 1n,
    terminal = 1,
  ) {
    this.user = { userId, terminal, deviceId: '' };
  }
}

function open(serverId = 'a') {
  const platform = new FakePlatform();
  const events: SessionEventInit[] = [];
  const reporter = new SessionReporter<Connection>(serverId, platform);
  const observation = reporter.observe((event) => void events.push(event));
  const kinds = (): unknown[] => events.splice(0).map(({ kind }) => kind);
  const pass = (ms: number): void => {
    const untilMs = platform.nowMs() + ms;
    while (platform.callNext(untilMs));
  };
  const background = (connection: Connection, is: boolean): void => {
    connection.isBackground = is;
    reporter.changed(connection);
  };
  return { platform, events, reporter, kinds, pass, background, observation };
}

describe('SessionReporter', () => {
  it('reports a valid OPENED with user, client, version and epoch, and the end with its reason', () => {
    const { platform, events, reporter } = open();
    const connection = new Connection('c-1');
    reporter.opened(connection);
    reporter.ended(connection, new ProtocolError('IDLE_TIMEOUT', 'silent'), false);
    const atMs = BigInt(platform.timeOriginMs);
    const common = { user: { userId: 1n, terminal: 1 }, serverId: 'a', connectionId: 'c-1', atMs, epoch: atMs, version: 2 };
    expect(events).toMatchObject([
      { ...common, kind: OPENED, client: { os: 'iOS' } },
      { ...common, kind: CLOSED, reason: 40 },
    ]);
    for (const event of events) expect(SessionEvent.check(event)).toEqual([]);
    expect(platform.timers).toBe(0);
  });

  it('reports LOGGED_OUT in place of CLOSED, and the end once', () => {
    const { reporter, kinds } = open();
    const connection = new Connection('1');
    reporter.ended(connection, undefined, false);
    reporter.opened(connection);
    reporter.ended(connection, undefined, true);
    reporter.ended(connection, undefined, false);
    expect(kinds()).toEqual([OPENED, LOGGED_OUT]);
  });

  it('uses the epoch of the application', () => {
    const { reporter, events } = open();
    reporter.opened(new Connection('1'), 7n);
    expect(events[0].epoch).toBe(7n);
  });

  it('gives a later login of the same user and terminal a greater epoch, in the same millisecond too', () => {
    const { platform, reporter, events, pass } = open();
    const first = new Connection('1');
    reporter.opened(first);
    reporter.opened(new Connection('2'));
    reporter.ended(first, undefined, false);
    reporter.opened(new Connection('3', 1n, 2));
    reporter.opened(new Connection('4'));
    const zero = BigInt(platform.timeOriginMs);
    expect(events.map(({ epoch }) => (epoch ?? 0n) - zero)).toEqual([0n, 1n, 0n, 0n, 2n]);
    events.length = 0;
    pass(1);
    reporter.opened(new Connection('5'));
    pass(5);
    reporter.opened(new Connection('6'));
    expect(events.map(({ epoch }) => (epoch ?? 0n) - zero)).toEqual([3n, 6n]);
  });

  it('refreshes each session every five minutes, an equal part of them each second', () => {
    const { platform, reporter, events, pass } = open();
    const connections = Array.from({ length: 600 }, (_, i) => new Connection(String(i), BigInt(i + 1)));
    for (const connection of connections) reporter.opened(connection);
    expect(platform.timers).toBe(1);
    events.length = 0;
    for (let second = 0; second < 300; second++) {
      pass(1000);
      expect(events.splice(0).map(({ kind }) => kind)).toEqual([REFRESHED, REFRESHED]);
    }
    for (const connection of connections.slice(1)) reporter.ended(connection, undefined, false);
    events.length = 0;
    pass(3_000_000);
    expect(events.map(({ kind, connectionId }) => [kind, connectionId])).toEqual(Array(10).fill([REFRESHED, '0']));
    reporter.ended(connections[0], undefined, false);
    expect(platform.timers).toBe(0);
  });

  it('catches up once after a time in which nothing ran', () => {
    const { platform, reporter, kinds } = open();
    reporter.opened(new Connection('1'));
    kinds();
    platform.jump(3_600_000);
    platform.callNext(platform.nowMs());
    expect(kinds()).toEqual([REFRESHED]);
    platform.callNext(platform.nowMs() + 999);
    expect(kinds()).toEqual([]);
  });

  it('reports each change between background and foreground, but at most one in a second', () => {
    const { reporter, kinds, pass, background } = open();
    const connection = new Connection('1');
    connection.isBackground = true;
    background(connection, true);
    reporter.opened(connection);
    expect(kinds()).toEqual([OPENED, BACKGROUND]);
    pass(1000);
    kinds();
    background(connection, false);
    expect(kinds()).toEqual([FOREGROUND]);
    for (let i = 0; i < 1000; i++) background(connection, i % 2 === 0);
    background(connection, true);
    expect(kinds()).toEqual([]);
    pass(1000);
    expect(kinds()).toEqual([BACKGROUND]);
    background(connection, false);
    background(connection, true);
    pass(2000);
    expect(kinds()).toEqual([]);
    background(connection, false);
    reporter.ended(connection, undefined, false);
    pass(2000);
    expect(kinds()).toEqual([FOREGROUND, CLOSED]);
  });

  it.each([
    ['', 'got 0 bytes, at least 1'],
    ['a.b', 'character 1 is not in [A-Za-z0-9_\\-]'],
    ['a'.repeat(109), 'got 109 bytes, limit 108'],
  ])('refuses the server id %j', (serverId, text) => {
    expect(thrownBy(() => open(serverId)).message).toBe(`[INVALID_MESSAGE] SessionEvent breaks 1 rule: serverId: ${text}`);
    open('a'.repeat(108));
  });

  it('reports to a listener that comes late the sessions that are open, and nothing after stop', () => {
    const { events, reporter, background, observation } = open();
    const [one, two] = [new Connection('c-1'), new Connection('c-2', 2n)];
    for (const connection of [one, two]) reporter.opened(connection);
    background(two, true);
    const seen: unknown[] = [];
    const late = reporter.observe(({ connectionId, kind, epoch }) => void seen.push([connectionId, kind, typeof epoch]));
    expect(seen.splice(0)).toEqual([
      ['c-1', OPENED, 'bigint'],
      ['c-2', OPENED, 'bigint'],
      ['c-2', BACKGROUND, 'bigint'],
    ]);
    expect([...late.sessions()].map(([{ kind }, { id }]) => [id, kind])).toEqual([
      ['c-1', REFRESHED],
      ['c-2', REFRESHED],
    ]);
    observation.stop();
    events.length = 0;
    reporter.ended(one, undefined, false);
    expect([events, seen]).toEqual([[], [['c-1', CLOSED, 'bigint']]]);
  });

  it('raises the epoch of a session that has that of the clock', () => {
    const { events, reporter, observation } = open();
    const [clock, own] = [new Connection('c-1'), new Connection('c-2', 2n)];
    reporter.opened(clock);
    reporter.opened(own, 7n);
    const above = events[0].epoch! + 5000n;
    expect(observation.raise(clock, above)).toMatchObject({ kind: OPENED, connectionId: 'c-1', epoch: above + 1n });
    expect(observation.raise(own, 8n)).toBeUndefined();
    reporter.ended(clock, undefined, false);
    expect(events.at(-1)).toMatchObject({ kind: CLOSED, epoch: above + 1n });
    expect(observation.raise(clock, above)).toBeUndefined();
    // The next one of the user is higher still.
    reporter.opened(new Connection('c-3'));
    expect(events.at(-1)).toMatchObject({ kind: OPENED, epoch: above + 2n });
  });

  it('does not remember the logins after one whose epoch runs far ahead', () => {
    const { events, reporter, pass, observation } = open();
    const far = new Connection('c-1');
    reporter.opened(far);
    observation.raise(far, 2n ** 62n);
    const { bytes } = keptMemory(() => {
      for (let i = 0; i < 50_000; i++) {
        const connection = new Connection(`c-${i}`, BigInt(i + 10));
        reporter.opened(connection);
        reporter.ended(connection, undefined, false);
        if (i % 10 === 0) pass(1000);
        events.length = 0;
      }
    });
    expect(bytes).toBeLessThan(2_000_000);
    // Its next one is higher still.
    reporter.opened(new Connection('c-2'));
    expect(events[0]).toMatchObject({ epoch: 2n ** 62n + 2n });
  });

  it(`fills a MemoryRoutes that is right in the end, whatever the order in which the events of several servers arrive (seed ${SEED})`, async () => {
    const random = new Random(SEED);
    for (let run = 0; run < 300; run++) {
      const platform = new FakePlatform();
      const events: SessionEventInit[] = [];
      const counters = new Map<string, bigint>();
      const servers = ['a', 'b', 'c'].map((id) => ({
        id,
        open: [] as Connection[],
        reporter: new SessionReporter<Connection>(id, platform),
      }));
      for (const { reporter } of servers) reporter.observe((event) => void events.push(event));
      let ids = 0;
      /** The server of each user and terminal. */
      const truth = new Map<string, string>();
      for (let step = 0; step < 40; step++) {
        const server = random.pick(servers);
        const roll = random.below(100);
        if (roll < 45) {
          const connection = new Connection(String(++ids), BigInt(1 + random.below(3)), 1 + random.below(2));
          const key = `${connection.user.userId}/${connection.user.terminal}`;
          // One counter for all servers.
          const epoch = (counters.get(key) ?? 0n) + 1n;
          counters.set(key, epoch);
          server.reporter.opened(connection, epoch);
          truth.set(key, `${server.id}/${connection.id}`);
          server.open.push(connection);
        } else if (roll < 75 && server.open.length > 0) {
          const [connection] = server.open.splice(random.below(server.open.length), 1);
          server.reporter.ended(connection, undefined, random.oneIn(2));
          const key = `${connection.user.userId}/${connection.user.terminal}`;
          if (truth.get(key) === `${server.id}/${connection.id}`) truth.delete(key);
        } else {
          const untilMs = platform.nowMs() + random.below(2000);
          while (platform.callNext(untilMs));
        }
      }
      const clock = { nowMs: () => platform.timeOriginMs + platform.nowMs() };
      const table = new MemoryRoutes({ clock });
      for (const event of shuffled(events, random)) await table.apply(event);
      const found = [...(await table.find([1n, 2n, 3n]))].flatMap(([userId, routes]) =>
        routes.map(({ terminal, serverId }) => [`${userId}/${terminal}`, serverId]),
      );
      const expected = [...truth].map(([key, value]) => [key, value.split('/')[0]]);
      expect(new Map(found as [string, string][])).toEqual(new Map(expected as [string, string][]));
    }
  });
});

/** The same events: some twice, in another order. */
function shuffled(events: readonly SessionEventInit[], random: Random): SessionEventInit[] {
  const twice = events.flatMap((event) => (random.oneIn(3) ? [event, event] : [event]));
  for (let i = twice.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [twice[i], twice[j]] = [twice[j], twice[i]];
  }
  return twice;
}

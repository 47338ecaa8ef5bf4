// The order of logins, outages and the end, on a clock that tests move.
import { describe, expect, it } from 'vitest';
import type { SessionObservation } from '../../src/connection/session-reporter.js';
import { ProtocolError, type SessionEventInit, SessionEventKind } from '../../src/index.js';
import { MemoryRoutes, type Routes } from '../../src/rocketmq/index.js';
import { SessionPublisher } from '../../src/server/session-publisher.js';
import { ConnectionRegistry } from '../../src/session/index.js';
import { ScriptedClock, settle } from '../rocketmq/scripted-clock.js';
import { Served } from './served.js';

const { OPENED, REFRESHED } = SessionEventKind;

/** A server whose routes a test switches off. Other servers reach the store. */
function create(apply?: Routes['apply']) {
  const clock = new ScriptedClock();
  const store = new MemoryRoutes({ clock });
  const away = new ProtocolError('TIMEOUT', 'away');
  const state = { isAway: false, isBrokerAway: false, calls: 0 };
  const routes = Object.create(store) as Routes;
  routes.apply = async (...args) => {
    state.calls += 1;
    if (state.isAway) throw away;
    return (apply ?? store.apply.bind(store))(...args);
  };
  const errors: string[] = [];
  const published: unknown[] = [];
  const publisher = new SessionPublisher<Served>({
    serverId: 'one',
    connections: new ConnectionRegistry<Served>(),
    broker: {
      publish: async ({ topic }) => {
        state.calls += 1;
        if (state.isBrokerAway) throw away;
        published.push(topic);
        return { messageId: '1' };
      },
    },
    routes,
    maxWaitingBytes: 1_000_000,
    clock,
    report: (error, part) => void errors.push(`${part}: ${(error as Error).message}`),
  });
  const open = new Map<Served, bigint>();
  const event = ({ id, user }: Served, kind: SessionEventKind, epoch: bigint): SessionEventInit => ({
    user: { userId: user!.userId, terminal: user!.terminal },
    serverId: 'one',
    connectionId: id,
    kind,
    epoch,
    atMs: BigInt(clock.nowMs()),
    version: 2,
  });
  let listener = (_event: SessionEventInit, _connection: Served): void => {};
  const observation: SessionObservation<Served> = {
    *sessions() {
      for (const [connection, epoch] of open) yield [event(connection, REFRESHED, epoch), connection] as const;
    },
    raise: (connection, above) => {
      open.set(connection, above + 1n);
      return event(connection, OPENED, above + 1n);
    },
    stop: () => {},
  };
  publisher.start((given) => {
    listener = given;
    return observation;
  });
  const login = (userId: bigint, terminal = 1): Served => {
    const connection = new Served(`c-${userId}-${terminal}`, userId, terminal);
    const epoch = BigInt(clock.nowMs());
    open.set(connection, epoch);
    listener(event(connection, OPENED, epoch), connection);
    return connection;
  };
  const loginElsewhere = (userId: bigint, terminal: number, epoch: bigint) =>
    store.apply({
      user: { userId, terminal },
      serverId: 'two',
      connectionId: 'x',
      kind: OPENED,
      epoch,
      atMs: BigInt(clock.nowMs()),
      version: 2,
    });
  const serverOf = async (userId: bigint) => (await store.find([userId])).get(userId)?.map(({ serverId }) => serverId);
  const refresh = (connection: Served): void => listener(event(connection, REFRESHED, open.get(connection)!), connection);
  return { clock, store, state, errors, published, publisher, login, refresh, loginElsewhere, serverOf };
}

it('a login that has waited for the routes gives way to a later one on another server', async () => {
  const { clock, state, login, loginElsewhere, serverOf } = create();
  state.isAway = true;
  login(1n, 1);
  // It waits for the event before, and is tried once the routes are back.
  const stale = login(1n, 2);
  await clock.advance(10_000);
  await loginElsewhere(1n, 2, BigInt(clock.nowMs()));
  state.isAway = false;
  await clock.advance(10_000);
  expect(stale.taken.length).toBeGreaterThan(0);
  expect((await serverOf(1n))?.sort()).toEqual(['one', 'two']);
});

it('a fresh login wins although the clock of the other server is ahead', async () => {
  const { clock, login, loginElsewhere, serverOf, published } = create();
  await loginElsewhere(1n, 1, BigInt(clock.nowMs() + 60_000));
  const fresh = login(1n, 1);
  await settle();
  expect([fresh.taken, await serverOf(1n), published]).toEqual([[], ['one'], ['im_message_system_two', 'im_session']]);
});

it('enters all sessions again if the routes are lost once more meanwhile', async () => {
  const { clock, store, state, login, serverOf } = create();
  const users = Array.from({ length: 200 }, (_, i) => BigInt(i + 1));
  for (const userId of users) login(userId);
  await settle();
  state.isAway = true;
  login(1000n);
  await clock.advance(1000);
  await store.deleteServer('one');
  state.isAway = false;
  const before = state.calls;
  // The routes are lost for the second time after the first sessions were entered again.
  const { apply } = store;
  store.apply = (...args) => {
    if (state.calls === before + 100) {
      state.isAway = true;
      void store.deleteServer('one');
    }
    return apply.apply(store, args);
  };
  await clock.advance(6000);
  expect(state.isAway).toBe(true);
  state.isAway = false;
  await clock.advance(6000);
  const found = await Promise.all(users.map(serverOf));
  expect(found.filter((servers) => servers === undefined)).toEqual([]);
});

it.each([false, true])(
  'at the end, publishes what has waited for the routes, unless the broker is away, too: %s',
  async (isBrokerAway) => {
    const { clock, state, errors, published, publisher, login } = create();
    state.isAway = true;
    for (let userId = 1n; userId <= 500n; userId++) login(userId);
    await settle();
    state.isBrokerAway = isBrokerAway;
    const closed = publisher.close(1000);
    await clock.advance(500);
    expect(errors.filter((error) => error === 'routes: [CLOSED] closed before the call succeeded').length).toBe(
      isBrokerAway ? 64 : 500,
    );
    await clock.advance(500);
    const { calls } = state;
    await closed;
    expect([state.calls - calls, published.length, publisher.waitingBytes]).toEqual([0, isBrokerAway ? 0 : 500, 0]);
    const lost = errors.filter((error) => error === 'sessions: [CLOSED] closed before the call succeeded').length;
    expect(lost).toBe(isBrokerAway ? 500 : 0);
  },
);

describe('routes that refuse the events of one user', () => {
  const WRONG = new ProtocolError('INTERNAL', 'wrong type');

  /** @param failures how often the routes refuse user 7 after they have accepted another user. */
  async function play(failures: number) {
    let calls = 0;
    const server = create((...args) =>
      args[0].user?.userId === 7n && ++calls <= failures + 1 ? Promise.reject(WRONG) : server.store.apply(...args),
    );
    const refused = server.login(7n);
    await settle();
    // Others log in between any two tries, the first of which are 100 ms apart.
    for (let userId = 100n; userId < 600n; userId++) {
      server.login(userId);
      await server.clock.advance(50);
    }
    return { ...server, refused, calls: () => calls };
  }

  it.each([6, 7])('enter an event after %i failures', async (failures) => {
    const { serverOf, errors, calls, published } = await play(failures);
    expect([await serverOf(7n), errors, published.length]).toEqual([['one'], ['routes: [INTERNAL] wrong type'], 501]);
    expect(calls()).toBe(failures + 2);
  });

  it.each([8, 9, 1000])('do not block it for ever: after 8 of %i failures it is published, and reported', async (failures) => {
    const { serverOf, errors, calls, published, publisher } = await play(failures);
    expect([await serverOf(7n), published.length, publisher.waitingBytes]).toEqual([undefined, 501, 0]);
    expect(errors).toEqual(['routes: [INTERNAL] wrong type', 'routes: [INTERNAL] wrong type']);
    expect(calls()).toBe(9);
  });

  it('are tried with the next event of the session', async () => {
    const { clock, serverOf, refused, refresh } = await play(8);
    refresh(refused);
    await clock.advance(1000);
    expect(await serverOf(7n)).toEqual(['one']);
  });

  it('do not make the other sessions be entered again and again', async () => {
    const { clock, state, login, published } = await play(1000);
    const { calls } = state;
    for (let userId = 600n; userId < 700n; userId++) login(userId);
    await clock.advance(600_000);
    // A call of the routes and one of the broker for each.
    expect([state.calls - calls, published.length]).toEqual([200, 601]);
  });
});

it('routes that are away for longer than their lifetime do not keep events from the platform, and get all sessions', async () => {
  const { clock, state, errors, published, login, serverOf } = create();
  state.isAway = true;
  for (let userId = 1n; userId <= 3n; userId++) login(userId);
  await clock.advance(900_000 - 1);
  expect([published, errors]).toEqual([[], ['routes: [TIMEOUT] away']]);
  await clock.advance(10_000);
  expect([published.length, errors.length]).toEqual([3, 4]);
  state.isAway = false;
  login(4n);
  await clock.advance(10_000);
  for (let userId = 1n; userId <= 4n; userId++) expect(await serverOf(userId)).toEqual(['one']);
});

// Deadlines that fire late, because the process stood still: what has arrived by then is read first.
import { describe, expect, it } from 'vitest';
import { Driver } from '../../src/connection/driver.js';
import { createHello, encodeFrame } from '../../src/index.js';
import { ServerSession } from '../../src/session/server-session.js';
import { FakePlatform, turn } from './fake-platform.js';
import { ASK, ask, custom, textOf } from './messages.js';
import { ALICE, TOKEN, World, type WorldOptions } from './world.js';

const HELLO = encodeFrame('Hello', createHello());
const LOGIN = encodeFrame('SendInfo', { cmd: 1, sequence: 1, data: { $case: 'login', value: TOKEN } });
const PUSH = encodeFrame('SendInfo', { cmd: ASK, data: custom('x'.repeat(100)).data });

/** A server, and a client that is played by hand. */
async function byHand(options: WorldOptions, ...frames: Uint8Array[]) {
  const world = new World(options);
  world.start().catch(() => {});
  await turn();
  const [end] = world.ends;
  const { peer } = end;
  // The client of the world has no say here.
  end.write = () => {};
  end.owner = { received: () => {}, drained: () => {}, ended: () => {} };
  for (const frame of frames) peer.owner.received(frame);
  await world.settle();
  return { world, served: world.served[0], say: (bytes: Uint8Array) => void peer.owner.received(bytes) };
}

describe('data in the socket is read before a deadline expires', () => {
  it('idle timer: both sides keep a connection whose frames were not read yet', async () => {
    const world = new World({ heartbeatIntervalMs: 1000, message: (message) => custom(`re ${textOf(message)}`) });
    const client = await world.connect();
    client.send(custom('from the client'));
    world.served[0].push(custom('from the server'));
    world.platform.callSoon();
    world.standStill(4000);
    await world.settle();
    expect([client.state, world.served[0].state, world.dials]).toEqual(['authenticated', 'authenticated', 1]);
  });

  it('idle timer: without a frame in the socket the connection closes', async () => {
    const { world, served } = await byHand({ heartbeatIntervalMs: 1000 }, HELLO, LOGIN);
    world.standStill(4000);
    await world.settle();
    expect(served.driver.session.closeError?.message).toBe('[IDLE_TIMEOUT] no frame received for 4000 ms');
  });

  it('requests: a reply that has arrived resolves, and one that has not is a TIMEOUT', async () => {
    const world = new World({ message: (message) => (textOf(message) === 'a' ? custom('re a') : new Promise<never>(() => {})) });
    const client = await world.connect();
    const [answered, open] = [client.request(ASK, ask('a')), client.request(ASK, ask('b'))];
    world.platform.callSoon();
    world.lastEnd.deliver();
    const failed = expect(open).rejects.toMatchObject({ code: 'TIMEOUT' });
    world.standStill(10_000);
    await world.settle();
    expect(textOf(await answered)).toBe('re a');
    await failed;
  });

  it('requests of the server: the same', async () => {
    const { world, served, say } = await byHand({ requestTimeoutMs: 1000 }, HELLO, LOGIN);
    const asked = served.request(custom('a'));
    await world.settle();
    world.standStill(5000);
    say(encodeFrame('SendInfo', { ...custom('re a'), replyTo: 1 }));
    await world.settle();
    expect(textOf(await asked)).toBe('re a');
  });

  it.each([
    ['handshake', { handshakeTimeoutMs: 500 }, [HELLO.subarray(0, 5)], Buffer.concat([HELLO.subarray(5), LOGIN])],
    ['LOGIN', { loginTimeoutMs: 500 }, [HELLO], LOGIN],
    ['the rest of a frame', { frameTimeoutMs: 500 }, [HELLO, LOGIN, PUSH.subarray(0, 20)], PUSH.subarray(20)],
  ])('%s: what completes it in time is read first', async (_name, options, before, after) => {
    const kept = await byHand(options, ...before);
    kept.world.standStill(3000);
    kept.say(after);
    await kept.world.settle();
    expect(kept.served.state).toBe('authenticated');
    const closed = await byHand(options, ...before);
    closed.world.standStill(3000);
    await closed.world.settle();
    expect(closed.served.state).toBe('closed');
  });

  it('the grace period of a drain: messages sent within it are delivered', async () => {
    const got: string[] = [];
    const { world, served, say } = await byHand({ message: (asked) => void got.push(textOf(asked)) as undefined }, HELLO, LOGIN);
    served.drain({ graceMs: 500 });
    world.standStill(3000);
    say(encodeFrame('SendInfo', custom('last words')));
    await world.settle();
    expect([got, served.state]).toEqual([['last words'], 'closed']);
  });

  it('the handshake of a client: a Welcome that has arrived is accepted', async () => {
    const world = new World({ login: () => ALICE });
    const client = world.start();
    await turn();
    world.platform.callSoon();
    world.lastEnd.deliver();
    world.standStill(11_000);
    await world.settle();
    expect((await client).state).toBe('authenticated');
  });

  it('the `login` of a client: an answer that has arrived is used', async () => {
    const world = new World();
    let answer: (() => void) | undefined;
    const client = world.start({ login: () => new Promise((resolve) => (answer = () => resolve(TOKEN))) });
    await turn();
    world.standStill(60_000);
    answer!();
    await world.settle();
    expect((await client).state).toBe('authenticated');
  });

  it('opening a transport: the time in which this side was blocked does not count', async () => {
    const world = new World();
    world.answer = 'nothing';
    const failed = expect(world.start()).rejects.toMatchObject({ code: 'HANDSHAKE_TIMEOUT' });
    await world.settle();
    world.standStill(60_000);
    await world.settle();
    expect(world.cancelled).toBe(0);
    await world.pass(10_000);
    expect(world.cancelled).toBe(1);
    await failed;
  });

  it('a request made before this side was blocked has its full timeout from when it is written', async () => {
    const world = new World({ message: (message) => custom(`re ${textOf(message)}`) });
    const client = await world.connect();
    const answer = client.request(ASK, ask('a'), { timeoutMs: 1000 });
    world.standStill(5000);
    await world.settle();
    expect(textOf(await answer)).toBe('re a');
    const lost = expect(client.request(ASK, ask('b'), { timeoutMs: 1000 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    world.lastEnd.isStuck = true;
    world.standStill(5000);
    await world.pass(999);
    expect(client.state).toBe('authenticated');
    await world.pass(1);
    await lost;
  });

  it('reading may take several turns, and data after the last one is too late', async () => {
    const turnsOf = async (bytes: number): Promise<number> => {
      const { world, served, say } = await byHand({ frameTimeoutMs: 500 }, HELLO, LOGIN, PUSH.subarray(0, 20));
      world.standStill(3000);
      // A busy peer: each turn brings a byte of the frame.
      for (let i = 0; i < bytes; i++) {
        say(PUSH.subarray(20 + i, 21 + i));
        world.platform.callTurns();
        if (served.state === 'closed') return i + 1;
      }
      return Number.POSITIVE_INFINITY;
    };
    expect(await turnsOf(20)).toBe(Number.POSITIVE_INFINITY);
    expect(await turnsOf(100)).toBe(32);
  });

  it('deadlines that expire while data is read wait for their own turn', async () => {
    const { world, served, say } = await byHand({ heartbeatIntervalMs: 1000, requestTimeoutMs: 100 }, HELLO, LOGIN);
    const failed = expect(served.request(custom('a'))).rejects.toMatchObject({ code: 'TIMEOUT' });
    world.platform.callSoon();
    world.standStill(200);
    // Somebody else's bytes take 4 s to handle, and this connection is written to meanwhile.
    world.platform.jump(4000);
    served.push(custom('b'));
    world.platform.callTurns();
    await failed;
    say(PUSH);
    await world.settle();
    expect(served.state).toBe('authenticated');
  });
});

it('a deadline beyond the longest timer takes several timers', async () => {
  // Catches a timer that is not capped: the clock of the test refuses it, and those of Node and of browsers would go off at once.
  const platform = new FakePlatform();
  const session = new ServerSession({ handshakeTimeoutMs: 3_000_000_000 }, 0);
  const driver = new Driver(session, platform, { takeEvent: () => {}, failed: () => {} });
  expect(driver.transport).toBeUndefined();
  while (platform.callNext(2_999_999_999));
  expect([platform.callTurns(), session.state]).toEqual([false, 'negotiating']);
  expect(platform.callNext(3_000_000_000)).toBe(true);
  expect([platform.callTurns(), session.state]).toEqual([true, 'closed']);
});

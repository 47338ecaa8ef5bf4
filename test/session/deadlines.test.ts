// Each deadline one millisecond before it, and at it.
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { ClientSession, ServerSession, type Session } from '../../src/session/index.js';
import { hex } from '../frame/hex.js';
import { welcomeWith } from '../negotiate/universe.js';
import { SENDER } from './alphabet.js';
import * as stages from './stages.js';
import { events, written } from './transcript.js';

const HEARTBEAT = encodeFrame('SendInfo', { cmd: 2, data: { $case: 'heartbeat', value: { sentAtMs: 1n } } });
const NO_COMMAND = hex('00 00 00 04 01 07 00 00');
const request = { cmd: 1000 };

/** Nothing is due one millisecond before; at the deadline the session does `expected`. */
function expectDeadline(session: Session, atMs: number, expected: { written: string[]; events: string[] }): void {
  expect(session.nextDeadlineMs).toBeLessThanOrEqual(atMs);
  session.tick(atMs - 1);
  expect({ written: written(session), events: events(session) }).toEqual({ written: [], events: [] });
  expect(session.nextDeadlineMs).toBe(atMs);
  session.tick(atMs);
  expect({ written: written(session), events: events(session) }).toEqual(expected);
  expect(session.nextDeadlineMs).toBeGreaterThan(atMs);
}

const idle = { written: ['ERROR 40 0'], events: ['closed IDLE_TIMEOUT'] };

describe('the handshake', () => {
  it('times out on a server 10 s after the connection opened', () => {
    const session = new ServerSession({}, 500);
    expectDeadline(session, 10_500, { written: ['Reject 5'], events: ['closed HANDSHAKE_TIMEOUT'] });
  });

  it('times out on a client 10 s after it began to connect, before the transport is open', () => {
    const session = new ClientSession(stages.PLAIN, 500);
    expectDeadline(session, 10_500, { written: [], events: ['closed HANDSHAKE_TIMEOUT'] });
    session.open(10_600);
    expect([written(session), session.state]).toEqual([[], 'closed']);
  });

  it('times out on a client 10 s after it began to connect, no matter when the transport opened', () => {
    const session = new ClientSession(stages.PLAIN, 500);
    session.open(9000);
    expect(written(session)).toEqual(['Hello']);
    expectDeadline(session, 10_500, { written: [], events: ['closed HANDSHAKE_TIMEOUT'] });
  });

  it('has a timeout that can be configured', () => {
    expect(new ServerSession({ handshakeTimeoutMs: 1 }, 5).nextDeadlineMs).toBe(6);
    expect(new ClientSession({ handshakeTimeoutMs: 1 }, 5).nextDeadlineMs).toBe(6);
  });
});

describe('LOGIN', () => {
  it('must arrive within 10 s after the Welcome', () => {
    const session = new ServerSession(stages.PLAIN, 0);
    session.receive(stages.HELLO, 4000);
    stages.silent(session);
    expectDeadline(session, 14_000, idle);
  });

  it('is not postponed by heartbeats', () => {
    const session = stages.anonymousServer();
    for (let at = 1000; at < 10_000; at += 1000) session.receive(HEARTBEAT, at);
    expectDeadline(session, 10_000, idle);
  });

  it('may be answered until its timeout', () => {
    const session = stages.anonymousServer();
    session.receive(stages.LOGIN, 5000);
    session.tick(9999);
    session.acceptLogin(1, SENDER, 9999);
    expect([events(session), written(session), session.state]).toEqual([
      ['login 1', 'authenticated'],
      ['LOGIN re 1'],
      'authenticated',
    ]);
    session.tick(10_000);
    expect(session.state).toBe('authenticated');
  });

  it('without an answer is OVERLOADED at its timeout, in spite of heartbeats', () => {
    const session = stages.anonymousServer();
    session.receive(stages.LOGIN, 5000);
    session.receive(HEARTBEAT, 9000);
    stages.silent(session);
    expectDeadline(session, 10_000, { written: ['ERROR 4 re 1'], events: ['overdue', 'closed OVERLOADED'] });
    session.acceptLogin(1, SENDER, 20_000);
    expect([written(session), session.state]).toEqual([[], 'closed']);
  });

  it('that renews the token and gets no answer is INTERNAL, and the next one is accepted', () => {
    const session = stages.server();
    const renew = (sequence: number): Uint8Array =>
      encodeFrame('SendInfo', { cmd: 1, sequence, data: { $case: 'login', value: { accessToken: 't' } } });
    session.receive(renew(5), 0);
    stages.silent(session);
    session.tick(9999);
    expect(written(session)).toEqual([]);
    session.tick(10_000);
    expect([written(session), events(session)]).toEqual([['ERROR 43 re 5'], ['overdue', 'notice INTERNAL']]);
    session.receive(renew(6), 10_000);
    session.acceptLogin(6, SENDER, 10_001);
    session.tick(20_000);
    expect([written(session), session.state]).toEqual([['LOGIN re 6'], 'authenticated']);
  });

  it('without an answer closes the client, which cannot know whether it is authenticated', () => {
    const session = stages.anonymousClient();
    expectDeadline(session, 10_000, { written: ['ERROR 40 0'], events: ['failed 1 TIMEOUT', 'closed IDLE_TIMEOUT'] });
  });

  it('that is overdue together with a heartbeat ends the connection after both events', () => {
    const session = stages.anonymousClient({ random: () => 0 });
    session.tick(0);
    session.tick(60_000);
    expect(events(session)).toEqual(['failed 1 TIMEOUT', 'failed 2 TIMEOUT', 'closed IDLE_TIMEOUT']);
  });

  it('that renews the token and is not answered fails, and the connection stays open', () => {
    const session = stages.client();
    session.login({ accessToken: 't' }, 0);
    written(session);
    expectDeadline(session, 10_000, { written: [], events: ['failed 2 TIMEOUT'] });
  });
});

describe('a started frame', () => {
  it('must be complete 30 s after its first byte', () => {
    const session = stages.server();
    session.receive(NO_COMMAND.subarray(0, 1), 100);
    expectDeadline(session, 30_100, idle);
  });

  it('does not get more time by single bytes', () => {
    const session = stages.server();
    for (let i = 0; i < 7; i++) session.receive(NO_COMMAND.subarray(i, i + 1), 100 + i * 4000);
    expectDeadline(session, 30_100, idle);
  });

  it('has its own timeout if it begins after the end of another frame', () => {
    const session = stages.server();
    session.receive(HEARTBEAT.subarray(0, 5), 100);
    session.receive(HEARTBEAT.subarray(5), 20_000);
    expect(session.nextDeadlineMs).toBe(95_000);
    session.receive(HEARTBEAT.subarray(0, 5), 21_000);
    const rest = new Uint8Array([...HEARTBEAT.subarray(5), 0]);
    session.receive(rest, 40_000);
    expectDeadline(session, 70_000, idle);
  });

  it('of the handshake times out with the handshake at the latest', () => {
    const session = new ServerSession({}, 0);
    session.receive(stages.HELLO.subarray(0, 9), 1);
    expect(session.nextDeadlineMs).toBe(10_000);
  });

  it('has a timeout that can be configured, on a client as well', () => {
    const session = stages.client({ frameTimeoutMs: 7 });
    session.receive(hex('00'), 5);
    expectDeadline(session, 12, idle);
  });
});

describe('an idle peer: 2.5 intervals', () => {
  it('closes a server', () => {
    const session = stages.server();
    session.receive(HEARTBEAT, 1000);
    expectDeadline(session, 76_000, idle);
  });

  it('closes a client whose heartbeats are not answered', () => {
    const session = stages.client();
    session.tick(15_000);
    session.tick(45_000);
    session.tick(74_999);
    expect(written(session)).toEqual(['HEARTBEAT 2', 'HEARTBEAT 3']);
    expect(events(session)).toEqual(['failed 2 TIMEOUT']);
    session.tick(75_000);
    expect(events(session)).toEqual(['failed 3 TIMEOUT', 'closed IDLE_TIMEOUT']);
    expect(written(session)).toEqual(['ERROR 40 0']);
  });

  it('starts at the Welcome', () => {
    const session = stages.anonymousServer({ loginTimeoutMs: 1_000_000 });
    expectDeadline(session, 75_000, idle);
  });

  it('is exact to half a millisecond', () => {
    const session = stages.server({ heartbeatIntervalMs: 1001 });
    expect(session.nextDeadlineMs).toBe(2502.5);
    session.tick(2502.4);
    expect(session.state).toBe('authenticated');
    session.tick(2502.5);
    expect(session.state).toBe('closed');
  });

  it.each([
    ['a heartbeat', HEARTBEAT],
    ['an invalid frame', NO_COMMAND],
    ['an ignorable frame', hex('00 00 00 04 01 14 00 02')],
    ['a reply to nothing', encodeFrame('SendInfo', { cmd: 1000, replyTo: 9 })],
  ])('is broken by %s', (_, frame) => {
    const session = stages.server();
    session.receive(frame, 50_000);
    expect(session.nextDeadlineMs).toBe(125_000);
  });

  it('is not reset by a part of a frame', () => {
    const session = stages.server({ frameTimeoutMs: 1_000_000 });
    session.receive(NO_COMMAND.subarray(0, 7), 50_000);
    expectDeadline(session, 75_000, idle);
  });
});

describe('the heartbeat', () => {
  const welcome = encodeFrame('Welcome', welcomeWith({ heartbeatIntervalMs: 8000 }));

  it.each([
    [0, 1000],
    [0.25, 3000],
    [0.75, 7000],
  ])('is sent for the first time after a random part of the interval: %d', (part, firstMs) => {
    const session = stages.negotiatingClient({ random: () => part });
    session.receive(welcome, 1000);
    session.receive(stages.SESSION, 1000);
    stages.silent(session);
    for (const at of [firstMs, firstMs + 8000]) {
      if (at > 1000) session.tick(at - 1);
      expect(written(session)).toEqual([]);
      expect(session.nextDeadlineMs).toBe(at);
      session.tick(at);
      const sequence = at === firstMs ? 2 : 3;
      expect(written(session)).toEqual([`HEARTBEAT ${sequence}`]);
      session.receive(reply(sequence), at);
    }
    expect(events(session)).toEqual(['reply 2', 'reply 3']);
  });

  it('is sent before LOGIN is accepted, and while the server drains', () => {
    const session = stages.anonymousClient({ requestTimeoutMs: 100_000 });
    session.tick(15_000);
    expect(written(session)).toEqual(['HEARTBEAT 2']);
    session.receive(stages.DRAIN, 15_001);
    session.tick(45_000);
    expect(written(session)).toEqual(['HEARTBEAT 3']);
  });

  it('contains the current time, and its reply gives the round-trip time', () => {
    const session = stages.client({ timeOriginMs: 1_767_225_600_000 });
    session.tick(15_000.4);
    const [frame] = session.takeBytes();
    expect(frame).toEqual(hex('00 00 00 11 01 07 00 00 08 02 10 02 62 07 08 98 c5 eb b6 b7 33'));
    expect(session.roundTripMs).toBeUndefined();
    session.receive(reply(2), 15_042.4);
    expect(session.roundTripMs).toBe(42);
  });

  function reply(replyTo: number): Uint8Array {
    return encodeFrame('SendInfo', { cmd: 2, replyTo, data: { $case: 'heartbeat', value: { sentAtMs: 1n } } });
  }
});

describe('a request', () => {
  it.each([
    ['client', stages.client, 2],
    ['server', stages.server, 1],
  ] as const)('of a %s waits 10 s for its reply', (_, create, sequence) => {
    const session = create();
    expect(session.request(request, 100)).toBe(sequence);
    stages.silent(session);
    expectDeadline(session, 10_100, { written: [], events: [`failed ${sequence} TIMEOUT`] });
    // Its reply comes too late.
    session.receive(encodeFrame('SendInfo', { cmd: 1000, replyTo: sequence }), 10_101);
    expect([events(session), session.openRequests]).toEqual([[], 0]);
  });

  it('that is answered just in time succeeds', () => {
    const session = stages.server();
    session.request(request, 0);
    session.receive(encodeFrame('SendInfo', { cmd: 1000, replyTo: 1 }), 9999);
    session.tick(10_000);
    expect(events(session)).toEqual(['reply 1']);
  });

  it('has a timeout of its own that can be configured', () => {
    const session = stages.server({ requestTimeoutMs: 50 });
    session.request(request, 0);
    session.request(request, 0, 20);
    session.request(request, 0, Number.POSITIVE_INFINITY);
    stages.silent(session);
    expectDeadline(session, 20, { written: [], events: ['failed 2 TIMEOUT'] });
    expectDeadline(session, 50, { written: [], events: ['failed 1 TIMEOUT'] });
    expect([session.openRequests, session.nextDeadlineMs]).toEqual([1, 75_000]);
  });

  it('is not sent with an invalid timeout', () => {
    const session = stages.server();
    expect(() => session.request(request, 0, Number.NaN)).toThrow(new RangeError('timeoutMs: expected 0 or more, got NaN'));
    expect(() => session.request(request, 0, -1)).toThrow(RangeError);
    expect([written(session), session.openRequests]).toEqual([[], 0]);
  });
});

describe('the grace of a drain', () => {
  it('ends the connection', () => {
    const session = stages.server();
    session.drain({ graceMs: 5000 }, 100);
    expect(written(session)).toEqual(['DRAIN 0']);
    expectDeadline(session, 5100, { written: ['ERROR 38 0'], events: ['closed DRAINING'] });
  });

  it('is zero by default', () => {
    const session = stages.server();
    session.drain({}, 100);
    session.tick(100);
    expect([written(session), session.closeCode]).toEqual([['DRAIN 0', 'ERROR 38 0'], 4038]);
  });

  it('applies to a connection that is not authenticated', () => {
    const session = stages.anonymousServer();
    session.drain({ graceMs: 60_000 }, 100);
    stages.silent(session);
    expectDeadline(session, 60_100, { written: ['ERROR 38 0'], events: ['closed DRAINING'] });
  });
});

describe('the clock', () => {
  it('that goes back counts as the same time', () => {
    const session = stages.server();
    session.tick(20_000);
    session.request(request, 5000);
    expect(session.nextDeadlineMs).toBe(30_000);
    session.tick(0);
    session.receive(HEARTBEAT, 10);
    session.request({ cmd: 1000 }, 20_000, 60_000);
    session.tick(30_000);
    expect(events(session)).toEqual(['failed 1 TIMEOUT']);
    expect(session.nextDeadlineMs).toBe(80_000);
  });

  it('that jumps forward makes all deadlines due at once', () => {
    const session = stages.client();
    session.request(request, 0);
    session.tick(1e9);
    expect(events(session)).toEqual(['failed 2 TIMEOUT', 'closed IDLE_TIMEOUT']);
  });

  it('that is not a number counts as the same time', () => {
    const session = stages.server();
    session.tick(Number.NaN);
    expect(session.nextDeadlineMs).toBe(75_000);
  });
});

it('a closed session has no deadline', () => {
  const session = stages.server();
  session.request(request, 0);
  session.close(5);
  expect(session.nextDeadlineMs).toBe(Number.POSITIVE_INFINITY);
  session.tick(1e9);
  expect(events(session)).toEqual(['failed 1 CLOSED', 'closed']);
});

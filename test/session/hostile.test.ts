// Peers that mean harm, or are broken: what they cost, and that they end.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { ServerSession, type Session } from '../../src/session/index.js';
import { hex } from '../frame/hex.js';
import { keptMemory } from '../kept-memory.js';
import { SEED } from '../seed.js';
import { alphabet } from './alphabet.js';
import * as stages from './stages.js';
import { events, written } from './transcript.js';

const MIB = 1_048_576;
/** A SendInfo without a command: it breaks a rule. */
const INVALID = hex('00 00 00 04 01 07 00 00');
/** A push with the unknown command 500. */
const UNKNOWN = hex('00 00 00 07 01 07 00 00 08 f4 03');
const IGNORABLE = hex('00 00 00 07 01 07 00 02 08 f4 03');
const APPLICATION = hex('00 00 00 07 01 07 00 00 08 e8 07');

function filled(pattern: Uint8Array, size = MIB): Uint8Array {
  const bytes = new Uint8Array(size - (size % pattern.length));
  for (let at = 0; at < bytes.length; at += pattern.length) bytes.set(pattern, at);
  return bytes;
}

describe('1 MiB of invalid frames', () => {
  it('in one chunk end with RATE_LIMITED, and keep almost no memory', () => {
    const chunk = filled(INVALID);
    const session = stages.server();
    const { bytes } = keptMemory(() => session.receive(chunk, 0));
    expect(session.closeError?.message).toBe('[RATE_LIMITED] 101 refusals within 10000 ms, limit 100');
    expect(written(session)).toEqual([...Array(100).fill('ERROR 25 0'), 'ERROR 35 0']);
    expect(events(session)).toEqual([...Array(100).fill('notice INVALID_MESSAGE'), 'closed RATE_LIMITED']);
    expect(bytes).toBeLessThan(4 * MIB);
  });

  it('each of which is answered, a few a second, keep no memory', () => {
    const session = stages.server();
    const { bytes } = keptMemory(() => {
      for (let i = 0; i < MIB / 8; i++) {
        session.receive(INVALID, i * 100);
        session.takeBytes();
        session.takeEvents();
      }
    });
    expect([session.state, session.queuedBytes, session.unanswered]).toEqual(['authenticated', 0, 0]);
    expect(bytes).toBeLessThan(4 * MIB);
  });

  it('before LOGIN end the connection at the first one', () => {
    const session = stages.anonymousServer();
    session.receive(filled(INVALID), 0);
    expect([written(session), events(session)]).toEqual([['ERROR 25 0'], ['closed INVALID_MESSAGE']]);
  });

  it('that arrive after the end are neither decoded nor kept', () => {
    const session = stages.anonymousServer();
    const chunk = filled(INVALID, 16 * MIB);
    const { bytes } = keptMemory(() => session.receive(chunk, 0));
    expect(session.state).toBe('closed');
    expect(bytes).toBeLessThan(4 * MIB);
  });
});

describe('1 MiB of tiny frames', () => {
  it('with an unknown command are reported a hundred times, and then close the connection', () => {
    const session = stages.server();
    const { bytes } = keptMemory(() => session.receive(filled(UNKNOWN), 0));
    expect(written(session)).toEqual(['ERROR 35 0']);
    expect(events(session)).toEqual([...Array(100).fill('notice UNSUPPORTED_COMMAND'), 'closed RATE_LIMITED']);
    expect(bytes).toBeLessThan(4 * MIB);
  });

  it('that are ignorable are dropped silently', () => {
    const session = stages.server();
    session.receive(filled(IGNORABLE), 0);
    while (session.readMore(0)) expect(session.takeEvents()).toEqual([]);
    expect([written(session), events(session), session.state]).toEqual([[], [], 'authenticated']);
  });

  it('for the application are delivered in order', () => {
    const session = stages.server();
    session.receive(filled(APPLICATION), 0);
    const counts: number[] = [];
    do counts.push(events(session).length);
    while (session.readMore(0));
    expect(counts).toEqual([...Array(46).fill(2048), 1117]);
  });
});

describe('a peer that is slow', () => {
  it('with its Hello, a byte a second, is rejected after 10 s', () => {
    const session = new ServerSession({}, 0);
    for (let at = 0; at < 20; at++) {
      session.tick(at * 1000);
      session.receive(stages.HELLO.subarray(at, at + 1), at * 1000);
    }
    expect([written(session), events(session)]).toEqual([['Reject 5'], ['closed HANDSHAKE_TIMEOUT']]);
  });

  it('with a large frame costs the memory that has arrived', () => {
    const session = stages.server({ maxFrameBytes: 16_777_219 });
    const { bytes } = keptMemory(() => session.receive(hex('00 ff ff ff 01 07 00 00 08 02'), 0));
    expect(bytes).toBeLessThan(4 * MIB);
    session.tick(30_000);
    expect(session.closeError?.message).toBe('[IDLE_TIMEOUT] timed out waiting for the rest of a frame (10 bytes received)');
  });

  it.each([
    ['before Hello', () => new ServerSession({}, 0), 10_000],
    ['before LOGIN', () => stages.anonymousServer(), 10_000],
    ['after LOGIN', () => stages.server(), 75_000],
    ['before Welcome', () => stages.negotiatingClient(), 10_000],
    ['before the LOGIN reply', () => stages.anonymousClient(), 10_000],
    ['that was logged in to', () => stages.client(), 75_000],
  ] as [string, () => Session, number][])('without end is left: %s', (_, create, endMs) => {
    const session = create();
    let ticks = 0;
    while (session.state !== 'closed' && ticks++ < 20) session.tick(session.nextDeadlineMs);
    expect(session.state).toBe('closed');
    const [again] = [create()];
    again.tick(endMs - 1);
    expect(again.state).not.toBe('closed');
    again.tick(endMs);
    expect(again.state).toBe('closed');
  });
});

describe('any bytes', () => {
  const starts: [string, () => Session][] = [
    ['a server, negotiating', () => new ServerSession({}, 0)],
    ['a server, anonymous', () => stages.anonymousServer()],
    ['a server', () => stages.server()],
    ['a server on WebSocket', () => stages.server({ transport: 'websocket' })],
    ['a client, negotiating', () => stages.negotiatingClient()],
    ['a client, anonymous', () => stages.anonymousClient()],
    ['a client', () => stages.client()],
  ];
  const frames = alphabet(2).map(({ bytes }) => bytes);
  const changed = fc
    .tuple(fc.constantFrom(...frames), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
    .map(([frame, changes]) => {
      const copy = frame.slice();
      for (const [at, byte] of changes) copy[at % copy.length] = byte;
      return copy;
    });
  const pieces = fc.array(fc.oneof(changed, fc.uint8Array({ maxLength: 30 })), { maxLength: 8 });

  it.each(starts)(`make %s throw nothing, and say nothing after its end (seed ${SEED})`, (_, create) => {
    fc.assert(
      fc.property(pieces, (chunks) => {
        const session = create();
        const seen: string[] = [];
        let nowMs = 0;
        for (const chunk of chunks) {
          nowMs += 100;
          session.receive(chunk, nowMs);
          session.tick(nowMs);
          seen.push(...events(session));
          const frames = written(session);
          // "an ERROR is never answered", and no more than one answer a frame.
          expect(frames.length).toBeLessThanOrEqual(chunk.length);
          expect(session.nextDeadlineMs).toBeGreaterThan(nowMs);
        }
        const end = seen.findIndex((event) => event.startsWith('closed'));
        expect(end === -1 || end === seen.length - 1).toBe(true);
        expect(end === -1).toBe(session.state !== 'closed');
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

it('a peer that sends only the largest heartbeats gets small replies', () => {
  const session = stages.server();
  const frame = encodeFrame('SendInfo', { cmd: 2, sequence: 9, data: { $case: 'heartbeat', value: { sentAtMs: 1n } } });
  session.receive(frame, 0);
  expect(session.queuedBytes).toBe(16);
});

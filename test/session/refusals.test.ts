// What a peer may cost: refusals are counted, good frames are not.
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { ProtocolError } from '../../src/errors.js';
import type { ServerSession, Session } from '../../src/session/index.js';
import { hex, join } from '../frame/hex.js';
import { SENDER } from './alphabet.js';
import * as stages from './stages.js';
import { events, written } from './transcript.js';

const send = (message: Parameters<typeof encodeFrame<'SendInfo'>>[1]): Uint8Array => encodeFrame('SendInfo', message);
const repeat = (bytes: Uint8Array, count: number): Uint8Array => Buffer.concat(new Array<Uint8Array>(count).fill(bytes));

/** A SendInfo without a command. */
const INVALID = hex('00 00 00 04 01 07 00 00');
const MALFORMED = hex('00 00 00 06 01 07 00 00 08 80');
const UNKNOWN_TYPE = hex('00 00 00 04 01 c8 00 00');
const UNKNOWN_REQUEST = send({ cmd: 500, sequence: 7 });
const UNKNOWN_PUSH = send({ cmd: 500 });
const SECOND_WELCOME = encodeFrame('Welcome', { version: 1, heartbeatIntervalMs: 30_000, versions: [1], offeredVersions: [1] });
const ERROR = send({ cmd: 8, data: { $case: 'error', value: { code: 43, message: 'x' } } });
const BAD_REPLY = hex('00 00 00 08 01 07 00 00 08 00 18 07');
const HEARTBEAT = send({ cmd: 2, sequence: 9, data: { $case: 'heartbeat', value: { sentAtMs: 1n } } });
const HEARTBEAT_REPLY = send({ cmd: 2, replyTo: 9, data: { $case: 'heartbeat', value: { sentAtMs: 1n } } });

function receive(session: Session, bytes: Uint8Array, nowMs = 0): void {
  session.receive(bytes, nowMs);
}

describe.each([
  ['a server', () => stages.server() as Session],
  ['a client', () => stages.client() as Session],
])('%s', (side, create) => {
  it.each([
    ['a frame that breaks a rule', INVALID],
    ['a payload that cannot be read', MALFORMED],
    ['an unknown type', UNKNOWN_TYPE],
    ['a request with an unknown command', UNKNOWN_REQUEST],
    ['a push with an unknown command', UNKNOWN_PUSH],
    ['a handshake frame that is not due', SECOND_WELCOME],
    ['an ERROR without a request', ERROR],
    ['a reply that breaks a rule', BAD_REPLY],
    ['a command of the other side', side === 'a server' ? send({ cmd: 3, sequence: 4, data: forceLogout() }) : HEARTBEAT],
  ])('%s: a hundred are refused, the next closes with RATE_LIMITED', (_what, frame) => {
    const session = create();
    receive(session, repeat(frame, 99));
    receive(session, frame);
    expect(session.state).toBe('authenticated');
    session.takeBytes();
    session.takeEvents();
    receive(session, frame);
    expect(session.closeError?.message).toBe('[RATE_LIMITED] 101 refusals within 10000 ms, limit 100');
    expect(session.closeError).toMatchObject({ limit: 100, actual: 101 });
    expect(written(session)).toEqual([expect.stringMatching(/^ERROR 35 /)]);
    expect(events(session)).toEqual(['closed RATE_LIMITED']);
  });

  it('different refusals count together, and heartbeats and valid messages do not reset the count', () => {
    const session = create();
    const heartbeat = side === 'a server' ? HEARTBEAT : HEARTBEAT_REPLY;
    for (let i = 0; i < 50; i++) receive(session, join(INVALID, heartbeat, send({ cmd: 1000 }), UNKNOWN_PUSH, heartbeat));
    expect(session.state).toBe('authenticated');
    receive(session, join(heartbeat, INVALID));
    expect(session.closeError?.code).toBe('RATE_LIMITED');
  });

  it('the window begins with the first refusal: after 10 s another hundred are refused one by one', () => {
    const session = create();
    receive(session, repeat(INVALID, 100), 500);
    receive(session, repeat(INVALID, 100), 10_500);
    expect(session.state).toBe('authenticated');
    const other = create();
    receive(other, repeat(INVALID, 100), 500);
    receive(other, INVALID, 10_499);
    expect(other.closeError?.code).toBe('RATE_LIMITED');
  });

  it('the answers to a flood are small', () => {
    const session = create();
    receive(session, repeat(INVALID, 131_072));
    const bytes = session.takeBytes().reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeLessThan(65_536);
  });

  it('errors caused by a peer have no stack trace; errors of the caller have one', () => {
    const session = create();
    receive(session, join(INVALID, MALFORMED, UNKNOWN_TYPE, UNKNOWN_PUSH));
    const notices = session.takeEvents().flatMap((event) => (event.type === 'notice' ? [event.error] : []));
    expect(notices.map(({ code }) => code)).toEqual([
      'INVALID_MESSAGE',
      'MALFORMED_PAYLOAD',
      'UNSUPPORTED_TYPE',
      'UNSUPPORTED_COMMAND',
    ]);
    for (const { stack } of notices) expect(stack).not.toContain('\n    at ');
    session.tick(1_000_000);
    expect(session.closeError?.stack).not.toContain('\n    at ');
    expect(new ProtocolError('CLOSED', 'x').stack).toContain('\n    at ');
    const own = thrown(() => create().push({ cmd: 0 }, 0));
    expect(own.stack).toContain('\n    at ');
  });
});

describe('refusals that the peer did not cause do not count', () => {
  it('requests while the server drains', () => {
    const session = stages.server();
    (session as ServerSession).drain({ graceMs: 600_000 }, 0);
    for (let sequence = 2; sequence < 502; sequence++) receive(session, send({ cmd: 1000, sequence }));
    expect(session.state).toBe('draining');
  });

  it('refusals by the application', () => {
    const session = stages.server();
    for (let sequence = 2; sequence < 502; sequence++) {
      receive(session, send({ cmd: 1000, sequence }));
      session.refuse(sequence, new ProtocolError('PERMISSION_DENIED', 'no'), 0);
    }
    expect(session.state).toBe('authenticated');
  });

  it('ignorable frames, and replies to unknown requests', () => {
    for (const session of [stages.server(), stages.client()]) {
      receive(session, repeat(hex('00 00 00 07 01 07 00 02 08 f4 03'), 500));
      receive(session, repeat(hex('00 00 00 04 01 c8 00 02'), 500));
      receive(session, repeat(send({ cmd: 8, replyTo: 77, data: { $case: 'error', value: { code: 43, message: 'x' } } }), 500));
      expect([events(session), written(session), session.state]).toEqual([[], [], 'authenticated']);
    }
  });
});

function forceLogout() {
  return { $case: 'forceLogout', value: { user: SENDER } } as const;
}

function thrown(run: () => void): ProtocolError {
  try {
    run();
  } catch (error) {
    return error as ProtocolError;
  }
  throw new Error('nothing was thrown');
}

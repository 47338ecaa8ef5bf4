// How many requests may be open, how much may wait to be written, and what is remembered: one below each bound, at it, and above.
import { describe, expect, it } from 'vitest';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { ProtocolError } from '../../src/errors.js';
import { createErrorInfo, DeliveredWindow, type Session } from '../../src/session/index.js';
import { PeerRequests, Requests } from '../../src/session/requests.js';
import { thrownBy } from '../thrown-by.js';
import { padded } from './sizes.js';
import * as stages from './stages.js';
import { events, written } from './transcript.js';

const request = { cmd: 1000 };
const PUSH = encodeFrame('SendInfo', { cmd: 1000 });

describe.each([
  ['client', stages.client],
  ['server', stages.server],
] as [string, () => Session][])('a %s', (_, create) => {
  it('has at most 1024 requests open, and the next one after a reply', () => {
    const session = create();
    const first = session.request(request, 0);
    for (let i = 1; i < 1023; i++) session.request(request, 0);
    expect(session.openRequests).toBe(1023);
    session.request(request, 0);
    const error = thrownBy(() => session.request(request, 0));
    expect(error.message).toBe('[RATE_LIMITED] 1024 requests wait for a reply, limit 1024');
    expect(session.takeBytes()).toHaveLength(1024);
    session.receive(encodeFrame('SendInfo', { cmd: 1000, replyTo: first }), 0);
    expect(session.request(request, 0)).toBe(first + 1024);
  });

  it('answers the 1025th open request with RATE_LIMITED', () => {
    const session = create();
    for (let sequence = 1; sequence <= 1024; sequence++) {
      session.receive(encodeFrame('SendInfo', { cmd: 1000, sequence }), 0);
    }
    expect([session.unanswered, written(session)]).toEqual([1024, []]);
    stages.silent(session);
    session.receive(encodeFrame('SendInfo', { cmd: 1000, sequence: 1025 }), 0);
    expect([written(session), events(session)]).toEqual([['ERROR 35 re 1025'], ['notice RATE_LIMITED']]);
    session.reply(1, request, 0);
    session.receive(encodeFrame('SendInfo', { cmd: 1000, sequence: 1026 }), 0);
    expect([written(session), events(session)]).toEqual([['1000 re 1'], ['message 1000 1026']]);
  });

  it('accepts pushes and replies while 1024 requests are open on both sides', () => {
    const session = create();
    const first = session.request(request, 0);
    for (let sequence = 1; sequence <= 1024; sequence++) {
      session.receive(encodeFrame('SendInfo', { cmd: 1000, sequence }), 0);
      if (sequence > 1) session.request(request, 0);
    }
    stages.silent(session);
    session.receive(PUSH, 0);
    session.push(request, 0);
    session.receive(encodeFrame('SendInfo', { cmd: 1000, replyTo: first }), 0);
    expect([written(session), events(session)]).toEqual([['1000 0'], ['message 1000 0', `reply ${first}`]]);
  });
});

it('a heartbeat without a free request is reported, and the next one is sent', () => {
  const session = stages.client({ requestTimeoutMs: 20_000 });
  for (let i = 0; i < 1024; i++) session.request(request, 0);
  stages.silent(session);
  session.tick(15_000);
  expect([written(session), events(session)]).toEqual([[], ['notice RATE_LIMITED']]);
  expect(session.nextDeadlineMs).toBe(20_000);
  session.tick(20_000);
  stages.silent(session);
  session.tick(45_000);
  expect(written(session)).toEqual(['HEARTBEAT 1026']);
});

describe('a LOGIN beside 1024 open requests', () => {
  it('is refused, and may be sent again when there is room', () => {
    const session = stages.server();
    for (let sequence = 1; sequence <= 1024; sequence++) {
      session.receive(encodeFrame('SendInfo', { cmd: 1000, sequence }), 0);
    }
    stages.silent(session);
    const renewal = (sequence: number) =>
      encodeFrame('SendInfo', { cmd: 1, sequence, data: { $case: 'login', value: { accessToken: 't' } } });
    session.receive(renewal(1025), 0);
    expect([written(session), events(session)]).toEqual([['ERROR 35 re 1025'], ['notice RATE_LIMITED']]);
    session.reply(1, request, 0);
    session.receive(renewal(1026), 0);
    expect(events(session)).toEqual(['login 1026']);
  });
});

describe('sequences', () => {
  const open = { cmd: 1000, reply: 7, messageId: 0n, sentAtMs: 0, deadlineMs: 10 };

  function next(requests: Requests): number {
    const sequence = requests.nextSequence();
    requests.add(sequence, open);
    return sequence;
  }

  it('run from 1 to 4294967295, then 1 again', () => {
    const requests = new Requests(4_294_967_293);
    expect([next(new Requests()), next(requests), next(requests), next(requests)]).toEqual([1, 4_294_967_294, 4_294_967_295, 1]);
  });

  it('skip those of open requests', () => {
    const requests = new Requests(4_294_967_294);
    for (const sequence of [1, 2, 4]) requests.add(sequence, open);
    requests.add(4_294_967_294, open);
    expect([next(requests), next(requests), next(requests)]).toEqual([4_294_967_295, 3, 5]);
    requests.take(4);
    expect(next(requests)).toBe(6);
  });

  it('of requests that were not sent are used again', () => {
    const session = stages.server();
    expect(thrownBy(() => session.request({ cmd: 6 }, 0)).code).toBe('COMMAND_DATA_MISMATCH');
    expect(session.request(request, 0)).toBe(1);
  });
});

describe('the open requests of a peer', () => {
  it('are known by sequence and counted by command, whatever their number and the order of the answers', () => {
    // Catches differences between the one request that has its own place, and those in the map.
    const requests = new PeerRequests();
    const seen = (): unknown[] => [
      requests.size,
      [0, 1, 2, 3].map((n) => requests.has(n)),
      requests.countOf(7),
      requests.countOf(8),
    ];
    expect(seen()).toEqual([0, [false, false, false, false], 0, 0]);
    for (const [sequence, cmd] of [
      [1, 7],
      [2, 8],
      [3, 7],
    ]) {
      expect(requests.add(sequence, cmd, false)).toBeUndefined();
    }
    expect(seen()).toEqual([3, [false, true, true, true], 2, 1]);
    requests.delete(1);
    expect(seen()).toEqual([2, [false, false, true, true], 1, 1]);
    expect(() => requests.commandOf(1)).toThrow('no open request with sequence 1');
    expect([requests.commandOf(2), requests.commandOf(3)]).toEqual([8, 7]);
    requests.add(1, 8, false);
    requests.delete(0);
    requests.delete(3);
    expect(seen()).toEqual([2, [false, true, true, false], 0, 2]);
    requests.clear();
    expect(seen()).toEqual([0, [false, false, false, false], 0, 0]);
    expect(() => requests.commandOf(0)).toThrow('no open request with sequence 0');
  });
});

describe('the queue', () => {
  const options = { maxQueuedBytes: 1000 };
  const slow = { written: ['ERROR 39 0'], events: ['closed SLOW_CONSUMER'] };

  it.each([499, 500])('accepts frames up to its limit: 500 and %d bytes', (size) => {
    const session = stages.server(options);
    expect(session.pushFrame(padded(PUSH, 500), 0)).toBe(SendCode.SUCCESS);
    expect(session.pushFrame(padded(PUSH, size), 0)).toBe(SendCode.SUCCESS);
    expect(session.queuedBytes).toBe(500 + size);
    expect(session.takeBytes()).toHaveLength(2);
    expect(session.queuedBytes).toBe(0);
  });

  it('is dropped if its limit is exceeded, and the peer gets the reason', () => {
    const session = stages.server(options);
    session.pushFrame(padded(PUSH, 500), 0);
    expect(session.pushFrame(padded(PUSH, 501), 0)).toBe(SendCode.CHANNEL_NOT_FOUND);
    expect(session.closeError?.message).toBe('[SLOW_CONSUMER] 1001 bytes wait to be written, limit 1000');
    expect({ written: written(session), events: events(session) }).toEqual(slow);
    expect(session.closeCode).toBe(4039);
  });

  it('accepts one frame of any size if it is empty', () => {
    const session = stages.server(options);
    expect(session.pushFrame(padded(PUSH, 100_000), 0)).toBe(SendCode.SUCCESS);
    expect(session.pushFrame(PUSH, 0)).toBe(SendCode.CHANNEL_NOT_FOUND);
    expect({ written: written(session), events: events(session) }).toEqual(slow);
  });

  it.each([
    ['a request', (session: Session) => void session.request(request, 0), ['failed 1 SLOW_CONSUMER', 'closed SLOW_CONSUMER']],
    ['a push', (session: Session) => session.push(request, 0), ['closed SLOW_CONSUMER']],
    ['a reply', (session: Session) => session.reply(5, request, 0), ['closed SLOW_CONSUMER']],
    ['a refusal', (session: Session) => session.refuse(5, error(), 0), ['closed SLOW_CONSUMER']],
  ] as [string, (session: Session) => void, string[]][])('that is full ends with %s', (_, send, expected) => {
    const session = stages.server({ maxQueuedBytes: 10 });
    session.receive(encodeFrame('SendInfo', { cmd: 1000, sequence: 5 }), 0);
    stages.silent(session);
    session.pushFrame(PUSH, 0);
    send(session);
    expect({ written: written(session), events: events(session) }).toEqual({ written: ['ERROR 39 0'], events: expected });
  });

  it('that is full closes the connection at a LOGIN reply, a drain and a takeover as well, once each', () => {
    const accepting = stages.anonymousServer({ maxQueuedBytes: 10 });
    accepting.receive(encodeFrame('SendInfo', { cmd: 2, sequence: 9, data: { $case: 'heartbeat', value: {} } }), 0);
    accepting.receive(stages.LOGIN, 0);
    accepting.takeEvents();
    accepting.acceptLogin(1, { userId: 1n, terminal: 1 }, 0);
    expect([events(accepting), accepting.user, accepting.state]).toEqual([['closed SLOW_CONSUMER'], undefined, 'closed']);
    for (const end of ['drain', 'takeOver'] as const) {
      const session = stages.server({ maxQueuedBytes: 10 });
      session.pushFrame(PUSH, 0);
      if (end === 'drain') session.drain({ graceMs: 5 }, 0);
      else session.takeOver({ user: { userId: 1n, terminal: 1 } }, 0);
      expect({ written: written(session), events: events(session) }).toEqual(slow);
    }
  });

  it('has a limit of 1 or more', () => {
    expect(() => stages.server({ maxQueuedBytes: 0 })).toThrow(new RangeError('maxQueuedBytes: expected 1 or more, got 0'));
    expect(() => stages.server({ maxQueuedBytes: Number.NaN })).toThrow(RangeError);
  });

  function error(): ProtocolError {
    return new ProtocolError('RATE_LIMITED', 'later');
  }
});

describe('the text of an ERROR', () => {
  it.each([511, 512])('is not truncated at %d bytes', (length) => {
    const info = createErrorInfo(new ProtocolError('INTERNAL', 'x'.repeat(length)));
    expect(info).toMatchObject({ code: 43, message: 'x'.repeat(length), command: 0, retryAfterMs: 0 });
  });

  it('is truncated to at most 512 bytes, between characters', () => {
    expect(createErrorInfo(new ProtocolError('INTERNAL', 'x'.repeat(513))).message).toMatch(/^x{400,512}$/);
    const wide = createErrorInfo(new ProtocolError('INTERNAL', `${'汉'.repeat(170)}abc`)).message;
    expect(wide).toMatch(/^汉{150,170}$/);
    expect(createErrorInfo(new ProtocolError('INTERNAL', '𝄞'.repeat(10_000))).message).toMatch(/^(?:𝄞)*\ufffd?$/);
  });

  it('arrives as well if it is refused with', () => {
    const session = stages.server();
    session.receive(encodeFrame('SendInfo', { cmd: 1000, sequence: 5 }), 0);
    session.refuse(5, new ProtocolError('INTERNAL', 'y'.repeat(100_000)), 0, 86_400_000);
    const frame = decodeFrame(session.takeBytes()[0]);
    expect(frame).toMatchObject({ message: { data: { value: { code: 43, command: 1000, retryAfterMs: 86_400_000 } } } });
  });

  it('is not sent with an invalid time to wait, and the request stays open', () => {
    const session = stages.server();
    session.receive(encodeFrame('SendInfo', { cmd: 1000, sequence: 5 }), 0);
    const error = new ProtocolError('RATE_LIMITED', 'later');
    expect(thrownBy(() => session.refuse(5, error, 0, 86_400_001)).code).toBe('INVALID_MESSAGE');
    expect([session.unanswered, written(session)]).toEqual([1, []]);
    session.refuse(5, error, 0, 86_400_000);
    expect([session.unanswered, written(session)]).toEqual([0, ['ERROR 35 re 5']]);
  });
});

describe('a DeliveredWindow', () => {
  it('remembers as many ids as fit, and drops the oldest', () => {
    const window = new DeliveredWindow(3);
    expect([1n, 2n, 3n, 2n].map((id) => window.add(id))).toEqual([true, true, true, false]);
    expect(window.has(1n)).toBe(true);
    expect(window.add(4n)).toBe(true);
    expect([1n, 2n, 3n, 4n].map((id) => window.has(id))).toEqual([false, true, true, true]);
  });

  it('remembers 4096 ids by default', () => {
    const window = new DeliveredWindow();
    for (let id = 1n; id <= 4096n; id++) window.add(id);
    expect(window.has(1n)).toBe(true);
    window.add(4097n);
    expect([window.has(1n), window.has(2n)]).toEqual([false, true]);
  });

  it('treats 0 as no id', () => {
    const window = new DeliveredWindow(1);
    expect([window.add(0n), window.add(0n), window.has(0n)]).toEqual([true, true, false]);
  });

  it('has room for at least one', () => {
    expect(() => new DeliveredWindow(0)).toThrow(new RangeError('DeliveredWindow size: expected 1 or more, got 0'));
  });
});

// Requests and their replies, what comes twice, and what an end does to what is open.
import { describe, expect, it } from 'vitest';
import type { Reject } from '../../generated/im/protocol/v1/handshake.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { ERRORS, type ErrorName, ProtocolError } from '../../src/errors.js';
import { StreamState } from '../../src/index.js';
import { DeliveredWindow, ServerSession, type Session } from '../../src/session/index.js';
import { thrownBy } from '../thrown-by.js';
import { SENDER, sendInfo } from './alphabet.js';
import * as stages from './stages.js';
import { events, written } from './transcript.js';

const text = { $case: 'text', value: { text: 'hi' } } as const;
const GROUP = { kind: { $case: 'groupId', value: 7n } } as const;

function privateMessage(sequence: number, sender = SENDER): Uint8Array {
  const value = { sender, receiverId: 2n, content: { body: text } };
  return encodeFrame('SendInfo', { cmd: 4, sequence, data: { $case: 'privateMessage', value } });
}

function systemMessage(messageId: bigint, sequence = 0): Uint8Array {
  const value = { content: { messageId, body: text } };
  return encodeFrame('SendInfo', { cmd: 6, sequence, data: { $case: 'systemMessage', value } });
}

function streamMessage(messageId: bigint, state: StreamState, index: number, sequence = 0): Uint8Array {
  const body = { $case: 'stream', value: { text: 'hi', state, index } } as const;
  return encodeFrame('SendInfo', {
    cmd: 6,
    sequence,
    data: { $case: 'systemMessage', value: { content: { messageId, body, fallback: 'hi' } } },
  });
}

function error(code: number, fields: { replyTo?: number; message?: string; retryAfterMs?: number } = {}): Uint8Array {
  const { replyTo = 0, ...info } = fields;
  return encodeFrame('SendInfo', { cmd: 8, replyTo, data: { $case: 'error', value: { code, ...info } } });
}

/** "On a connection of version 1: code 32 for 44, 34 for 48 to 54 and 56, 35 for 55." */
const OLDER: Readonly<Partial<Record<ErrorName, number>>> = {
  TOKEN_EXPIRED: 32,
  NOT_A_MEMBER: 34,
  MUTED: 34,
  BLOCKED: 34,
  NOT_CONTACTS: 34,
  CONVERSATION_GONE: 34,
  CONTENT_REJECTED: 34,
  TOO_LATE: 34,
  QUOTA_EXCEEDED: 35,
  UPGRADE_REQUIRED: 34,
};

describe('a request of the peer', () => {
  it('is answered by the application with SEND_RESULT, once', () => {
    const session = stages.server();
    session.receive(privateMessage(5), 0);
    expect([events(session), session.unanswered]).toEqual([['message PRIVATE_MESSAGE 5'], 1]);
    const result = { cmd: 7, data: { $case: 'sendResult', value: { code: 1, cmd: 4, messageId: 9n } } } as const;
    session.reply(5, result, 0);
    expect([written(session), session.unanswered]).toEqual([['SEND_RESULT 1 re 5'], 0]);
    expect(() => session.reply(5, result, 0)).toThrow(new Error('no open request with sequence 5'));
    expect(() => session.refuse(5, new ProtocolError('INTERNAL', 'x'), 0)).toThrow('no open request with sequence 5');
  });

  it('is not answered by another command, nor by a message that breaks a rule', () => {
    const session = stages.server();
    session.receive(privateMessage(5), 0);
    const heartbeat = { cmd: 2, data: { $case: 'heartbeat', value: {} } } as const;
    expect(() => session.reply(5, heartbeat, 0)).toThrow(new Error('HEARTBEAT is not a reply to PRIVATE_MESSAGE'));
    expect(thrownBy(() => session.reply(5, { cmd: 7 }, 0)).code).toBe('COMMAND_DATA_MISMATCH');
    expect([written(session), session.unanswered]).toEqual([[], 1]);
  });

  it.each([
    ['sender', { userId: 2n, terminal: 1 }],
    ['terminal', { userId: 1n, terminal: 2 }],
  ])('with another %s than who is logged in is PERMISSION_DENIED', (_, sender) => {
    const session = stages.server();
    session.receive(privateMessage(5, sender), 0);
    expect([written(session), events(session)]).toEqual([['ERROR 34 re 5'], ['notice PERMISSION_DENIED']]);
    session.receive(privateMessage(0, sender), 0);
    expect([written(session), events(session)]).toEqual([[], ['notice PERMISSION_DENIED']]);
  });

  it.each(Object.keys(ERRORS) as ErrorName[])(
    'that is refused with %s: closes if that closes, and is never written what is local',
    (code) => {
      const session = stages.server();
      session.receive(privateMessage(5), 0);
      stages.silent(session);
      session.refuse(5, new ProtocolError(code, 'x'), 0);
      const { local, closes } = ERRORS[code];
      const number = OLDER[code] ?? ERRORS[code].number;
      expect(written(session)).toEqual([`ERROR ${local ? 43 : number} re 5`]);
      const kept = local || !closes;
      expect(events(session)).toEqual([kept ? `notice ${local ? 'INTERNAL' : code}` : `closed ${code}`]);
    },
  );

  it.each(Object.keys(OLDER) as ErrorName[])('before its Hello is refused with what version 1 has for %s', (code) => {
    const server = new ServerSession(stages.PLAIN, 0);
    server.close(0, new ProtocolError(code, 'x'));
    const reject = decodeFrame(server.takeBytes()[0]);
    expect([reject.type, (reject.message as Reject).code]).toEqual(['Reject', OLDER[code]]);
    expect([server.closeError?.code, server.closeCode]).toEqual([code, 4000 + OLDER[code]!]);
  });

  it('is answered with only an echo of sent_at_ms if it is a heartbeat', () => {
    const session = stages.server();
    // 12 is heartbeat: sent_at_ms 5, and an unknown field 100 of four bytes.
    session.receive(sendInfo('08 02 10 07 62 09 08 05 a2 06 04 61 62 63 64'), 0);
    expect(session.takeBytes()).toEqual([sendInfo('08 02 18 07 62 02 08 05')]);
  });
});

describe('a request', () => {
  const request = { cmd: 1000 };

  it.each([
    ['client', stages.client, [0, 3, 6, 7, 8, 9, 500]],
    ['server', stages.server, [0, 1, 2, 3, 7, 8, 9, 500]],
  ] as [string, () => Session, number[]][])('of a %s is none of what that side never asks', (_, create, commands) => {
    const session = create();
    for (const cmd of commands) {
      expect(thrownBy(() => session.request({ cmd }, 0)).code, String(cmd)).toBe('PERMISSION_DENIED');
    }
    expect([written(session), session.openRequests]).toEqual([[], 0]);
  });

  describe('of a server to a client', () => {
    const content = { seq: 9n, hints: { urgent: true, silent: true }, body: text } as const;
    const answered = (result: SendResultInit): unknown => {
      const session = stages.server();
      const sequence = session.request({ cmd: 6, data: { $case: 'systemMessage', value: { content: { body: text } } } }, 0);
      stages.silent(session);
      const data = { $case: 'sendResult', value: { code: 1, cmd: 6, ...result } } as const;
      session.receive(encodeFrame('SendInfo', { cmd: 7, replyTo: sequence, data }), 0);
      expect(written(session)).toEqual([]);
      return session.takeEvents();
    };

    it('has a reply without what only the platform sets', () => {
      const data = { $case: 'systemMessage', value: { content } } as const;
      const [event] = answered({ messageId: 5n, seq: 9n, sentAtMs: 8n, conversation: GROUP, data }) as { message: SendInfo }[];
      const result = { messageId: 5n, seq: 0n, sentAtMs: 0n, conversation: undefined };
      const echo = { content: { seq: 0n, hints: { urgent: false, silent: true } } };
      expect(event).toMatchObject({ type: 'reply', message: { data: { value: { ...result, data: { value: echo } } } } });
    });

    it('fails if its reply has a body that only the platform sends', () => {
      const body = { $case: 'stream', value: { text: 'x', state: StreamState.DONE } } as const;
      const events = answered({ data: { $case: 'systemMessage', value: { content: { body, fallback: 'x' } } } });
      expect(events).toMatchObject([{ type: 'failed', error: { code: 'PERMISSION_DENIED' } }]);
    });
  });

  it('fails with the error of the peer and its time to wait', () => {
    const session = stages.client();
    const sequence = session.request(request, 0);
    stages.silent(session);
    session.receive(error(35, { replyTo: sequence, message: 'slow\ndown', retryAfterMs: 700 }), 0);
    const [event] = session.takeEvents();
    expect(event).toMatchObject({ type: 'failed', sequence, retryAfterMs: 700, error: { code: 'RATE_LIMITED' } });
    expect((event as { error: Error }).error.message).toBe('[RATE_LIMITED] the peer refused 1000: "slow\\ndown"');
    expect(session.state).toBe('authenticated');
  });

  it.each([45, 999])('fails as an INTERNAL without retry for the unknown code %d', (code) => {
    const session = stages.client();
    const sequence = session.request(request, 0);
    stages.silent(session);
    session.receive(error(code, { replyTo: sequence }), 0);
    const [event] = session.takeEvents() as { error: ProtocolError }[];
    expect([event.error.code, event.error.properties.retry, event.error.properties.closes]).toEqual(['INTERNAL', false, false]);
    session.receive(error(code), 0);
    expect([events(session), session.state]).toEqual([['notice INTERNAL'], 'authenticated']);
    expect(event.error.properties.number).toBe(code);
  });

  it.each([1000, 2_000_000_000])('fails with the code %d of the application and its time to wait', (code) => {
    const session = stages.client();
    const sequence = session.request(request, 0);
    stages.silent(session);
    session.receive(error(code, { replyTo: sequence, retryAfterMs: 86_400_000 }), 0);
    const [event] = session.takeEvents() as { error: ProtocolError }[];
    expect(event.error).toMatchObject({ code, retryAfterMs: 86_400_000 });
    expect(event.error.message).toBe(`[${code}] the peer refused 1000: ""`);
    session.receive(error(code), 0);
    expect([events(session), session.state]).toEqual([[`notice ${code}`], 'authenticated']);
  });

  it('fails if its reply breaks a rule, is of another command, or cannot be read', () => {
    const session = stages.client();
    for (let i = 0; i < 3; i++) session.request(request, 0);
    stages.silent(session);
    // cmd 7 with an empty send_result; cmd 1000 with a heartbeat; cmd 2.
    session.receive(sendInfo('08 07 18 02 8a 01 00'), 0);
    session.receive(sendInfo('08 e8 07 18 03 62 00'), 0);
    session.receive(encodeFrame('SendInfo', { cmd: 2, replyTo: 4, data: { $case: 'heartbeat', value: {} } }), 0);
    expect(events(session)).toEqual([
      'failed 2 INVALID_MESSAGE',
      'notice INVALID_MESSAGE',
      'failed 3 COMMAND_DATA_MISMATCH',
      'notice COMMAND_DATA_MISMATCH',
      'failed 4 INVALID_MESSAGE',
    ]);
    expect([written(session), session.openRequests]).toEqual([[], 0]);
  });

  it('gets one reply: a second one is dropped', () => {
    const session = stages.client();
    const sequence = session.request(request, 0);
    const reply = encodeFrame('SendInfo', { cmd: 1000, replyTo: sequence });
    stages.silent(session);
    session.receive(reply, 0);
    session.receive(reply, 0);
    session.receive(error(35, { replyTo: sequence }), 0);
    expect(events(session)).toEqual([`reply ${sequence}`]);
  });

  it('in a frame with both sequence and reply_to fails, and is not answered', () => {
    const session = stages.client();
    const sequence = session.request(request, 0);
    stages.silent(session);
    session.receive(sendInfo(`08 e8 07 10 09 18 0${sequence}`), 0);
    expect([written(session), events(session)]).toEqual([[], [`failed ${sequence} INVALID_MESSAGE`, 'notice INVALID_MESSAGE']]);
  });
});

describe.each([
  ['client', stages.client, 2],
  ['server', stages.server, 1],
] as [string, () => Session, number][])('the end of a %s', (_, create, first) => {
  const request = { cmd: 1000 };
  const failed = (code: string): string[] => [`failed ${first} ${code}`, `failed ${first + 1} ${code}`];

  function asking(): Session {
    const session = create();
    session.request(request, 0);
    session.request(request, 0);
    return stages.silent(session);
  }

  it('fails open requests: closed by this side', () => {
    const session = asking();
    session.close(0);
    expect([events(session), written(session), session.closeCode]).toEqual([[...failed('CLOSED'), 'closed'], [], 1000]);
  });

  it('fails open requests: closed for an error, which is sent', () => {
    const session = asking();
    session.close(0, new ProtocolError('INTERNAL', 'x'));
    expect([events(session), written(session)]).toEqual([[...failed('INTERNAL'), 'closed INTERNAL'], ['ERROR 43 0']]);
    const local = asking();
    local.close(0, new ProtocolError('TIMEOUT', 'x'));
    expect([events(local), written(local)]).toEqual([[...failed('TIMEOUT'), 'closed TIMEOUT'], []]);
  });

  it('fails open requests: the transport has ended', () => {
    const session = asking();
    session.end(0);
    expect(events(session)).toEqual([...failed('CLOSED'), 'closed CLOSED']);
    expect(session.closeError?.message).toBe('[CLOSED] the peer closed the connection');
  });

  it('fails open requests: the transport has ended inside a frame', () => {
    const session = asking();
    session.receive(Uint8Array.of(0, 0), 0);
    session.end(0);
    expect(events(session)).toEqual([...failed('TRUNCATED'), 'closed TRUNCATED']);
  });

  it.each([
    [1000, 'CLOSED'],
    [1006, 'CLOSED'],
    [1015, 'CLOSED'],
    [4000, 'CLOSED'],
    [4004, 'OVERLOADED'],
    [4040, 'IDLE_TIMEOUT'],
    [4999, 'INTERNAL'],
    [5000, 'CLOSED'],
  ])('is written by the close code of a WebSocket: %d is %s', (closeCode, code) => {
    const session = asking();
    session.end(0, closeCode);
    expect(events(session)).toEqual([...failed(code), `closed ${code}`]);
    expect(session.closeError?.message).toBe(`[${code}] the peer closed the connection with code ${closeCode}`);
  });

  it('is final: nothing is read or written any more, and calls do nothing', () => {
    const session = create();
    session.receive(encodeFrame('SendInfo', { cmd: 1000, sequence: 5 }), 0);
    session.close(0);
    stages.silent(session);
    session.receive(systemMessage(1n, 3), 0);
    session.receive(Uint8Array.of(0x47), 0);
    session.tick(1e9);
    session.end(1e9);
    session.close(1e9, new ProtocolError('INTERNAL', 'x'));
    session.reply(5, request, 0);
    session.refuse(5, new ProtocolError('INTERNAL', 'x'), 0);
    if (session instanceof ServerSession) expect(session.pushFrame(systemMessage(1n), 0)).toBe(3);
    expect(thrownBy(() => session.request(request, 0)).code).toBe('CLOSED');
    expect(thrownBy(() => session.push(request, 0)).code).toBe('CLOSED');
    expect([written(session), events(session), session.queuedBytes]).toEqual([[], [], 0]);
    expect([session.unanswered, session.openRequests, session.state]).toEqual([0, 0, 'closed']);
  });
});

describe('a message that arrives twice', () => {
  it('is delivered once, and answered each time', () => {
    const session = stages.client();
    session.receive(systemMessage(5n, 1), 0);
    session.receive(systemMessage(5n), 0);
    session.receive(systemMessage(5n, 2), 0);
    session.receive(systemMessage(6n), 0);
    expect(events(session)).toEqual(['message SYSTEM_MESSAGE 1', 'message SYSTEM_MESSAGE 0']);
    expect(written(session)).toEqual(['SEND_RESULT 1 re 2']);
  });

  it('is delivered once on two connections that share a window', () => {
    const delivered = new DeliveredWindow();
    for (const expected of [['message SYSTEM_MESSAGE 0'], []]) {
      const session = stages.client({ delivered });
      session.receive(systemMessage(5n), 0);
      expect(events(session)).toEqual(expected);
    }
  });

  it('is delivered again with a higher state or index of its text, once each', () => {
    const session = stages.client();
    const { OPEN, DONE } = StreamState;
    const steps = [
      [OPEN, 0],
      [OPEN, 0],
      [OPEN, 3],
      [OPEN, 2],
      [DONE, 3],
      [OPEN, 3],
      [DONE, 3],
    ] as const;
    const delivered = steps.map(([state, index]) => {
      session.receive(streamMessage(5n, state, index, 9), 0);
      const isDelivered = events(session).length > 0;
      // Only a repetition is confirmed at once: "the server may have missed the first receipt".
      expect(written(session).length).toBe(isDelivered ? 0 : 1);
      if (isDelivered) session.reply(9, { cmd: 7, data: { $case: 'sendResult', value: { code: 1, cmd: 6 } } }, 0);
      stages.silent(session);
      return isDelivered;
    });
    expect(delivered).toEqual([true, false, true, false, true, false, false]);
    // A text with the id of the stream is no step of it.
    session.receive(systemMessage(5n), 0);
    expect(events(session)).toEqual([]);
  });

  it('remembers as many ids as its window, the newest ones, and a step of a stream is new', () => {
    const window = new DeliveredWindow(2);
    const stream = (index: number) => ({ state: StreamState.OPEN, index });
    expect([window.add(1n, stream(1)), window.add(2n), window.add(1n, stream(2)), window.add(3n)]).toEqual(Array(4).fill(true));
    expect([window.has(1n), window.has(1n, stream(2)), window.has(1n, stream(3)), window.has(2n), window.has(3n)]).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  it('without a message_id is always new', () => {
    const session = stages.client();
    session.receive(systemMessage(0n), 0);
    session.receive(systemMessage(0n), 0);
    expect(events(session)).toHaveLength(2);
  });

  it('is new if the first one could not be delivered', () => {
    const session = stages.client();
    for (let sequence = 1; sequence <= 1024; sequence++) session.receive(encodeFrame('SendInfo', { cmd: 1000, sequence }), 0);
    session.receive(systemMessage(5n, 2000), 0);
    expect(written(session)).toEqual(['ERROR 35 re 2000']);
    stages.silent(session);
    session.receive(systemMessage(5n), 0);
    expect(events(session)).toEqual(['message SYSTEM_MESSAGE 0']);
  });
});

describe('a drain', () => {
  it('lets a server answer open requests, and refuses new ones', () => {
    const session = stages.server();
    session.receive(encodeFrame('SendInfo', { cmd: 1000, sequence: 5 }), 0);
    session.request({ cmd: 1000 }, 0);
    session.drain({ graceMs: 10_000, reconnectAfterMs: 500, reason: 'update' }, 0);
    stages.silent(session);
    session.receive(privateMessage(6), 0);
    session.reply(5, { cmd: 1000 }, 0);
    session.receive(encodeFrame('SendInfo', { cmd: 1000, replyTo: 1 }), 0);
    session.receive(encodeFrame('SendInfo', { cmd: 2, sequence: 7, data: { $case: 'heartbeat', value: {} } }), 0);
    expect(written(session)).toEqual(['ERROR 38 re 6', '1000 re 5', 'HEARTBEAT re 7']);
    expect(events(session)).toEqual(['notice DRAINING', 'reply 1']);
    expect(thrownBy(() => session.request({ cmd: 1000 }, 0)).code).toBe('DRAINING');
    session.push({ cmd: 1000 }, 0);
    expect([written(session), session.state]).toEqual([['1000 0'], 'draining']);
  });

  it('is announced once', () => {
    const session = stages.server();
    session.drain({ graceMs: 10_000 }, 0);
    session.drain({ graceMs: 20_000 }, 0);
    expect([written(session), session.nextDeadlineMs]).toEqual([['DRAIN 0'], 10_000]);
  });

  it('that breaks a rule is not sent', () => {
    const session = stages.server();
    expect(thrownBy(() => session.drain({ graceMs: 600_001 }, 0)).code).toBe('INVALID_MESSAGE');
    expect([written(session), session.state]).toEqual([[], 'authenticated']);
  });

  it('before the handshake is over is OVERLOADED', () => {
    const session = new ServerSession({}, 0);
    session.drain({ graceMs: 10_000 }, 0);
    expect([written(session), events(session)]).toEqual([['Reject 4'], ['closed OVERLOADED']]);
  });

  it('lets a pending LOGIN be accepted', () => {
    const session = stages.anonymousServer();
    session.receive(stages.LOGIN, 0);
    session.drain({ graceMs: 10_000 }, 0);
    session.acceptLogin(1, SENDER, 0);
    expect([written(session), session.state, session.nextDeadlineMs]).toEqual([['DRAIN 0', 'LOGIN re 1'], 'draining', 10_000]);
    const client = stages.anonymousClient();
    client.receive(stages.DRAIN, 0);
    client.receive(stages.SESSION, 0);
    expect([events(client), client.state, client.isLoggedIn]).toEqual([['drain', 'authenticated', 'reply 1'], 'draining', true]);
  });

  it('lets a client answer, and send no new requests', () => {
    const session = stages.client();
    session.request({ cmd: 1000 }, 0);
    session.receive(stages.DRAIN, 0);
    session.receive(systemMessage(5n, 3), 0);
    session.reply(3, { cmd: 7, data: { $case: 'sendResult', value: { code: 1 } } }, 0);
    session.receive(encodeFrame('SendInfo', { cmd: 1000, replyTo: 2 }), 0);
    expect(written(session)).toEqual(['1000 2', 'SEND_RESULT 1 re 3']);
    expect(events(session)).toEqual(['drain', 'message SYSTEM_MESSAGE 3', 'reply 2']);
    expect(thrownBy(() => session.request({ cmd: 1000 }, 0)).code).toBe('DRAINING');
    expect(thrownBy(() => session.login({ accessToken: 't' }, 0)).code).toBe('DRAINING');
  });

  it('ends on the client with an error after which it may reconnect', () => {
    const session = stages.client();
    session.receive(stages.DRAIN, 0);
    session.receive(error(38), 0);
    session.end(0);
    expect(events(session)).toEqual(['drain', 'notice DRAINING', 'closed CLOSED']);
    expect(session.closeError?.properties.reconnect).toBe(true);
  });
});

describe('an ERROR that closes', () => {
  it('has the time to wait before the next connection', () => {
    const session = stages.client();
    session.receive(error(39, { message: 'x', retryAfterMs: 900 }), 0);
    expect(session.takeEvents()).toMatchObject([{ type: 'closed', error: { code: 'SLOW_CONSUMER' }, retryAfterMs: 900 }]);
    expect(written(session)).toEqual([]);
    const rejected = stages.negotiatingClient();
    rejected.receive(encodeFrame('Reject', { code: 4, retryAfterMs: 800 }), 0);
    expect(rejected.takeEvents().at(-1)).toMatchObject({ type: 'closed', error: { code: 'OVERLOADED' }, retryAfterMs: 800 });
  });
});

describe('a server that closes before the handshake is over', () => {
  it.each([
    ['OVERLOADED', 4],
    ['INTERNAL', 43],
    ['MALFORMED_HELLO', 3],
  ] as const)('rejects with the reason: %s', (code, number) => {
    const session = new ServerSession({}, 0);
    session.close(0, new ProtocolError(code, 'why'));
    expect([written(session), events(session)]).toEqual([[`Reject ${number}`], [`closed ${code}`]]);
  });
});

it('calls into a session that closed with an error throw this error', () => {
  const session = stages.client();
  session.receive(error(36), 0);
  expect(thrownBy(() => session.request({ cmd: 1000 }, 0)).code).toBe('FORCED_LOGOUT');
});

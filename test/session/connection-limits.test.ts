// What a server accepts of one connection of version 2, at the limits.
import { describe, expect, it } from 'vitest';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { FEATURES, ProtocolError } from '../../src/index.js';
import { SENDER } from './alphabet.js';
import { Pair } from './pair.js';
import { written } from './transcript.js';

const group = (id: bigint) => ({ kind: { $case: 'groupId', value: id } }) as const;
const room = (id: bigint) => ({ kind: { $case: 'roomId', value: id } }) as const;
const pairOf = (lowerId: bigint, higherId: bigint) => ({ kind: { $case: 'private', value: { lowerId, higherId } } }) as const;
const content = { body: { $case: 'text', value: { text: 'x' } } } as const;

const SYNC: SendInfoInit = { cmd: 10, data: { $case: 'syncRequest', value: {} } };
const PAGE: SendInfoInit = { cmd: 10, data: { $case: 'syncPage', value: { cursor: Uint8Array.of(1) } } };
const history = (conversation = group(1n) as never): SendInfoInit => ({
  cmd: 11,
  data: { $case: 'historyRequest', value: { conversation } },
});
const typing = (conversation = group(1n) as never): SendInfoInit => ({
  cmd: 15,
  data: { $case: 'typing', value: { conversation, sender: SENDER, action: 1 } },
});
const presence = (userIds: bigint[], unsubscribeIds: bigint[] = [], ttlMs = 0): SendInfoInit => ({
  cmd: 19,
  data: { $case: 'presenceSubscription', value: { userIds, unsubscribeIds, ttlMs } },
});
const NOBODY: SendInfoInit = { cmd: 19, data: { $case: 'presenceList', value: {} } };
const join = (roomId: bigint, isJoin = true): SendInfoInit => ({
  cmd: 20,
  data: { $case: 'room', value: { roomId, join: isJoin } },
});

/** The code with which a request is refused, or `open`. */
function outcome(pair: Pair, message: SendInfoInit): string {
  const { answers } = pair.send(message);
  const [answer] = answers;
  return answer?.type === 'failed' ? String(answer.error.code) : 'open';
}

function ids(from: number, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => BigInt(from + i));
}

describe('features', () => {
  const requests: [string, SendInfoInit][] = [
    ['sync', SYNC],
    ['sync', history()],
    ['streams', { cmd: 17, data: { $case: 'streamControl', value: { conversation: group(1n), messageId: 1n } } }],
    [
      'calls',
      {
        cmd: 18,
        data: {
          $case: 'call',
          value: { conversation: group(1n), callId: 'c', step: 1, sender: SENDER, action: { $case: 'ringing', value: {} } },
        },
      },
    ],
    ['presence', presence([1n])],
    ['rooms', join(1n)],
  ];

  it.each(requests)('a request of %s is UNSUPPORTED_COMMAND unless it was negotiated: %o', (feature, message) => {
    const others = FEATURES.filter((name) => name !== feature && name !== 'deflate');
    expect(outcome(new Pair({}, { features: others }), message)).toBe('UNSUPPORTED_COMMAND');
    expect(outcome(new Pair({ features: others }), message)).toBe('UNSUPPORTED_COMMAND');
    expect(outcome(new Pair({}, { features: [feature] }), message)).toBe('open');
  });

  it('a server serves none by default, and all other commands', () => {
    const pair = new Pair({}, { features: [] });
    expect(pair.server.agreement?.features).toEqual([]);
    expect(
      outcome(pair, { cmd: 12, data: { $case: 'read', value: { conversation: group(1n), reader: SENDER, upToSeq: 1n } } }),
    ).toBe('open');
  });
});

describe('open requests', () => {
  it('one SYNC', () => {
    const pair = new Pair();
    const { sequence } = pair.send(SYNC);
    expect(outcome(pair, SYNC)).toBe('RATE_LIMITED');
    expect(outcome(pair, history())).toBe('open');
    pair.server.reply(sequence, PAGE, 0);
    pair.pass();
    pair.client.takeEvents();
    expect(outcome(pair, SYNC)).toBe('open');
  });

  it('four HISTORY', () => {
    const pair = new Pair();
    const first = pair.send(history());
    expect([outcome(pair, history()), outcome(pair, history()), outcome(pair, history())]).toEqual(['open', 'open', 'open']);
    const { answers } = pair.send(history());
    expect(answers).toMatchObject([
      { error: { code: 'RATE_LIMITED', message: expect.stringContaining('4 open requests of HISTORY, limit 4') } },
    ]);
    pair.server.refuse(first.sequence, new ProtocolError('NOT_A_MEMBER', 'no'), 0);
    pair.pass();
    pair.client.takeEvents();
    expect(outcome(pair, history())).toBe('open');
  });

  it.each([SYNC, history(), join(1n)])('without a sequence are refused: $cmd', (message) => {
    const pair = new Pair();
    pair.client.push(message, 0);
    pair.pass();
    expect(pair.server.takeEvents()).toMatchObject([{ type: 'notice', error: { code: 'INVALID_MESSAGE', path: 'sequence' } }]);
  });
});

describe('TYPING', () => {
  const passed = (pair: Pair, message = typing()): number => {
    pair.client.push(message, pair.nowMs);
    pair.pass();
    return pair.server.takeEvents().length;
  };

  it('once in 3 s for a conversation, and the rest is dropped without a word', () => {
    const pair = new Pair();
    expect([passed(pair), passed(pair)]).toEqual([1, 0]);
    expect(passed(pair, typing(group(2n) as never))).toBe(1);
    pair.wait(2999);
    expect(passed(pair)).toBe(0);
    pair.wait(1);
    expect([passed(pair), passed(pair)]).toEqual([1, 0]);
    expect(pair.client.takeEvents()).toEqual([]);
  });

  it('in 256 conversations within 3 s', () => {
    const pair = new Pair();
    for (const id of ids(1, 256)) expect(passed(pair, typing(group(id) as never))).toBe(1);
    expect(passed(pair, typing(group(257n) as never))).toBe(0);
    pair.wait(3000);
    expect(passed(pair, typing(group(257n) as never))).toBe(1);
  });

  it('with a sequence is refused: nothing answers it', () => {
    const pair = new Pair();
    const frame = pair.client.takeBytes();
    expect(frame).toEqual([]);
    expect(() => pair.client.request(typing(), 0)).toThrow('this side may not send TYPING as a request');
  });
});

describe('PRESENCE', () => {
  it('once a second', () => {
    const pair = new Pair();
    expect(outcome(pair, presence([1n]))).toBe('open');
    pair.wait(999);
    const { answers } = pair.send(presence([2n]));
    expect(answers).toMatchObject([{ type: 'failed', error: { code: 'RATE_LIMITED', retryAfterMs: 1 } }]);
    pair.wait(1);
    expect(outcome(pair, presence([2n]))).toBe('open');
  });

  it('of 1000 users, counting those that wait for an answer', () => {
    const pair = new Pair();
    expect(outcome(pair, presence(ids(1, 999)))).toBe('open');
    pair.wait(1000);
    expect(outcome(pair, presence(ids(999, 2)))).toBe('open');
    pair.wait(1000);
    const { answers } = pair.send(presence([1001n]));
    expect(answers).toMatchObject([
      { error: { code: 'RATE_LIMITED', message: expect.stringContaining('1001 users, limit 1000') } },
    ]);
    expect(outcome(pair, presence([1001n], [1n]))).toBe('open');
  });

  it('without a sequence is INVALID_MESSAGE: nobody would have accepted it', () => {
    const pair = new Pair();
    pair.client.push(presence([1n]), 0);
    pair.pass();
    expect(pair.server.takeEvents()).toMatchObject([{ type: 'notice', error: { code: 'INVALID_MESSAGE' } }]);
    expect(pair.server.isSubscribedTo(1n, 0)).toBe(false);
  });

  it('of 1000 users, also if the application refuses to end subscriptions', () => {
    const pair = new Pair();
    pair.server.reply(pair.send(presence(ids(1, 1000))).sequence, NOBODY, 0);
    pair.wait(1000);
    const end = pair.send(presence([], ids(1, 1000)));
    pair.wait(1000);
    expect(outcome(pair, presence([1001n]))).toBe('RATE_LIMITED');
    pair.server.refuse(end.sequence, new ProtocolError('PERMISSION_DENIED', 'no'), pair.nowMs);
    expect(pair.server.presenceSubscriptions(pair.nowMs)).toHaveLength(1000);
  });

  it('counts once the application has accepted it, and ends by ttl_ms, by its default, and by unsubscribing', () => {
    const pair = new Pair();
    const subscribed = (): bigint[] => pair.server.presenceSubscriptions(pair.nowMs);
    const first = pair.send(presence([1n, 2n, 1n], [], 5000));
    expect(subscribed()).toEqual([]);
    pair.server.reply(first.sequence, NOBODY, 0);
    expect(subscribed()).toEqual([1n, 2n]);
    pair.wait(1000);
    const refused = pair.send(presence([3n]));
    pair.server.refuse(refused.sequence, new ProtocolError('PERMISSION_DENIED', 'no'), pair.nowMs);
    pair.wait(1000);
    const third = pair.send(presence([4n], [1n]));
    pair.server.reply(third.sequence, NOBODY, pair.nowMs);
    expect(subscribed()).toEqual([2n, 4n]);
    pair.wait(2999);
    expect(pair.server.isSubscribedTo(2n, pair.nowMs)).toBe(true);
    pair.wait(1);
    expect([pair.server.isSubscribedTo(2n, pair.nowMs), subscribed()]).toEqual([false, [4n]]);
    pair.wait(597_000);
    expect(pair.server.isSubscribedTo(4n, 601_999)).toBe(true);
    expect(pair.server.isSubscribedTo(4n, 602_000)).toBe(false);
  });
});

describe('rooms', () => {
  const joined = (pair: Pair, id: bigint): void => {
    pair.server.reply(pair.send(join(id)).sequence, join(id), 0);
    pair.pass();
    pair.client.takeEvents();
  };
  const say = (roomId: bigint): SendInfoInit => ({
    cmd: 21,
    data: { $case: 'roomMessage', value: { sender: SENDER, roomId, content } },
  });

  it('at most 16, counting those that wait for an answer', () => {
    const pair = new Pair();
    for (const id of ids(1, 15)) joined(pair, id);
    const last = pair.send(join(16n));
    expect(outcome(pair, join(17n))).toBe('QUOTA_EXCEEDED');
    expect(outcome(pair, join(3n))).toBe('open');
    pair.server.refuse(last.sequence, new ProtocolError('PERMISSION_DENIED', 'no'), 0);
    pair.pass();
    pair.client.takeEvents();
    joined(pair, 17n);
    expect(pair.server.rooms.size).toBe(16);
    expect(outcome(pair, join(18n))).toBe('QUOTA_EXCEEDED');
    pair.server.reply(pair.send(join(1n, false)).sequence, join(1n, false), 0);
    pair.pass();
    pair.client.takeEvents();
    expect([pair.server.rooms.has(1n), outcome(pair, join(18n))]).toEqual([false, 'open']);
  });

  it('are for those who have joined: else NOT_A_MEMBER, and nothing is stored in them', () => {
    const pair = new Pair();
    const { sequence } = pair.send(join(5n));
    expect(outcome(pair, say(5n))).toBe('NOT_A_MEMBER');
    pair.server.reply(sequence, join(5n), 0);
    pair.pass();
    pair.client.takeEvents();
    expect(outcome(pair, say(5n))).toBe('open');
    expect(outcome(pair, say(6n))).toBe('NOT_A_MEMBER');
    expect(outcome(pair, history(room(5n) as never))).toBe('INVALID_MESSAGE');
    const read = { conversation: room(5n), reader: SENDER, upToSeq: 1n };
    expect(outcome(pair, { cmd: 12, data: { $case: 'read', value: read } })).toBe('INVALID_MESSAGE');
    const known = [
      { conversation: group(1n), seq: 1n },
      { conversation: room(5n), seq: 1n },
    ];
    expect(outcome(pair, { cmd: 10, data: { $case: 'syncRequest', value: { known } } })).toBe('INVALID_MESSAGE');
  });
});

describe('conversations', () => {
  it.each([
    [pairOf(1n, 9n), 'open'],
    [pairOf(1n, 1n), 'open'],
    [pairOf(2n, 9n), 'NOT_A_MEMBER'],
    [group(9n), 'open'],
  ])('%o: %s', (conversation, expected) => {
    expect(outcome(new Pair(), history(conversation as never))).toBe(expected);
  });

  it('of a kind that this release does not know is NOT_A_MEMBER', () => {
    const pair = new Pair();
    // HISTORY with sequence 9, and a conversation with field 7.
    const frame = Uint8Array.of(0, 0, 0, 15, 2, 7, 0, 0, 0x08, 11, 0x10, 9, 0xb2, 0x01, 4, 0x0a, 2, 0x38, 1);
    pair.server.receive(frame, 0);
    expect(written(pair.server)).toEqual(['ERROR 48 re 9']);
  });
});

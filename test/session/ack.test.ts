// Confirmed pushes of version 2: one ACK for many, in the order of sending.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { ProtocolError } from '../../src/errors.js';
import type { SendInfo } from '../../src/index.js';
import { type ClientSession, DeliveredWindow, type SessionEvent } from '../../src/session/index.js';
import { SEED } from '../seed.js';
import { Pair } from './pair.js';
import { frameText } from './transcript.js';

const push = (messageId: bigint) => {
  const content = { messageId, body: { $case: 'text', value: { text: String(messageId) } } } as const;
  return { cmd: 6, data: { $case: 'systemMessage', value: { content } } } as const;
};
const ASK = { cmd: 1000 };
const texts = (frames: readonly Uint8Array[]): string[] => frames.map(frameText);

function arrived(client: ClientSession): SendInfo[] {
  return client.takeEvents().flatMap((event) => (event.type === 'message' ? [event.message] : []));
}

function settled(events: readonly SessionEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'failed') return [`${event.sequence} ${event.error.code}`];
    if (event.type !== 'reply') return [];
    const { data } = event.message;
    return [data?.$case === 'sendResult' ? `${event.sequence} ${data.value.code} ${data.value.messageId}` : `${event.sequence}`];
  });
}

/** The server sends pushes with these message ids as requests 1, 2, 3. */
function pushed(pair: Pair, ids: readonly bigint[]): SendInfo[] {
  for (const id of ids) pair.server.request(push(id), 0);
  pair.pass();
  return arrived(pair.client);
}

describe('an ACK', () => {
  it('answers all pushes that were confirmed, as one frame of the announced size', () => {
    const pair = new Pair();
    const messages = pushed(pair, [11n, 12n, 13n]);
    for (const message of messages) pair.client.confirm(message, 0);
    const announced = pair.client.queuedBytes;
    const [frame, ...others] = pair.pass();
    expect(decodeFrame(frame).message).toMatchObject({ cmd: 14, sequence: 0, data: { value: { upToSequence: 3 } } });
    expect([others.length, announced, pair.client.queuedBytes]).toEqual([0, frame.length, 0]);
    expect(settled(pair.server.takeEvents())).toEqual(['1 1 11', '2 1 12', '3 1 13']);
    expect([pair.server.openRequests, pair.client.unanswered]).toEqual([0, 0]);
  });

  it('resolves a push as the SEND_RESULT of the client would', () => {
    const pair = new Pair();
    const [message] = pushed(pair, [11n]);
    pair.client.confirm(message, 0);
    pair.pass();
    const value = { code: 1, messageId: 11n, cmd: 6 };
    expect(pair.server.takeEvents()).toMatchObject([
      { type: 'reply', sequence: 1, message: { cmd: 7, sequence: 0, replyTo: 1, data: { $case: 'sendResult', value } } },
    ]);
  });

  it('waits for the pushes before it', () => {
    const pair = new Pair();
    const [first, second, third] = pushed(pair, [11n, 12n, 13n]);
    pair.client.confirm(third, 0);
    expect(pair.pass()).toEqual([]);
    pair.client.confirm(first, 0);
    pair.pass();
    expect(settled(pair.server.takeEvents())).toEqual(['1 1 11']);
    pair.client.confirm(second, 0);
    expect(texts(pair.pass())).toEqual(['ACK 0']);
    expect(settled(pair.server.takeEvents())).toEqual(['2 1 12', '3 1 13']);
  });

  it('passes over a push that was answered singly, and follows the ERROR of one that was refused', () => {
    const pair = new Pair();
    const [first, second, third, fourth] = pushed(pair, [11n, 12n, 13n, 14n]);
    for (const message of [first, fourth]) pair.client.confirm(message, 0);
    pair.client.refuse(second.sequence, new ProtocolError('PERMISSION_DENIED', 'no'), 0);
    pair.client.reply(third.sequence, { cmd: 7, data: { $case: 'sendResult', value: { code: 4 } } }, 0);
    expect(texts(pair.pass())).toEqual(['ERROR 34 re 2', 'SEND_RESULT 4 re 3', 'ACK 0']);
    expect(settled(pair.server.takeEvents()).filter((text) => !text.includes('notice'))).toEqual([
      '2 PERMISSION_DENIED',
      '3 4 0',
      '1 1 11',
      '4 1 14',
    ]);
  });

  it('passes over requests of the application, which have their own reply', () => {
    const pair = new Pair();
    pair.server.request(ASK, 0);
    pair.server.request(push(11n), 0);
    pair.server.request(ASK, 0);
    pair.server.request(push(12n), 0);
    pair.pass();
    const [, second, , fourth] = arrived(pair.client);
    for (const message of [second, fourth]) pair.client.confirm(message, 0);
    pair.pass();
    expect(settled(pair.server.takeEvents())).toEqual(['2 1 11', '4 1 12']);
    expect([pair.server.openRequests, pair.client.unanswered]).toEqual([2, 2]);
  });

  it.each([0xffff_ffff, 3, 4])('up to a sequence that is not an open push (%d) is ignored', (upToSequence) => {
    const pair = new Pair();
    pushed(pair, [11n, 12n]);
    pair.server.request(ASK, 0);
    pair.client.push({ cmd: 14, data: { $case: 'pushAck', value: { upToSequence } } }, 0);
    pair.pass();
    expect([pair.server.takeEvents(), pair.server.openRequests, pair.server.state]).toEqual([[], 3, 'authenticated']);
  });

  it('with a sequence is refused: nothing answers it', () => {
    const pair = new Pair();
    // No method of a client sends this.
    const frame = Uint8Array.of(0, 0, 0, 13, 2, 7, 0, 0, 0x08, 14, 0x10, 9, 0xc2, 0x01, 2, 0x08, 1);
    pair.server.receive(frame, 0);
    expect(pair.server.takeEvents()).toMatchObject([
      { type: 'notice', error: { code: 'INVALID_MESSAGE', message: '[INVALID_MESSAGE] ACK is never a request' } },
    ]);
  });

  it('goes out before the client closes, and before its LOGOUT', () => {
    for (const end of ['close', 'fail', 'logout'] as const) {
      const pair = new Pair();
      const [message] = pushed(pair, [11n]);
      pair.client.confirm(message, 0);
      if (end === 'close') pair.client.close(0);
      else if (end === 'fail') pair.client.close(0, new ProtocolError('SLOW_CONSUMER', 'too much'));
      else pair.client.logout(0);
      pair.pass();
      expect(settled(pair.server.takeEvents())).toEqual(['1 1 11']);
    }
  });

  it('is none on a connection of version 1: each push gets its SEND_RESULT at once', () => {
    const pair = new Pair({ versions: [1] });
    const messages = pushed(pair, [11n, 12n]);
    for (const message of messages) pair.client.confirm(message, 0);
    pair.client.confirm(messages[0], 0);
    expect(texts(pair.pass())).toEqual(['SEND_RESULT 1 re 1', 'SEND_RESULT 1 re 2']);
    expect(settled(pair.server.takeEvents())).toEqual(['1 1 11', '2 1 12']);
  });
});

describe('a message that arrives again', () => {
  it('is confirmed together with the first one', () => {
    const pair = new Pair();
    const [message] = pushed(pair, [11n]);
    expect(pushed(pair, [11n])).toEqual([]);
    expect(settled(pair.server.takeEvents())).toEqual([]);
    pair.client.confirm(message, 0);
    expect(texts(pair.pass())).toEqual(['ACK 0']);
    expect(settled(pair.server.takeEvents())).toEqual(['1 1 11', '2 1 11']);
    pushed(pair, [11n]);
    expect(settled(pair.server.takeEvents())).toEqual(['3 1 11']);
  });

  it('on the next connection is confirmed there once the application has the first one', () => {
    const delivered = new DeliveredWindow();
    const before = new Pair({ delivered });
    const [message] = pushed(before, [11n]);
    before.client.close(0);
    const after = new Pair({ delivered });
    expect(pushed(after, [11n])).toEqual([]);
    expect(settled(after.server.takeEvents())).toEqual([]);
    before.client.confirm(message, 0);
    after.pass();
    expect(settled(after.server.takeEvents())).toEqual(['1 1 11']);
  });
});

it(`both sides agree with a model whatever is confirmed, answered, refused and acknowledged (seed ${SEED})`, () => {
  const step = fc.record({ action: fc.nat(5), pick: fc.nat(1000), kind: fc.nat(3) });
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const pair = new Pair();
    /** The open requests in the order of sending, as the application of the client sees them. */
    const model: { sequence: number; isPush: boolean; isConfirmed: boolean; message: SendInfo }[] = [];
    const expected: string[] = [];
    const got: string[] = [];
    const flush = (): void => {
      const acks = texts(pair.pass()).filter((text) => text.startsWith('ACK'));
      expect(acks.length).toBeLessThanOrEqual(1);
      got.push(...settled(pair.server.takeEvents()));
      pair.client.takeEvents();
    };
    /** What an ACK covers: the longest run of confirmed pushes, whatever lies between them. */
    const advance = (): void => {
      for (;;) {
        const next = model.find(({ isPush }) => isPush);
        if (next === undefined || !next.isConfirmed) return;
        model.splice(model.indexOf(next), 1);
        expected.push(`${next.sequence} 1 ${messageId(next.message)}`);
      }
    };
    for (const [i, { action, pick, kind }] of steps.entries()) {
      const one = model[pick % Math.max(1, model.length)];
      if (action <= 1 || one === undefined) {
        flush();
        const isPush = kind > 0;
        const sequence = pair.server.request(isPush ? push(BigInt(i + 1)) : ASK, 0);
        pair.pass();
        const [message] = arrived(pair.client);
        model.push({ sequence, isPush, isConfirmed: false, message });
      } else if (action <= 3) {
        if (one.isPush) pair.client.confirm(one.message, 0);
        one.isConfirmed = one.isPush;
        advance();
      } else if (action === 4) {
        model.splice(model.indexOf(one), 1);
        if (one.isPush && kind < 2) {
          pair.client.reply(one.sequence, { cmd: 7, data: { $case: 'sendResult', value: { code: 4 } } }, 0);
          expected.push(`${one.sequence} 4 0`);
        } else if (one.isPush) {
          pair.client.refuse(one.sequence, new ProtocolError('PERMISSION_DENIED', 'no'), 0);
          expected.push(`${one.sequence} PERMISSION_DENIED`);
        } else {
          pair.client.reply(one.sequence, ASK, 0);
          expected.push(`${one.sequence}`);
        }
        advance();
      } else flush();
    }
    flush();
    expect(got.sort()).toEqual(expected.sort());
    expect([pair.server.openRequests, pair.client.unanswered]).toEqual([model.length, model.length]);
  });
  fc.assert(property, { seed: SEED, numRuns: 500 });
});

function messageId({ data }: SendInfo): bigint {
  return data?.$case === 'systemMessage' ? (data.value.content?.messageId ?? 0n) : 0n;
}

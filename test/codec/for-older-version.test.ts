import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { Content, type ContentInit } from '../../generated/models.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { forOlderVersion } from '../../src/codec/for-older-version.js';
import { forwardData } from '../../src/codec/forward-data.js';
import { messages } from '../arbitrary.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

const sender = { userId: 1n, terminal: 1 };
const text = (value: string) => ({ $case: 'text', value: { text: value } }) as const;

function withContent(content: ContentInit): SendInfoInit {
  return { cmd: 4, data: { $case: 'privateMessage', value: { sender, receiverId: 2n, content } } };
}

/** A body of a later version: field 98 of Content. */
function laterBody(fallback: string): SendInfoInit {
  const bytes = Uint8Array.of(...Content.encode({ messageId: 1n, fallback }), 0x92, 0x06, 0x01, 0x61);
  return withContent(Content.decode(bytes));
}

function errorOf(code: number, command: number): SendInfoInit {
  return { cmd: 8, data: { $case: 'error', value: { code, command, message: 'x', userMessage: 'y' } } };
}

describe('a connection of version 1', () => {
  it.each<[string, SendInfoInit]>([
    ['a text', withContent({ messageId: 1n, body: text('hi') })],
    [
      'a text with fields that it skips',
      withContent({ messageId: 1n, seq: 4n, quote: { messageId: 3n, senderId: 2n }, body: text('hi') }),
    ],
    [
      'an edit with a fallback',
      withContent({ fallback: '* hi', body: { $case: 'edit', value: { messageId: 1n, content: { body: text('hi') } } } }),
    ],
    ['a body that this release does not know, with a fallback', laterBody('a poll')],
    ['an error that it has', errorOf(34, 4)],
    ['a command of an application', { cmd: 1000 }],
  ])('gets %s as it is', (_title, message) => {
    expect(forOlderVersion(message, 1)).toBe(message);
  });

  it.each<[string, SendInfoInit]>([
    ['a reaction, whose fallback is empty', withContent({ body: { $case: 'reaction', value: { messageId: 1n, key: '+1' } } })],
    ['a stream that is open', withContent({ fallback: '...', body: { $case: 'stream', value: { text: 'a', state: 1 } } })],
    ['a body that this release does not know, without a fallback', laterBody('')],
    ['an unknown command with data that it does not have', { cmd: 127, data: { $case: 'room', value: { roomId: 1n } } }],
    ['the result of a command that it does not have', { cmd: 7, data: { $case: 'sendResult', value: { code: 1, cmd: 12 } } }],
    ['a command that it does not know', { cmd: 12 }],
    ['a command that it would ignore', { cmd: 15 }],
  ])('does not get %s', (_title, message) => {
    expect(forOlderVersion(message, 1)).toBeUndefined();
    expect(forOlderVersion(message, 2)).toBe(message);
  });

  it.each([
    [44, 32],
    [48, 34],
    [54, 34],
    [55, 35],
    [56, 34],
  ])('gets the error %d as %d, without the number of a command of version 2', (code, older) => {
    expect(forOlderVersion(errorOf(code, 4), 1)).toEqual(errorOf(older, 4));
    expect(forOlderVersion(errorOf(code, 12), 1)).toEqual(errorOf(older, 0));
    expect(forOlderVersion(errorOf(code, 12), 2)).toEqual(errorOf(code, 12));
  });

  it(`gets of a random message what version 1 can carry, or nothing (seed ${SEED})`, () => {
    const property = fc.property(messages(SendInfoTable), (message) => {
      const older = forOlderVersion(message, 1);
      if (older !== undefined) encodeFrame('SendInfo', older, { version: 1, validate: false, maxFrameBytes: 2 ** 24 });
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  it.each([2, 3, 4])('gets a finished stream (state %d) as text, with the same message_id', (state) => {
    const stream = { $case: 'stream', value: { text: 'the answer', state } } as const;
    expect(forOlderVersion(withContent({ messageId: 5n, seq: 2n, body: stream }), 1)).toEqual(
      withContent({ messageId: 5n, seq: 2n, body: text('the answer') }),
    );
  });

  it('gets the fallback of a finished stream without text, or nothing', () => {
    const stream = { $case: 'stream', value: { text: '', state: 4 } } as const;
    const failed = withContent({ fallback: 'failed', body: stream });
    expect(forOlderVersion(failed, 1)).toBe(failed);
    expect(forOlderVersion(withContent({ body: stream }), 1)).toBeUndefined();
  });
});

describe('forwardData to an older connection', () => {
  const receivers = [{ terminal: 1, userIds: [2n] }];
  const forwarded = (message: SendInfoInit, version?: number) => {
    const frame = encodeFrame('ReceiveInfo', { ...message, receivers } as Parameters<typeof encodeFrame<'ReceiveInfo'>>[1]);
    return decodeFrame(forwardData(frame, { version }));
  };

  it('writes what that connection gets', () => {
    const stream = { $case: 'stream', value: { text: 'the answer', state: 2 } } as const;
    const { version, message } = forwarded(withContent({ messageId: 5n, body: stream }), 1);
    expect([version, message]).toMatchObject([1, withContent({ messageId: 5n, body: text('the answer') })]);
  });

  it('refuses what that connection has nothing for', () => {
    const reaction = withContent({ body: { $case: 'reaction', value: { messageId: 1n, key: '+1' } } });
    const typing: SendInfoInit = {
      cmd: 15,
      data: { $case: 'typing', value: { conversation: { kind: { $case: 'groupId', value: 3n } }, sender } },
    };
    expect(thrownBy(() => forwarded(reaction, 1)).message).toBe(
      '[LOSSY_DOWNGRADE] version 1 has nothing for this PRIVATE_MESSAGE',
    );
    expect(thrownBy(() => forwarded(typing, 1)).message).toBe('[LOSSY_DOWNGRADE] version 1 has nothing for this TYPING');
    expect([forwarded(reaction, 2).version, forwarded(typing, 2).version]).toEqual([2, 2]);
  });

  it('keeps the version of the frame where none is given', () => {
    expect(forwarded(withContent({ body: text('hi') })).version).toBe(1);
  });
});

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Content, type ContentInit } from '../../generated/models.js';
import { type CountedMessage, countedMessage, countUnread, isShown, isUncounted } from '../../src/conversation/unread.js';
import { SEED } from '../seed.js';

const text = { $case: 'text', value: { text: 'hi' } } as const;
type Body = NonNullable<ContentInit['body']>;
const body = ($case: Body['$case'], value: object = {}): Body => ({ $case, value }) as Body;
const CHANGES = ['recall', 'read', 'reaction', 'edit'] as const;
const BY_ALL = ['text', 'image', 'file', 'audio', 'video'] as const;
const NEED_FALLBACK = [
  'custom',
  'stream',
  'merged',
  'notice',
  'call',
  'encrypted',
  'ephemeral',
  'location',
  'card',
  'sticker',
  'album',
] as const;
/** A body with the number 98, which no schema has. */
const later = (fallback: string): Content => {
  const bytes = [...Content.encode({ fallback }), 0x92, 0x06, 0];
  return Content.decode(new Uint8Array(bytes));
};

test('the lists of this test have every body of the schema', () => {
  const bodies = Content.generated.table.fields.filter(({ oneof }) => oneof === 'body').map(({ name }) => name);
  expect([...CHANGES, ...BY_ALL, ...NEED_FALLBACK].sort()).toEqual(bodies.sort());
});

describe('isUncounted', () => {
  it.each(CHANGES)('a %s never counts', ($case) => {
    expect(isUncounted({ body: body($case), fallback: '* text' })).toBe(true);
  });

  it.each(BY_ALL)('a %s counts without a fallback', ($case) => {
    expect(isUncounted({ body: body($case) })).toBe(false);
  });

  it.each(NEED_FALLBACK)('a %s counts with a fallback alone', ($case) => {
    expect(isUncounted({ body: body($case) })).toBe(true);
    expect(isUncounted({ body: body($case), fallback: 'f' })).toBe(false);
  });

  it('a later body counts with a fallback alone', () => {
    expect(isUncounted(later(''))).toBe(true);
    expect(isUncounted(later('f'))).toBe(false);
  });

  it('the sender may say so', () => {
    expect(isUncounted({ body: text, hints: { uncounted: true } })).toBe(true);
    expect(isUncounted({ body: text, hints: {} })).toBe(false);
  });
});

describe('isShown', () => {
  it.each([...BY_ALL, ...NEED_FALLBACK])('a %s is shown', ($case) => {
    expect(isShown({ body: body($case) })).toBe(true);
  });

  it.each(CHANGES)('a %s of another message is not', ($case) => {
    expect(isShown({ messageId: 2n, body: body($case, { messageId: 1n }), fallback: 'f' })).toBe(false);
  });

  it('a recalled message is', () => {
    expect(isShown({ messageId: 2n, body: body('recall', { messageId: 2n }) })).toBe(true);
  });

  it('a later body is shown by its fallback, if there is one', () => {
    expect(isShown(later('f'))).toBe(true);
    expect(isShown(later(''))).toBe(false);
  });
});

describe('countedMessage', () => {
  const sender = { userId: 5n, terminal: 1 };

  it('is what counting needs of a message', () => {
    const content = { seq: 3n, messageId: 9n, body: text };
    expect(countedMessage({ $case: 'privateMessage', value: { sender, receiverId: 1n, content } }, 1n)).toEqual({
      seq: 3n,
      senderId: 5n,
      uncounted: false,
      recalled: false,
      mentions: false,
    });
    expect(countedMessage({ $case: 'systemMessage', value: { content } }, 1n)).toMatchObject({ seq: 3n, senderId: 0n });
  });

  it.each([
    [{ mentionedIds: [1n] }, true],
    [{ mentionedIds: [2n] }, false],
    [{ mentionEveryone: true }, true],
  ])('mentions: %o', (mentions, expected) => {
    const value = { sender, groupId: 7n, content: { seq: 3n, body: text }, ...mentions };
    expect(countedMessage({ $case: 'groupMessage', value }, 1n).mentions).toBe(expected);
  });

  it('knows a recalled message', () => {
    const content = { seq: 3n, messageId: 9n, body: body('recall', { messageId: 9n }) };
    expect(countedMessage({ $case: 'groupMessage', value: { sender, groupId: 7n, content } }, 1n).recalled).toBe(true);
  });
});

describe('countUnread', () => {
  const messages = [1n, 2n, 3n, 4n, 5n].map((seq) => ({ seq, senderId: 9n }));
  const counts = (readSeq: bigint, firstSeq: bigint): number => countUnread(messages, { readSeq, firstSeq }, 1n).unreadCount;

  it('counts above read_seq and from first_seq on', () => {
    expect([1n, 2n, 3n].map((readSeq) => counts(readSeq, 0n))).toEqual([4, 3, 2]);
    expect([2n, 3n, 4n].map((firstSeq) => counts(0n, firstSeq))).toEqual([4, 3, 2]);
  });

  it('takes the last of several messages with one seq', () => {
    const again = [...messages, { seq: 3n, senderId: 9n }, { seq: 4n, senderId: 9n, recalled: true }];
    expect(countUnread(again, { readSeq: 0n, firstSeq: 0n }, 1n).unreadCount).toBe(4);
  });

  test('equals a naive model, whatever the order', () => {
    const small = fc.bigInt({ min: 0n, max: 12n });
    const one = fc.record({
      seq: small,
      senderId: fc.bigInt({ min: 0n, max: 2n }),
      uncounted: fc.boolean(),
      recalled: fc.boolean(),
      deleted: fc.boolean(),
      mentions: fc.boolean(),
    });
    const lists = fc.uniqueArray(one, { selector: ({ seq }) => seq, maxLength: 12 });
    fc.assert(
      fc.property(lists, small, small, (list, readSeq, firstSeq) => {
        let unreadCount = 0;
        const mentioned: bigint[] = [];
        for (let seq = 1n; seq <= 12n; seq++) {
          const message: CountedMessage | undefined = list.find((candidate) => candidate.seq === seq);
          if (message === undefined || seq <= readSeq || seq < firstSeq || message.senderId === 1n) continue;
          if (message.uncounted === true || message.recalled === true || message.deleted === true) continue;
          unreadCount++;
          if (message.mentions === true) mentioned.push(seq);
        }
        const expected = { unreadCount, unreadMentions: mentioned.length, firstMentionSeq: mentioned[0] ?? 0n };
        expect(countUnread(list, { readSeq, firstSeq }, 1n)).toEqual(expected);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });
});

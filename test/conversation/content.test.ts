import { describe, expect, it, test } from 'vitest';
import { Content, type ContentInit, type ForwardOriginInit, PrivateMessage, Quote } from '../../generated/models.js';
import type { MessageData } from '../../src/conversation/conversation-of.js';
import { nestedContentFaults } from '../../src/conversation/nested-content.js';
import { hideOrigins } from '../../src/conversation/origin.js';
import { platformQuote } from '../../src/conversation/quote.js';
import { clearQuote, isRecalled, recalledForm } from '../../src/conversation/recalled.js';
import { groupRef, privateRef } from '../../src/conversation/ref.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { thrownBy } from '../thrown-by.js';

const sender = { userId: 5n, terminal: 1 };
const text = { $case: 'text', value: { text: 'secret' } } as const;
type Body = NonNullable<ContentInit['body']>;
const body = ($case: Body['$case'], value: object = {}): Body => ({ $case, value }) as Body;
const group = (content: ContentInit): MessageData => ({ $case: 'groupMessage', value: { sender, groupId: 7n, content } });

describe('recalledForm', () => {
  const content: ContentInit = {
    messageId: 9n,
    clientMessageId: 'c',
    sentAtMs: 3n,
    fallback: 'secret',
    seq: 4n,
    quote: { messageId: 1n, seq: 2n, senderId: 3n, preview: 'secret', thumbnailUrl: 'secret' },
    origin: { senderName: 'secret' },
    hints: { uncounted: true },
    threadId: 8n,
    body: text,
    // A body with the number 98, which this release does not know.
    [UNKNOWN_FIELDS]: new Uint8Array([0x92, 0x06, 1, 0x78]),
  };

  it('keeps ids, seq, time, hints and thread, and nothing of what the message said', () => {
    // A field with the number 98, which this release does not know either.
    const value = {
      sender,
      receiverId: 2n,
      push: { title: 'secret' },
      content,
      [UNKNOWN_FIELDS]: new Uint8Array([0x92, 0x06, 1, 0x78]),
    };
    const message = { $case: 'privateMessage' as const, value };
    const bytes = PrivateMessage.encode(message.value);
    const recalled = recalledForm(message, { operatorId: 6n, reason: 'spam' });
    expect(PrivateMessage.encode(message.value)).toEqual(bytes);
    const whole = PrivateMessage.decode(PrivateMessage.encode(recalled.value));
    expect(whole).toEqual(
      PrivateMessage.create({
        sender,
        receiverId: 2n,
        content: {
          messageId: 9n,
          clientMessageId: 'c',
          sentAtMs: 3n,
          seq: 4n,
          quote: { messageId: 1n, seq: 2n, senderId: 3n, recalled: true },
          hints: { uncounted: true },
          threadId: 8n,
          body: { $case: 'recall', value: { messageId: 9n, operatorId: 6n, reason: 'spam' } },
        },
      }),
    );
    expect(isRecalled(whole.content ?? {})).toBe(true);
    expect(isRecalled(content)).toBe(false);
    expect(isRecalled({ messageId: 9n, body: body('recall', { messageId: 8n }) })).toBe(false);
  });

  it('is the same for a recalled message', () => {
    const once = recalledForm(group(content));
    expect(recalledForm(once)).toEqual(once);
  });

  it('needs a message_id', () => {
    expect(thrownBy(() => recalledForm(group({ body: text }))).message).toBe(
      '[INVALID_MESSAGE] a message without a message_id cannot be recalled',
    );
  });
});

describe('platformQuote', () => {
  const place = groupRef(7n);
  const claim = { messageId: 9n, seq: 99n, senderId: 99n, preview: 'forged', thumbnailUrl: 'forged', recalled: false };
  const quoted = (content: ContentInit): MessageData => group({ messageId: 9n, seq: 4n, ...content });
  const own = { messageId: 9n, seq: 4n, senderId: 5n, preview: '', thumbnailUrl: '', recalled: false };

  it.each<[string, ContentInit, Partial<Quote>]>([
    ['a text', { body: text }, { preview: 'secret' }],
    ['a picture', { body: body('image', { caption: 'c', thumbnailUrl: 't' }) }, { preview: 'c', thumbnailUrl: 't' }],
    [
      'a video without a caption',
      { fallback: '[video]', body: body('video', { thumbnailUrl: 't' }) },
      { preview: '[video]', thumbnailUrl: 't' },
    ],
    ['a file', { body: body('file', { name: 'n.pdf' }) }, { preview: 'n.pdf' }],
    [
      'an album',
      { body: body('album', { caption: 'c', items: [{ media: { $case: 'image', value: { thumbnailUrl: 't' } } }] }) },
      { preview: 'c', thumbnailUrl: 't' },
    ],
    ['a stream', { body: body('stream', { text: 'so far' }) }, { preview: 'so far' }],
    ['what disappears', { fallback: 'f', body: body('ephemeral', { content: { body: text } }) }, { preview: 'f' }],
    ['a later body', { fallback: 'f' }, { preview: 'f' }],
    ['a recalled message', { fallback: 'f', body: body('recall', { messageId: 9n }) }, { recalled: true }],
  ])('of %s has what the platform knows, and nothing of the client', (_what, content, expected) => {
    const quote = platformQuote(claim, place, quoted(content));
    expect(quote).toEqual({ ...own, ...expected });
    expect(Quote.check(quote)).toEqual([]);
  });

  it.each<[string, string, number]>([
    ['one byte', 'x'.repeat(1025), 1024],
    ['two', 'é'.repeat(513), 512],
    ['three', '汉'.repeat(342), 341],
    ['four', '𝄞'.repeat(257), 512],
    ['no cut', 'x'.repeat(1024), 1024],
  ])('cuts the preview between characters of %s', (_what, long, units) => {
    const quote = platformQuote(claim, place, quoted({ body: { $case: 'text', value: { text: long } } }));
    expect(quote?.preview).toBe(long.slice(0, units));
    expect(Quote.check(quote)).toEqual([]);
  });

  it('is undefined for a message that is not there, is another one, is elsewhere, or has no sender', () => {
    expect(platformQuote(claim, place, undefined)).toBeUndefined();
    expect(platformQuote({ messageId: 8n }, place, quoted({ body: text }))).toBeUndefined();
    expect(platformQuote(claim, groupRef(8n), quoted({ body: text }))).toBeUndefined();
    expect(platformQuote(claim, privateRef(5n, 7n), quoted({ body: text }))).toBeUndefined();
    const content = { messageId: 9n, body: text };
    expect(platformQuote(claim, place, { $case: 'systemMessage', value: { conversation: place, content } })).toBeUndefined();
    expect(platformQuote(claim, place, { $case: 'systemMessage', value: { content } })).toBeUndefined();
  });

  test('clearQuote removes preview and thumbnail', () => {
    expect(clearQuote(claim)).toEqual({ ...claim, preview: '', thumbnailUrl: '', recalled: true });
  });
});

describe('hideOrigins', () => {
  const seen: ForwardOriginInit = { conversation: groupRef(1n), messageId: 2n, senderName: 'a', hops: 1 };
  const unseen: ForwardOriginInit = {
    conversation: groupRef(8n),
    messageId: 3n,
    senderId: 4n,
    senderName: 'b',
    sentAtMs: 5n,
    hops: 2,
    [UNKNOWN_FIELDS]: new Uint8Array([0xa0, 0x06, 1]),
  };
  const hidden = { senderId: 4n, senderName: 'b', sentAtMs: 5n, hops: 2, messageId: 0n, conversation: undefined };
  const maySee = ({ conversation }: ForwardOriginInit): boolean =>
    conversation?.kind?.$case === 'groupId' && conversation.kind.value === 1n;

  it('clears what the reader may not see, at any depth, and shares the rest', () => {
    const content = (origin: ForwardOriginInit): ContentInit => {
      const merged = body('merged', {
        items: [
          { origin, content: { origin, body: text } },
          { origin: seen, content: { body: text } },
        ],
      });
      return { origin, body: body('merged', { items: [{ origin, content: { body: merged } }] }) };
    };
    const before = content(unseen);
    const copy = structuredClone(before);
    expect(hideOrigins(before, maySee)).toEqual(content(hidden));
    expect(structuredClone(before)).toEqual(copy);
    const visible = content(seen);
    expect(hideOrigins(visible, maySee)).toBe(visible);
  });

  it.each(['edit', 'ephemeral'] as const)('goes into the content of an %s', ($case) => {
    const content = (origin: ForwardOriginInit): ContentInit => ({ body: body($case, { content: { origin, body: text } }) });
    expect(hideOrigins(content(unseen), maySee)).toEqual(content(hidden));
  });

  it('asks for origins alone that name a conversation or message', () => {
    const content = { origin: { senderName: 'a' }, body: text };
    const asked: unknown[] = [];
    expect(hideOrigins(content, (origin) => asked.push(origin) > 0)).toBe(content);
    expect(asked).toEqual([]);
    const byMessage = { origin: { messageId: 1n } };
    expect(hideOrigins(byMessage, () => false).origin).toMatchObject({ messageId: 0n });
  });
});

describe('nestedContentFaults', () => {
  const edit = (content: ContentInit): ContentInit => ({ body: body('edit', { messageId: 1n, content }) });
  const ephemeral = (content: ContentInit): ContentInit => ({ body: body('ephemeral', { content }) });
  const merged = (content: ContentInit): ContentInit => ({
    body: body('merged', { items: [{ content: { body: text } }, { content }] }),
  });

  const bodies = Content.generated.table.fields.filter(({ oneof }) => oneof === 'body').map(({ name }) => name as Body['$case']);
  const FORBIDDEN = ['edit', 'ephemeral', 'reaction', 'recall', 'read', 'stream'];

  it.each(bodies)('the body %s', ($case) => {
    const rules = (content: ContentInit): string[] => nestedContentFaults(content).map(({ rule }) => rule);
    const inForwarded = FORBIDDEN.includes($case) ? ['nested_body'] : [];
    const nested = { body: body($case) };
    expect(rules(merged(nested))).toEqual(inForwarded);
    expect(rules(edit(nested))).toEqual($case === 'merged' ? ['nested_body'] : inForwarded);
    expect(rules(ephemeral(nested))).toEqual($case === 'merged' ? ['nested_body'] : inForwarded);
    expect(rules(nested)).toEqual([]);
  });

  it('names the place', () => {
    const fields = { messageId: 1n, seq: 2n, hints: {}, threadId: 3n, body: text };
    expect(nestedContentFaults(edit(fields)).map(({ path, rule }) => [path, rule])).toEqual([
      ['edit.content.messageId', 'nested_field'],
      ['edit.content.seq', 'nested_field'],
      ['edit.content.hints', 'nested_field'],
      ['edit.content.threadId', 'nested_field'],
    ]);
    expect(nestedContentFaults(merged(merged(edit({ body: text }))))).toEqual([
      {
        path: 'merged.items[1].content.merged.items[1].content.edit',
        rule: 'nested_body',
        message: 'expected another body, got edit',
      },
    ]);
    // What is outermost may have all of them.
    expect(nestedContentFaults(fields)).toEqual([]);
  });

  it.each([
    [9, []],
    [10, []],
    [11, ['max_depth']],
  ])('%s MergedForwards deep', (depth, rules) => {
    let content: ContentInit = { body: text };
    for (let i = 0; i < depth; i++) content = merged(content);
    expect(nestedContentFaults(content).map(({ rule }) => rule)).toEqual(rules);
  });

  it('reports at most 1000 issues', () => {
    const items = Array.from({ length: 600 }, () => ({ content: { messageId: 1n, seq: 1n, body: text } }));
    expect(nestedContentFaults({ body: body('merged', { items }) })).toHaveLength(1000);
  });
});

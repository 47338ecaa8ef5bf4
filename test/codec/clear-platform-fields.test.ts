// "The server clears it in what a client sends, at any depth."
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ContentTable } from '../../generated/im/protocol/v1/content.codec.js';
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import { SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { clearPlatformFields } from '../../src/codec/clear-platform-fields.js';
import { isProtocolError } from '../../src/errors.js';
import { createMessage } from '../../src/wire/create-message.js';
import type { FieldTable, MessageTable } from '../../src/wire/table.js';
import { messages } from '../arbitrary.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

const sender = { userId: 1n, terminal: 1 };
const text = { $case: 'text', value: { text: 'hi' } } as const;

function whole(message: SendInfoInit): SendInfo {
  return createMessage(SendInfoTable, message) as SendInfo;
}

function withContent(content: ContentInit): SendInfo {
  return whole({ cmd: 4, data: { $case: 'privateMessage', value: { sender, receiverId: 2n, content } } });
}

/** Every value of a message that is set, by its path, and whether only the platform sets it. */
function* valuesOf(table: MessageTable, message: Record<string, unknown>, path = ''): Generator<[string, unknown, FieldTable]> {
  for (const field of table.fields) {
    const member =
      field.oneof === undefined ? undefined : (message[field.oneof] as { $case: string; value: unknown } | undefined);
    const value = field.oneof === undefined ? message[field.name] : member?.$case === field.name ? member.value : undefined;
    const isEmpty = value === undefined || value === 0 || value === 0n || value === '' || value === false;
    if (isEmpty && field.oneof === undefined) continue;
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    const at = `${path}.${field.name}`;
    if (field.message === undefined || field.platform) yield [at, value, field];
    else if (field.kind === 'list') {
      for (const [i, item] of (value as Record<string, unknown>[]).entries())
        yield* valuesOf(field.message(), item, `${at}[${i}]`);
    } else if (field.kind === undefined) yield* valuesOf(field.message(), value as Record<string, unknown>, at);
  }
}

describe('clearPlatformFields', () => {
  it('clears what only the platform sets, and nothing else', () => {
    const message = withContent({
      messageId: 7n,
      seq: 9n,
      hints: { urgent: true, silent: true, senderName: 'the boss' },
      quote: { messageId: 3n, senderId: 2n, recalled: true, preview: 'p' },
      body: text,
    });
    const expected = withContent({
      messageId: 7n,
      hints: { silent: true },
      quote: { messageId: 3n, senderId: 2n, preview: 'p' },
      body: text,
    });
    expect(clearPlatformFields(message)).toEqual(expected);
  });

  it('does not change its input, and shares it where there is nothing to clear', () => {
    const marked = withContent({ seq: 9n, body: text });
    const copy = structuredClone(marked);
    expect(clearPlatformFields(marked)).not.toBe(marked);
    expect(marked).toEqual(copy);
    const plain = withContent({ body: text });
    expect(clearPlatformFields(plain)).toBe(plain);
  });

  it('goes down into lists and nested contents', () => {
    const nested = (seq: bigint): ContentInit => ({
      body: {
        $case: 'merged',
        value: { items: [{ content: { body: text } }, { origin: { hops: Number(seq) }, content: { seq, body: text } }] },
      },
    });
    expect(clearPlatformFields(withContent(nested(5n)))).toEqual(withContent(nested(0n)));
  });

  it.each<[string, SendInfo]>([
    ['privateMessage.content.notice', withContent({ body: { $case: 'notice', value: { kind: 1 } } })],
    ['privateMessage.content.stream', withContent({ body: { $case: 'stream', value: { state: 1 } } })],
    ['privateMessage.content.call', withContent({ body: { $case: 'call', value: { callId: 'c' } } })],
    [
      'privateMessage.content.edit.content.notice',
      withContent({
        body: { $case: 'edit', value: { messageId: 1n, content: { body: { $case: 'notice', value: { kind: 1 } } } } },
      }),
    ],
    ['call.members', whole({ cmd: 18, data: { $case: 'call', value: { sender, action: { $case: 'members', value: {} } } } })],
    [
      'call.server',
      whole({ cmd: 18, data: { $case: 'call', value: { sender, action: { $case: 'server', value: { url: 'u' } } } } }),
    ],
  ])('refuses %s', (path, message) => {
    expect(thrownBy(() => clearPlatformFields(message))).toMatchObject({
      code: 'PERMISSION_DENIED',
      path,
      message: `[PERMISSION_DENIED] ${path} is set by the platform only`,
    });
  });

  test('no random message keeps anything that only the platform sets, and each keeps all the rest', () => {
    fc.assert(
      fc.property(messages(ContentTable, -1), (content) => {
        const message = withContent(content as ContentInit);
        const before = [...valuesOf(SendInfoTable, message as unknown as Record<string, unknown>)];
        const isRefused = before.some(([, , field]) => field.platform && field.oneof !== undefined);
        let after: SendInfo;
        try {
          after = clearPlatformFields(message);
        } catch (error) {
          expect(isRefused && isProtocolError(error, 'PERMISSION_DENIED')).toBe(true);
          return;
        }
        expect(isRefused).toBe(false);
        const kept = before.filter(([, , field]) => !field.platform);
        expect([...valuesOf(SendInfoTable, after as unknown as Record<string, unknown>)]).toEqual(kept);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

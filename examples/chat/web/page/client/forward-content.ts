// The content of a forwarded message: one as it is, several as one.
import type { Content, ContentInit, ForwardOriginInit, MergedForwardInit } from '@im/protocol';
import { parseConversationKey } from '@im/protocol/conversation';
import type { SyncMessage } from '@im/protocol/sync';
import { nameOf } from '../../users.js';
import { contentOf } from './message-of.js';
import { cut } from './outbox.js';

const MAX_ITEMS = 100;
const MAX_PREVIEW = 4;

/** @param fromKey The conversation of the messages. @returns undefined if none of them can be forwarded. */
export function forwardContent(fromKey: string, messages: readonly SyncMessage[]): ContentInit | undefined {
  const forwarded = messages.filter(isForwardable).slice(0, MAX_ITEMS);
  if (forwarded.length === 0) return undefined;
  if (forwarded.length === 1)
    return { ...bodyAlone(forwarded[0]), origin: originOf(fromKey, forwarded[0]), hints: { receiptWanted: true } };
  const names = [...new Set(forwarded.map(({ senderId }) => nameOf(senderId)))];
  const lines = forwarded.map((message) => cut(`${nameOf(message.senderId)}: ${lineOf(message.content)}`).slice(0, 80));
  const value: MergedForwardInit = {
    title: cut(names.join(', ')).slice(0, 60),
    preview: lines.slice(0, MAX_PREVIEW),
    count: forwarded.length,
    items: forwarded.map((message) => ({ origin: originOf(fromKey, message), content: bodyAlone(message) })),
    depth: 1 + Math.max(...forwarded.map(({ content: { body } }) => (body?.$case === 'merged' ? body.value.depth : 0))),
  };
  return { fallback: cut(lines.join('\n')), body: { $case: 'merged', value }, hints: { receiptWanted: true } };
}

/** A streamed answer is forwarded as the text that it has become. */
function bodyAlone({ content: { body, fallback } }: SyncMessage): ContentInit {
  if (body?.$case === 'stream') return { fallback, body: { $case: 'text', value: { text: body.value.text } } };
  return { fallback, body };
}

function isForwardable({ recall, content: { body } }: SyncMessage): boolean {
  if (recall !== undefined || body === undefined || ['recall', 'notice', 'call', 'ephemeral'].includes(body.$case)) return false;
  return body.$case !== 'stream' || body.value.text !== '';
}

function originOf(fromKey: string, message: SyncMessage): ForwardOriginInit {
  const { messageId, senderId } = message;
  const { sentAtMs } = contentOf(message);
  return { conversation: parseConversationKey(fromKey), messageId, senderId, senderName: nameOf(senderId), sentAtMs };
}

function lineOf({ body, fallback }: Content): string {
  return body?.$case === 'text' || body?.$case === 'stream' ? body.value.text : fallback;
}

// A stored message as the view shows it.
import type { Content } from '@im/protocol';
import { isShown } from '@im/protocol/conversation';
import type { SyncConversation, SyncMessage } from '@im/protocol/sync';
import { nameOf, personOf } from '../../users.js';
import type { Person } from '../model/chat-model.js';
import type { Delivery, MessageView, QuoteView, ReactionView } from '../model/message-view.js';
import { bodyOf } from './body-of.js';

/** Edits, reactions, recalls and receipts change other messages, and are not shown themselves. */
const CHANGES = ['edit', 'reaction', 'read'];

/** Undefined: the message is not shown. */
export function messageOf(message: SyncMessage, me: Person, conversation: SyncConversation | undefined): MessageView | undefined {
  const { content, recall, edit } = message;
  const original = contentOf(message);
  if (CHANGES.includes(original.body?.$case ?? '')) return undefined;
  // The command that recalls another message is not shown either: that message is, as recalled.
  if (original.body?.$case === 'recall' && original.body.value.messageId !== message.messageId) return undefined;
  if (recall === undefined && !isShown(content)) return undefined;
  const sender = personOf(message.senderId);
  const isOwn = message.senderId === me.userId;
  const { readCount, delivery } = isOwn ? deliveryOf(message, conversation) : {};
  const { origin } = original;
  return {
    key: original.clientMessageId === '' || !isOwn ? String(message.messageId) : original.clientMessageId,
    messageId: message.messageId,
    seq: message.seq,
    sender: message.senderId === 0n ? { userId: 0n, name: '' } : sender,
    isOwn,
    sentAtMs: Number(original.sentAtMs),
    body:
      recall === undefined
        ? bodyOf(content)
        : { kind: 'recalled', ...(recall.operatorId !== 0n && { by: personOf(recall.operatorId) }) },
    isEdited: edit !== undefined && recall === undefined,
    reactions: message.reactions.map(
      (reaction): ReactionView => ({ key: reaction.key, count: reaction.count, isMine: reaction.mine, names: [] }),
    ),
    ...(original.quote && recall === undefined && { quote: quoteOf(original.quote) }),
    ...(origin && recall === undefined && { forwardedFrom: origin.senderName || nameOf(origin.senderId) }),
    ...(delivery && { delivery }),
    ...(readCount && { readCount }),
  };
}

export function contentOf({ data }: SyncMessage): Content {
  return data.value.content as Content;
}

function deliveryOf(
  { seq, receipt }: SyncMessage,
  conversation: SyncConversation | undefined,
): { delivery: Delivery; readCount?: number } {
  const { peerReadSeq = 0n, ref } = conversation ?? {};
  const isPrivate = ref?.kind?.$case === 'private';
  const { read = 0, delivered = 0 } = receipt ?? {};
  const readCount = isPrivate ? 0 : read;
  if (isPrivate ? seq <= peerReadSeq || read > 0 : read > 0) return { delivery: 'read', readCount };
  return { delivery: delivered > 0 ? 'delivered' : 'sent', readCount };
}

function quoteOf({ messageId, senderId, preview, recalled }: NonNullable<Content['quote']>): QuoteView {
  return { messageId, senderName: nameOf(senderId), preview, isRecalled: recalled };
}

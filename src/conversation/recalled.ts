// A message after its recall.
import type { ContentInit, Quote, QuoteInit, RecallInit } from '../../generated/models.js';
import { ProtocolError } from '../errors.js';
import { UNKNOWN_FIELDS } from '../wire/unknown.js';
import type { MessageData } from './conversation-of.js';

/** True for the recalled form of a message: its body is a Recall of itself. */
export function isRecalled({ messageId = 0n, body }: ContentInit): boolean {
  return messageId !== 0n && body?.$case === 'recall' && body.value.messageId === messageId;
}

/**
 * A message as SYNC and HISTORY give it once it was recalled: the body is a Recall of the message itself, the fallback is empty,
 * and what says or shows what it said is gone: preview of the quote, origin, push hints, and fields that this release does not
 * know. Ids, seq, time, hints and thread stay.
 * @param recall operator_id and reason of the Recall. Default: the sender recalled it.
 * @returns a new message; the input is not changed.
 * @throws ProtocolError INVALID_MESSAGE for a message without a message_id.
 */
export function recalledForm<Message extends MessageData>(message: Message, recall: Omit<RecallInit, 'messageId'> = {}): Message {
  const content = recalledContent(message.value.content ?? {}, recall);
  const value: MessageData['value'] = { ...message.value, content };
  if ('push' in value) value.push = undefined;
  delete value[UNKNOWN_FIELDS];
  return { ...message, value };
}

function recalledContent(content: ContentInit, recall: Omit<RecallInit, 'messageId'>): ContentInit {
  const { messageId = 0n, clientMessageId = '', sentAtMs = 0n, seq = 0n, quote, hints, threadId = 0n } = content;
  if (messageId === 0n) throw new ProtocolError('INVALID_MESSAGE', 'a message without a message_id cannot be recalled');
  return {
    messageId,
    clientMessageId,
    sentAtMs,
    seq,
    threadId,
    fallback: '',
    quote: quote && clearQuote(quote),
    origin: undefined,
    hints,
    body: { $case: 'recall', value: { operatorId: 0n, reason: '', ...recall, messageId } },
  };
}

/** A quote whose message was recalled: without preview and thumbnail. Clients do the same to the quotes that they have stored. */
export function clearQuote({ messageId = 0n, seq = 0n, senderId = 0n }: QuoteInit): Quote {
  return { messageId, seq, senderId, preview: '', thumbnailUrl: '', recalled: true };
}

// The quotes that the platform passes on.
import type { ContentInit, ConversationRefInit, Quote, QuoteInit } from '../../generated/models.js';
import { conversationOf, type MessageData } from './conversation-of.js';
import { isRecalled } from './recalled.js';
import { isSameConversation } from './ref.js';

/** `max_bytes` of Quote.preview. */
const PREVIEW_MAX_BYTES = 1024;

/**
 * The quote of a client as the platform passes it on: nothing of it stays but the message_id. All else comes from the quoted
 * message, and a recalled message has neither preview nor thumbnail.
 * @param conversation the conversation of the message that has the quote.
 * @param quoted the message with the quote's message_id, as it is now; undefined = there is none.
 * @returns undefined where the quote must not be passed on: the message does not exist, has another id, is in another
 * conversation, or has no sender, as messages of the system.
 * @throws ProtocolError INVALID_MESSAGE for a conversation or quoted message with ids below 1.
 */
export function platformQuote(
  quote: QuoteInit,
  conversation: ConversationRefInit,
  quoted: MessageData | undefined,
): Quote | undefined {
  const place = conversationOf(quoted);
  if (quoted === undefined || place === undefined || !isSameConversation(place, conversation)) return undefined;
  const content = quoted.value.content ?? {};
  const { messageId = 0n, seq = 0n } = content;
  const senderId = quoted.$case === 'systemMessage' ? 0n : (quoted.value.sender?.userId ?? 0n);
  if (messageId === 0n || messageId !== quote.messageId || senderId === 0n) return undefined;
  const recalled = isRecalled(content);
  const preview = recalled ? '' : cutText(previewOf(content), PREVIEW_MAX_BYTES);
  return { messageId, seq, senderId, preview, thumbnailUrl: recalled ? '' : thumbnailOf(content), recalled };
}

/** The text of a message, or what it shows in place of one. What disappears or is encrypted has its fallback alone. */
function previewOf({ body, fallback = '' }: ContentInit): string {
  switch (body?.$case) {
    case 'text':
    case 'stream':
      return body.value.text || fallback;
    case 'image':
    case 'video':
    case 'album':
      return body.value.caption || fallback;
    case 'file':
      return body.value.name || fallback;
    default:
      return fallback;
  }
}

function thumbnailOf({ body }: ContentInit): string {
  switch (body?.$case) {
    case 'image':
    case 'video':
      return body.value.thumbnailUrl ?? '';
    case 'album':
      return body.value.items?.[0]?.media?.value.thumbnailUrl ?? '';
    default:
      return '';
  }
}

/** The start of a text: at most `maxBytes` bytes of UTF-8, cut between characters. */
function cutText(text: string, maxBytes: number): string {
  // A UTF-16 unit takes at most three bytes.
  if (text.length * 3 <= maxBytes) return text;
  let bytes = 0;
  let end = 0;
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > maxBytes) break;
    end += char.length;
  }
  return text.slice(0, end);
}

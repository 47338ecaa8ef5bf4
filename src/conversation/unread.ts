// What a reader sees as a message, and what counts as unread.
import type { ContentInit } from '../../generated/models.js';
import type { MessageData } from './conversation-of.js';
import { isRecalled } from './recalled.js';

/** Bodies that change or report on another message. */
const CHANGES: ReadonlySet<string> = new Set(['recall', 'read', 'reaction', 'edit']);
/** Bodies of version 1 that every reader shows: they need no fallback. */
const SHOWN_BY_ALL: ReadonlySet<string> = new Set(['text', 'image', 'file', 'audio', 'video']);

/**
 * What the platform sets as `hints.uncounted` of a message: true for a recall, read receipt, reaction or edit, for a body other
 * than text, image, file, audio and video with an empty fallback, and where the sender has set it. It does not depend on what a
 * reader knows, so that all readers count the same.
 */
export function isUncounted({ body, fallback = '', hints }: ContentInit): boolean {
  if (hints?.uncounted) return true;
  if (body === undefined) return fallback === '';
  return CHANGES.has(body.$case) || (fallback === '' && !SHOWN_BY_ALL.has(body.$case));
}

/**
 * True if a reader shows the content as a message in the conversation: not a change of another message, and not a body that this
 * release does not know with an empty fallback. A body of an application (`custom`) counts as known; whether its type is known,
 * the application knows. A recalled message is shown: as one that was recalled.
 */
export function isShown(content: ContentInit): boolean {
  const { body, fallback = '' } = content;
  if (body === undefined) return fallback !== '';
  return !CHANGES.has(body.$case) || isRecalled(content);
}

/** A stored message of a conversation, as far as counting needs it. */
export interface CountedMessage {
  /** Its place in the conversation; 0 = not stored: it does not count. */
  readonly seq: bigint;
  /** The id of the user who sent it; 0 = the platform. */
  readonly senderId: bigint;
  /** It has the hint `uncounted`. Default false. */
  readonly uncounted?: boolean | undefined;
  /** It was recalled. Default false. */
  readonly recalled?: boolean | undefined;
  /** It was deleted, for all or for the user. Default false. */
  readonly deleted?: boolean | undefined;
  /** It mentions the user. Default false. */
  readonly mentions?: boolean | undefined;
}

/** A message, as it is now, for `countUnread` of a user. */
export function countedMessage({ $case, value }: MessageData, userId: bigint): CountedMessage {
  const content = value.content ?? {};
  const sender = $case === 'systemMessage' ? undefined : value.sender;
  return {
    seq: content.seq ?? 0n,
    senderId: sender?.userId ?? 0n,
    uncounted: isUncounted(content),
    recalled: isRecalled(content),
    mentions: $case === 'groupMessage' && (value.mentionEveryone === true || (value.mentionedIds ?? []).includes(userId)),
  };
}

/** The unread messages of a user in a conversation: the values of the fields of ConversationState. */
export interface Unread {
  /** The number of unread messages. */
  readonly unreadCount: number;
  /** The number of those that mention the user. */
  readonly unreadMentions: number;
  /** The lowest seq of those that mention the user; 0 = there is none. */
  readonly firstMentionSeq: bigint;
}

/**
 * Counts unread messages: those with a seq above read_seq and not below first_seq that the user did not send, without the hint
 * `uncounted`, neither recalled nor deleted. A seq counts once: of several messages with it the last one counts, as a stream
 * comes again when it ends.
 * @param messages of one conversation, in any order.
 * @param state read_seq and first_seq of the user.
 */
export function countUnread(
  messages: Iterable<CountedMessage>,
  { readSeq, firstSeq }: { readonly readSeq: bigint; readonly firstSeq: bigint },
  userId: bigint,
): Unread {
  const latest = new Map<bigint, CountedMessage>();
  for (const message of messages) {
    if (message.seq > 0n && message.seq > readSeq && message.seq >= firstSeq) latest.set(message.seq, message);
  }
  let unreadCount = 0;
  let unreadMentions = 0;
  let firstMentionSeq = 0n;
  for (const { seq, senderId, uncounted, recalled, deleted, mentions } of latest.values()) {
    if (senderId === userId || uncounted || recalled || deleted) continue;
    unreadCount += 1;
    if (!mentions) continue;
    unreadMentions += 1;
    if (firstMentionSeq === 0n || seq < firstMentionSeq) firstMentionSeq = seq;
  }
  return { unreadCount, unreadMentions, firstMentionSeq };
}

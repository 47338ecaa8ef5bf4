import { PresenceStatus } from '../../generated/im/protocol/v1/presence.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { type Typing, TypingAction } from '../../generated/im/protocol/v1/typing.js';
import type { UserInfo } from '../../generated/im/protocol/v1/user_info.js';
import { conversationRefOf, refText } from '../codec/conversation-ref.js';
import { DEFAULT_TYPING_EXPIRES_MS } from '../limits.js';

/** What a user is doing in a conversation. */
export interface TypingEntry {
  readonly userId: bigint;
  /** A TypingAction: writing text, recording audio. */
  readonly action: number;
  /** When it ends, on the clock of `nowMs`. */
  readonly endsAtMs: number;
}

/** The entries that are kept, over all conversations. */
const MAX_ENTRIES = 4096;

/**
 * Who is typing in which conversation, on a client. Pass it all messages. An entry ends after `expires_in_ms`, with a message of the user in the
 * conversation, or when the user goes offline. At most 4096 entries are kept: the oldest makes room.
 *
 * A conversation is named by its key: see `conversationKey`.
 */
export class TypingTracker {
  /** By conversation and user. A Map iterates in insertion order: the first entry is the oldest. */
  readonly #entries = new Map<string, TypingEntry & { readonly conversation: string }>();

  /**
   * Takes a message of the server: TYPING, a message, PRESENCE, or any other.
   * @returns the keys of the conversations in which something has changed.
   */
  take({ data }: Pick<SendInfo, 'data'>, nowMs: number): string[] {
    switch (data?.$case) {
      case 'typing':
        return this.#takeTyping(data.value, nowMs);
      case 'privateMessage':
      case 'groupMessage':
      case 'roomMessage':
        return this.#end(refText(conversationRefOf(data)!), data.value.sender);
      case 'presenceList': {
        const offline = data.value.items.filter(({ status }) => status === PresenceStatus.OFFLINE);
        return offline.flatMap(({ userId }) => this.endOf(userId));
      }
      default:
        return [];
    }
  }

  /** Who is typing in a conversation, the longest first. @param conversation its key. */
  in(conversation: string, nowMs: number): TypingEntry[] {
    this.expire(nowMs);
    return [...this.#entries.values()].filter((entry) => entry.conversation === conversation);
  }

  /** A user has gone offline. Returns the keys of the conversations in which something has changed. */
  endOf(userId: bigint): string[] {
    return this.#deleteIf((entry) => entry.userId === userId);
  }

  /** Ends what is overdue. Returns the keys of the conversations in which something has changed. */
  expire(nowMs: number): string[] {
    return this.#deleteIf((entry) => entry.endsAtMs <= nowMs);
  }

  /** When to call `expire` next, on the clock of `nowMs`; Infinity if nobody is typing. */
  get nextDeadlineMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { endsAtMs } of this.#entries.values()) nextMs = Math.min(nextMs, endsAtMs);
    return nextMs;
  }

  /** The connection was lost: nothing is known any more. */
  clear(): void {
    this.#entries.clear();
  }

  #takeTyping({ conversation: ref, sender, action, expiresInMs }: Typing, nowMs: number): string[] {
    const conversation = refText(ref!);
    // "A reader keeps a kind that it does not know, and skips what names it."
    if (conversation === undefined || sender === undefined) return [];
    if (action === TypingAction.UNSPECIFIED) return this.#end(conversation, sender);
    const key = `${conversation} ${sender.userId}`;
    const ended = this.#entries.size >= MAX_ENTRIES && !this.#entries.has(key) ? this.#deleteOldest() : [];
    const endsAtMs = nowMs + (expiresInMs === 0 ? DEFAULT_TYPING_EXPIRES_MS : expiresInMs);
    this.#entries.set(key, { conversation, userId: sender.userId, action, endsAtMs });
    return [...ended, conversation];
  }

  #end(conversation: string | undefined, sender: UserInfo | undefined): string[] {
    const isKnown = conversation !== undefined && this.#entries.delete(`${conversation} ${sender?.userId}`);
    return isKnown ? [conversation] : [];
  }

  #deleteOldest(): string[] {
    const [[key, { conversation }]] = this.#entries;
    this.#entries.delete(key);
    return [conversation];
  }

  #deleteIf(isEnded: (entry: TypingEntry) => boolean): string[] {
    const changed = new Set<string>();
    for (const [key, entry] of this.#entries) {
      if (!isEnded(entry)) continue;
      this.#entries.delete(key);
      changed.add(entry.conversation);
    }
    return [...changed];
  }
}

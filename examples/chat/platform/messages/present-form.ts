// A stored message as a user gets it now, by SYNC and HISTORY: recalled, edited, and without what the user must not know.
import { type ContentInit, type ForwardOriginInit, forDelivery, type PushInit, type Quote, type UserInfo } from '@im/protocol';
import { clearQuote, hideOrigins, isRecalled, latestChanges, type MessageData, recalledForm } from '@im/protocol/conversation';
import type { Membership } from '../conversations/membership.js';
import type { Storage, StoredMessage } from '../storage/storage.js';
import { commandOf, contentOf, withContent } from './message-data.js';
import { isForTerminal } from './readers.js';

export class PresentForm {
  readonly #storage: Storage;
  readonly #membership: Membership;

  constructor(storage: Storage, membership: Membership) {
    this.#storage = storage;
    this.#membership = membership;
  }

  /** The message after its recall or last edit, with routing fields. */
  async of({ messageId, data }: StoredMessage): Promise<MessageData> {
    const changes = await this.#storage.changesOf(messageId);
    let form = data;
    for (const { data: change } of latestChanges(changes.map(toPush)).get(messageId) ?? []) {
      const { body } = contentOf(change as MessageData);
      // The last edit is before the recall, which is the end of all texts of the message.
      if (body?.$case === 'edit') form = withContent(form, edited(contentOf(form), body.value.content ?? {}));
      if (body?.$case === 'recall')
        form = recalledForm(form, { operatorId: body.value.operatorId ?? 0n, reason: body.value.reason ?? '' });
    }
    return form;
  }

  /** The push for a terminal. Undefined: the message is not for it, or is deleted. */
  async for(user: UserInfo, message: StoredMessage): Promise<PushInit | undefined> {
    if (!isForTerminal(message, user) || (await this.isGone(message, user.userId))) return undefined;
    const data = await this.visible(await this.#withQuote(await this.of(message)), user.userId);
    return { cmd: commandOf(data), data: forDelivery(data) };
  }

  /** The pushes that changed a message, as HISTORY has them: the last edit, the recall, one reaction for each key. */
  async changesFor(user: UserInfo, { messageId }: StoredMessage): Promise<PushInit[]> {
    const changes = await this.#storage.changesOf(messageId);
    const pushes = await Promise.all(changes.map((change) => this.for(user, change)));
    return latestChanges(pushes.filter((push) => push !== undefined)).get(messageId) ?? [];
  }

  /** Deleted for this user; or an edit of a message that was recalled, and so of a text that nobody must see any more. */
  async isGone(message: StoredMessage, userId: bigint): Promise<boolean> {
    if (await this.#storage.isDeletedFor(userId, message.messageId)) return true;
    if (contentOf(message.data).body?.$case !== 'edit') return false;
    const original = await this.#storage.message(message.changes);
    return original !== undefined && isRecalled(contentOf(await this.of(original)));
  }

  /** The message without the origins of forwarded messages that the user may not see. */
  async visible(data: MessageData, userId: bigint): Promise<MessageData> {
    const content = contentOf(data);
    const origins: ForwardOriginInit[] = [];
    hideOrigins(content, (origin) => origins.push(origin) > 0);
    const secret = new Set<ForwardOriginInit>();
    for (const origin of origins) if (!(await this.#membership.maySee(userId, origin))) secret.add(origin);
    return secret.size === 0
      ? data
      : withContent(
          data,
          hideOrigins(content, (origin) => !secret.has(origin)),
        );
  }

  async #withQuote(data: MessageData): Promise<MessageData> {
    const content = contentOf(data);
    if (content.quote === undefined || content.quote.recalled) return data;
    const quoted = await this.#storage.message((content.quote as Quote).messageId);
    if (quoted === undefined || !isRecalled(contentOf(await this.of(quoted)))) return data;
    return withContent(data, { ...content, quote: clearQuote(content.quote) });
  }
}

/** A reader shows the edit in the place of what was there: everything but body and fallback stays. */
function edited(content: ContentInit, { body, fallback = '' }: ContentInit): ContentInit {
  return { ...content, body, fallback };
}

function toPush({ data }: StoredMessage): PushInit {
  return { cmd: commandOf(data), data };
}

// What the platform adds to the content of a client, and what it replaces because a client may claim anything.
import { type ContentInit, type ForwardOrigin, type ForwardOriginInit, ProtocolError, type QuoteInit } from '@im/protocol';
import { isUncounted, nestedContentFaults, platformQuote } from '@im/protocol/conversation';
import type { Context } from '../context.js';
import type { Member, StoredMessage } from '../storage/storage.js';
import { ChangeRules } from './change-rules.js';
import { contentOf } from './message-data.js';

export class CompleteContent {
  readonly #context: Context;
  readonly #changeRules: ChangeRules;

  constructor(context: Context) {
    this.#context = context;
    this.#changeRules = new ChangeRules(context);
  }

  /**
   * The content as it is stored and delivered.
   * @throws ProtocolError INVALID_MESSAGE for a quote of another conversation, and for contents that may not be nested; as ChangeRules.
   */
  async of(content: ContentInit, member: Member, conversation: string): Promise<ContentInit> {
    const [fault] = nestedContentFaults(content);
    if (fault !== undefined)
      throw new ProtocolError('INVALID_MESSAGE', `${fault.path}: ${fault.message}`, { path: fault.path, issues: [fault] });
    const completed: ContentInit = { ...content, sentAtMs: BigInt(this.#context.nowMs()) };
    if (content.body) completed.body = await this.#changeRules.complete(content.body, member, conversation);
    if (content.quote) completed.quote = await this.#quote(content.quote, member);
    if (content.origin) completed.origin = await this.#origin(content.origin, member.userId);
    const senderName = this.#context.people.users.get(member.userId) ?? '';
    completed.hints = { ...content.hints, uncounted: isUncounted(completed), senderName };
    return completed;
  }

  async #quote(quote: QuoteInit, { conversation, firstSeq }: Member): Promise<QuoteInit> {
    const quoted = await this.#context.storage.message(quote.messageId ?? 0n);
    const isVisible = quoted !== undefined && quoted.seq >= firstSeq;
    const replaced = isVisible ? platformQuote(quote, conversation, await this.#context.presentForm.of(quoted)) : undefined;
    if (replaced !== undefined) return replaced;
    throw new ProtocolError('INVALID_MESSAGE', 'quote: expected a message of the same conversation', { path: 'quote' });
  }

  /** What the platform can check it replaces; what it cannot check does not name a conversation or a message. */
  async #origin(origin: ForwardOriginInit, userId: bigint): Promise<ForwardOriginInit> {
    const { membership, storage, people } = this.#context;
    const source = await storage.message(origin.messageId ?? 0n);
    if (source === undefined || !(await membership.maySee(userId, origin)))
      return { ...origin, conversation: undefined, messageId: 0n, hops: 1 };
    const senderName = people.users.get(source.senderId) ?? '';
    return { ...origin, senderId: source.senderId, senderName, sentAtMs: source.sentAtMs, hops: hopsOf(source) + 1 };
  }
}

function hopsOf({ data }: StoredMessage): number {
  return (contentOf(data).origin as ForwardOrigin | undefined)?.hops ?? 0;
}

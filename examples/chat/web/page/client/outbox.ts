// Messages that the platform has not confirmed. They outlive a reload of the tab: then they are sent again, with the same ids.
import type { ContentInit } from '@im/protocol';
import type { Draft, Person } from '../model/chat-model.js';
import type { MessageView, QuoteView } from '../model/message-view.js';

interface Quoted extends QuoteView {
  readonly seq: bigint;
  readonly senderId: bigint;
}

export interface Outgoing {
  readonly key: string;
  readonly conversationKey: string;
  readonly sentAtMs: number;
  readonly text: string;
  readonly imageUrl: string;
  readonly quote?: Quoted | undefined;
  /** Why it was refused. */
  readonly failure?: string | undefined;
  /** The platform has stored it with this seq; the stored message takes its place. */
  readonly seq?: bigint | undefined;
}

const NAME = 'outbox';

export class Outbox {
  #messages: Outgoing[];

  constructor() {
    const stored = sessionStorage.getItem(NAME);
    const messages = stored === null ? [] : (JSON.parse(stored, revive) as Outgoing[]);
    // Those that the platform has come with SYNC.
    this.#messages = messages.filter(({ seq }) => seq === undefined);
  }

  get all(): readonly Outgoing[] {
    return this.#messages;
  }

  of(conversationKey: string): Outgoing[] {
    return this.#messages.filter((message) => message.conversationKey === conversationKey);
  }

  add(conversationKey: string, { text, imageUrl = '', replyTo }: Draft, preview: string): Outgoing {
    const quote = replyTo && {
      messageId: replyTo.messageId,
      seq: replyTo.seq,
      senderId: replyTo.sender.userId,
      senderName: replyTo.sender.name,
      preview: cut(preview),
      isRecalled: false,
    };
    const message = { key: crypto.randomUUID(), conversationKey, sentAtMs: Date.now(), text, imageUrl, quote };
    this.#keep([...this.#messages, message]);
    return message;
  }

  /** @param failure undefined = it is sent again. */
  fail(key: string, failure: string | undefined): void {
    this.#keep(this.#messages.map((message) => (message.key === key ? { ...message, failure } : message)));
  }

  /** The platform has stored a message. */
  sent(key: string, seq: bigint): void {
    this.#keep(this.#messages.map((message) => (message.key === key ? { ...message, seq } : message)));
  }

  /** The device has all messages of a conversation up to a seq. */
  stored(conversationKey: string, upTo: bigint): void {
    const isStored = (one: Outgoing): boolean =>
      one.conversationKey === conversationKey && one.seq !== undefined && one.seq <= upTo;
    if (this.#messages.some(isStored)) this.#keep(this.#messages.filter((one) => !isStored(one)));
  }

  /** Returns whether it was there. */
  delete(key: string): boolean {
    const rest = this.#messages.filter((message) => message.key !== key);
    if (rest.length === this.#messages.length) return false;
    this.#keep(rest);
    return true;
  }

  #keep(messages: Outgoing[]): void {
    this.#messages = messages;
    sessionStorage.setItem(NAME, JSON.stringify(messages, replace));
  }
}

export function outgoingContent({ key, sentAtMs, text, imageUrl, quote }: Outgoing): ContentInit {
  return {
    clientMessageId: key,
    sentAtMs: BigInt(sentAtMs),
    hints: { receiptWanted: true },
    ...(quote && { quote: { messageId: quote.messageId, seq: quote.seq, senderId: quote.senderId, preview: quote.preview } }),
    ...(imageUrl === ''
      ? { body: { $case: 'text', value: { text } } }
      : {
          fallback: text === '' ? '[picture]' : cut(`[picture] ${text}`),
          body: { $case: 'image', value: { url: imageUrl, caption: text } },
        }),
  };
}

export function outgoingView(message: Outgoing, me: Person): MessageView {
  const { key, sentAtMs, text, imageUrl, quote, failure, seq } = message;
  return {
    key,
    messageId: 0n,
    seq: 0n,
    sender: me,
    isOwn: true,
    sentAtMs,
    body:
      imageUrl === '' ? { kind: 'text', text } : { kind: 'image', url: imageUrl, name: '', caption: text, width: 0, height: 0 },
    isEdited: false,
    reactions: [],
    delivery: seq !== undefined ? 'sent' : failure === undefined ? 'sending' : 'failed',
    ...(quote && { quote }),
    ...(failure !== undefined && { failure }),
  };
}

/** Previews and fallbacks have at most 1024 bytes: 300 UTF-16 units are fewer. A pair is not cut in two. */
export function cut(text: string): string {
  return text.length <= 300
    ? text
    : text
        .slice(0, 299)
        .toWellFormed()
        .replace(/\ufffd$/, '');
}

function replace(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { bigint: String(value) } : value;
}

function revive(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'bigint' in value ? BigInt(value.bigint as string) : value;
}

// What becomes of messages: who gets them, now or later, and what is reported.
import { ALL_TERMINALS, type Cast, type Effect } from './cast.js';
import type { Hole, JsonContent, Send } from './conversation.js';
import { facts } from './facts.js';

export class MessageExpectations {
  readonly #cast: Cast;
  readonly #sent = new Map<string, Send>();
  /** The text of each message as it is now. */
  readonly #texts = new Map<string, string>();
  /** Users by message and reaction. */
  readonly #reactions = new Map<string, Map<string, Set<string>>>();
  /** All messages, by their client_message_id. */
  readonly names: string[] = [];

  constructor(cast: Cast) {
    this.#cast = cast;
  }

  /** It is delivered once: the reply is all that happens. */
  sendAgain(name: string): string[] {
    return [facts.accepted(this.#sent.get(name)!.from, name)];
  }

  announce(content: JsonContent): string[] {
    this.names.push(content.clientMessageId);
    const fact = (device: string): string => facts.delivered(device, 'the platform', 'everyone', content);
    const online = this.#cast.devices(this.#cast.everyone);
    this.#cast.miss(this.#cast.everyone, fact);
    return online.map(fact);
  }

  send(send: Send): string[] {
    const { from, to, content } = send;
    const { clientMessageId } = content;
    this.names.push(clientMessageId);
    this.#sent.set(clientMessageId, send);
    this.#texts.set(clientMessageId, textOf(content));
    const effect = this.#effectOf(send);
    const outcomes = this.#receivers(send);
    const reached = [...outcomes].filter(([, code]) => code === 'SUCCESS').map(([place]) => place);
    const copies = this.#copies(send);
    const users = this.#cast.users(this.#cast.device(from).user, to);
    this.#cast.miss(users, (device) => (this.#isForTerminal(send, device) ? effect(device) : undefined));
    const shown = [...reached, ...copies].map((place) => effect(this.#cast.online.get(place)!));
    // The device that changes a message shows it too.
    if (isChange(content)) shown.push(effect(from));
    const results = [...outcomes].map(([place, code]) => facts.result(clientMessageId, code, place));
    return [
      facts.accepted(from, clientMessageId),
      ...shown.filter((fact) => fact !== undefined),
      ...(send.skipResult ? [] : results),
    ];
  }

  /** The push that is lost makes a gap, which the next one shows. Then both are there, in order. */
  hole({ from, to, lost, next }: Hole): string[] {
    const all = [lost, next].flatMap((content) => this.send({ do: 'send', from, to, skipResult: true, content }));
    const [receiver] = this.#cast.devices([to]);
    return [...all, facts.filled(receiver)];
  }

  /** The other terminals of the reader know how far they are, and in a private conversation the other user. */
  read(device: string, to: string, upTo: string): string[] {
    const { user } = this.#cast.device(device);
    const own = this.#cast.devices([user], { isNew: true }).map((name) => facts.read(name, 'the user', upTo));
    if (this.#cast.isGroup(to)) return own;
    return [...own, ...this.#cast.devices([to]).map((name) => facts.read(name, user, upTo))];
  }

  /** What a device shows: a message, or a change of one. A device of version 1 shows each as a message. */
  #effectOf({ from, to, content }: Send): Effect {
    const { recall, edit, reaction } = content as Record<string, { messageId: string; key: string; removed?: boolean }>;
    const asMessage = (device: string): string => facts.delivered(device, this.#cast.place(from), to, this.#withQuote(content));
    const change = recall ?? edit ?? reaction;
    if (change === undefined) return asMessage;
    const name = change.messageId.slice('id of '.length);
    const isOld = (device: string): boolean => this.#cast.isOld(device);
    if (recall !== undefined) return (device) => (isOld(device) ? asMessage(device) : facts.recalled(device, name));
    if (edit !== undefined) {
      const text = textOf((edit as unknown as { content: JsonContent }).content);
      this.#texts.set(name, text);
      return (device) => (isOld(device) ? asMessage(device) : facts.edited(device, name, text));
    }
    const reactions = this.#react(name, this.#cast.device(from).user, reaction);
    return (device) => (isOld(device) ? undefined : facts.reaction(device, name, reactions));
  }

  #react(name: string, user: string, { key, removed }: { key: string; removed?: boolean }): string {
    const reactions = this.#reactions.get(name) ?? new Map<string, Set<string>>();
    this.#reactions.set(name, reactions);
    const users = reactions.get(key) ?? new Set();
    if (removed) users.delete(user);
    else users.add(user);
    reactions.set(key, users);
    return [...reactions].flatMap(([each, { size }]) => (size > 0 ? `${each} ${size}` : [])).join(' ') || 'no reactions';
  }

  /** A quote shows what the quoted message says, whatever the device claims. */
  #withQuote(content: JsonContent): JsonContent {
    const quote = content.quote as { messageId: string } | undefined;
    if (quote === undefined) return content;
    const { messageId } = quote;
    return { ...content, quote: { messageId, preview: this.#texts.get(messageId.slice('id of '.length)) } };
  }

  /** What must become of the message for each `user@TERMINAL` that it is for. */
  #receivers(send: Send): Map<string, string> {
    const outcomes = new Map<string, string>();
    const { user: sender } = this.#cast.device(send.from);
    const hasFallback = (send.content.fallback ?? '') !== '' || 'text' in send.content || 'recall' in send.content;
    for (const user of this.#cast.users(sender, send.to).filter((other) => other !== sender)) {
      const places = (send.terminals ?? ALL_TERMINALS).map((terminal) => `${user}@${terminal}`);
      const found = places.filter((place) => this.#isRouted(place));
      for (const place of found) outcomes.set(place, this.#outcome(place, hasFallback));
      if (send.terminals === undefined && found.length > 0) continue;
      for (const place of places) if (!found.includes(place)) outcomes.set(place, 'NOT_ONLINE');
    }
    return outcomes;
  }

  /** "A body of version 2 without a fallback is not sent to version 1." */
  #outcome(place: string, hasFallback: boolean): string {
    const device = this.#cast.online.get(place);
    if (device === undefined) return 'CHANNEL_NOT_FOUND';
    return this.#cast.isOld(device) && !hasFallback ? 'UNSUPPORTED_VERSION' : 'SUCCESS';
  }

  /** The other terminals of the sender. There are no results for them. */
  #copies({ from, skipSelf }: Send): string[] {
    const { user, terminal: own } = this.#cast.device(from);
    const others = skipSelf ? [] : ALL_TERMINALS.filter((terminal) => terminal !== own);
    return others.map((terminal) => `${user}@${terminal}`).filter((place) => this.#cast.online.has(place));
  }

  #isRouted(place: string): boolean {
    return this.#cast.online.has(place) || this.#cast.stale.has(place);
  }

  #isForTerminal({ from, terminals, skipSelf }: Send, device: string): boolean {
    const { user, terminal } = this.#cast.device(device);
    return user === this.#cast.device(from).user ? !skipSelf : (terminals?.includes(terminal) ?? true);
  }
}

function isChange(content: JsonContent): boolean {
  return ['recall', 'edit', 'reaction'].some((body) => body in content);
}

function textOf({ text, fallback }: JsonContent): string {
  return (text as { text: string } | undefined)?.text ?? String(fallback ?? '');
}

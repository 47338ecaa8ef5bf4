// The conversation: messages, times, and their status.
import { appendInView, byId, element } from './element.js';

export type Delivery = 'sending' | 'sent' | 'read' | 'failed';

const LABELS: Readonly<Record<Delivery, string>> = { sending: 'sending …', sent: '✓ sent', read: '✓✓ read', failed: 'not sent' };

/** A message of this user's own. */
export class OwnMessage {
  readonly item: HTMLElement;
  readonly #state = element('span', { class: 'delivery' });
  messageId = 0n;

  constructor(text: string) {
    this.item = messageItem('You', text, Date.now(), this.#state);
    this.item.classList.add('own');
    this.show('sending');
  }

  show(delivery: Delivery, reason = '', again?: () => void): void {
    this.#state.dataset.state = delivery;
    this.#state.replaceChildren(reason === '' ? LABELS[delivery] : `${LABELS[delivery]}: ${reason} `);
    if (again === undefined) return;
    const button = element('button', { type: 'button', class: 'small' }, 'Try again');
    button.addEventListener('click', again);
    this.#state.append(button);
  }
}

export class Conversation {
  readonly #list = byId('messages');
  readonly #own = new Set<OwnMessage>();

  addOwn(text: string): OwnMessage {
    const message = new OwnMessage(text);
    this.#own.add(message);
    appendInView(this.#list, message.item);
    return message;
  }

  add(from: string, text: string, sentAtMs: number): void {
    appendInView(this.#list, messageItem(from, text, sentAtMs));
  }

  /** A note of the page, not a message. */
  note(text: string): void {
    appendInView(this.#list, element('li', { class: 'note' }, text));
  }

  /** The other one has read every message up to this one. */
  markRead(upTo: bigint): void {
    for (const message of this.#own) {
      if (message.messageId === 0n || message.messageId > upTo) continue;
      message.show('read');
      this.#own.delete(message);
    }
  }
}

function messageItem(from: string, text: string, sentAtMs: number, ...more: Node[]): HTMLElement {
  const time = new Date(sentAtMs);
  const shown = time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return element(
    'li',
    {},
    element(
      'div',
      { class: 'about' },
      element('span', { class: 'sender' }, from),
      ' ',
      element('time', { datetime: time.toISOString() }, shown),
    ),
    element('p', { class: 'said', dir: 'auto' }, text),
    ...more,
  );
}

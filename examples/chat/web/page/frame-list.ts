// The live view: one line a frame, which opens.
import { appendInView, byId, element } from './element.js';
import { frameDetail } from './frame-detail.js';
import type { RecordedFrame } from './recorded-frame.js';

/** Older ones go. */
const MAX_FRAMES = 500;

export class FrameList {
  readonly #list = byId('list');
  readonly #count = byId('count');
  #total = 0;

  constructor() {
    byId('clear').addEventListener('click', () => this.#list.replaceChildren());
  }

  add(frame: RecordedFrame): void {
    this.#total += 1;
    this.#count.textContent = String(this.#total);
    if (this.#list.childElementCount >= MAX_FRAMES) this.#list.firstElementChild!.remove();
    appendInView(this.#list, element('li', {}, line(frame)));
  }
}

function line(frame: RecordedFrame): HTMLElement {
  const { direction, type, command, ids, text, bytes } = frame;
  const details = element(
    'details',
    { 'data-direction': direction },
    element(
      'summary',
      {},
      element('span', { class: 'arrow', 'aria-hidden': 'true' }, direction === 'sent' ? '↑' : '↓'),
      element('span', { class: 'hidden' }, direction),
      element('span', { class: 'type' }, type),
      element('span', { class: 'command' }, command),
      element('span', { class: 'ids' }, ids),
      element('span', { class: 'bytes' }, `${bytes.length} B`),
      element('span', { class: 'text' }, text),
    ),
  );
  // Most frames are never opened: their details are made when they are.
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(frameDetail(frame));
  });
  return details;
}

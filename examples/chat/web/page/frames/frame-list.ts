// The live list: one line a frame, which opens. It is changed in place: hundreds of frames a second may pass.
import { appendInView, element } from './element.js';
import { frameDetail } from './frame-detail.js';
import { type FrameLog, MAX_FRAMES } from './frame-log.js';
import type { RecordedFrame } from './recorded-frame.js';

/** Shows the frames of a log, and those to come. Returns what ends it. */
export function showFrames(log: FrameLog, list: HTMLElement, count: HTMLElement): () => void {
  const add = (frame: RecordedFrame): void => {
    count.textContent = String(log.total);
    if (list.childElementCount >= MAX_FRAMES) list.firstElementChild!.remove();
    appendInView(list, element('li', {}, line(frame)));
  };
  list.replaceChildren();
  log.frames.forEach(add);
  log.listener = add;
  return () => {
    log.listener = undefined;
  };
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

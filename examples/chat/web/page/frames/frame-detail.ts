// A frame, opened: its bytes beside its fields. Pointing at one lights up the other.
import { element } from './element.js';
import { fieldTree } from './field-tree.js';
import { hexdump } from './hexdump.js';
import { inspectFrame } from './inspect.js';
import type { RecordedFrame } from './recorded-frame.js';

export function frameDetail({ bytes, type, text }: RecordedFrame): HTMLElement {
  if (type === 'invalid') return element('p', { class: 'problem' }, text);
  const parts = inspectFrame(bytes);
  const detail = element('div', { class: 'detail' }, hexdump(bytes, parts), fieldTree(parts));
  const point = ({ target }: Event): void => light(detail, target as Element);
  detail.addEventListener('pointerover', point);
  detail.addEventListener('focusin', point);
  detail.addEventListener('pointerleave', () => unlight(detail));
  detail.addEventListener('focusout', () => unlight(detail));
  return detail;
}

function light(detail: Element, target: Element): void {
  const byte = target.closest<HTMLElement>('[data-byte]')?.dataset.byte;
  const row = byte === undefined ? target.closest<HTMLElement>('.field') : fieldOf(detail, Number(byte));
  unlight(detail);
  if (row === null || row === undefined) return;
  row.classList.add('lit');
  const { start, end } = rangeOf(row);
  for (const cell of detail.querySelectorAll<HTMLElement>('[data-byte]')) {
    const at = Number(cell.dataset.byte);
    if (at >= start && at < end) cell.classList.add('lit');
  }
}

function unlight(detail: Element): void {
  for (const lit of detail.querySelectorAll('.lit')) lit.classList.remove('lit');
}

/** The innermost field that contains a byte. Rows are in the order of their bytes, each after the row that contains it. */
function fieldOf(detail: Element, byte: number): HTMLElement | undefined {
  const rows = [...detail.querySelectorAll<HTMLElement>('.field')];
  return rows.findLast((row) => {
    const { start, end } = rangeOf(row);
    return byte >= start && byte < end;
  });
}

function rangeOf({ dataset }: HTMLElement): { start: number; end: number } {
  return { start: Number(dataset.start), end: Number(dataset.end) };
}

// The header and the fields of a frame as nested lists. Every row knows its bytes, and can be reached with the keyboard.
import { element } from './element.js';
import type { Part } from './inspect.js';

export function fieldTree(parts: readonly Part[]): HTMLElement {
  return element('ul', { class: 'tree', 'aria-label': 'Fields' }, ...parts.map(item));
}

function item(part: Part): HTMLElement {
  const { name, value, start, end, parts } = part;
  const bytes = end - start === 1 ? `byte ${start}` : `bytes ${start} to ${end - 1}`;
  const row = element(
    'div',
    { class: 'field', tabindex: '0', 'data-start': String(start), 'data-end': String(end), title: bytes },
    element('span', { class: 'name' }, name),
    ' ',
    element('span', { class: parts.length > 0 ? 'size' : 'value' }, value),
    ' ',
    element('span', { class: 'hidden' }, bytes),
  );
  return element('li', {}, row, ...(parts.length > 0 ? [element('ul', {}, ...parts.map(item))] : []));
}

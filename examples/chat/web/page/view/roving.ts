// Arrow keys move the focus among the items of a list, a menu or a toolbar. Tab reaches the list once.

/**
 * Moves the focus as the key says.
 * @param container Has the items that `selector` selects.
 * @returns whether the key was one of them.
 */
export function moveFocus(
  event: KeyboardEvent,
  container: Element,
  selector: string,
  { axis = 'vertical', wraps = false }: { axis?: 'vertical' | 'horizontal' | 'both'; wraps?: boolean } = {},
): boolean {
  const step = stepOf(event.key, axis);
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
  const items = [...container.querySelectorAll<HTMLElement>(selector)];
  if (items.length === 0) return false;
  const now = items.indexOf(document.activeElement as HTMLElement);
  const wanted = step === 'first' ? 0 : step === 'last' ? items.length - 1 : now + step;
  const next = wraps ? (wanted + items.length) % items.length : Math.min(Math.max(wanted, 0), items.length - 1);
  event.preventDefault();
  items[next].focus();
  return true;
}

function stepOf(key: string, axis: string): number | 'first' | 'last' | undefined {
  if (key === 'Home') return 'first';
  if (key === 'End') return 'last';
  if (axis !== 'horizontal' && key === 'ArrowDown') return 1;
  if (axis !== 'horizontal' && key === 'ArrowUp') return -1;
  if (axis !== 'vertical' && key === 'ArrowRight') return 1;
  if (axis !== 'vertical' && key === 'ArrowLeft') return -1;
  return undefined;
}

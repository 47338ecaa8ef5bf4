import type { Item } from './pdml.js';

/**
 * The value of a string, from its bytes in the capture. Also checks that the dissector shows the same text, except with control characters and
 * backslashes, which tshark escapes.
 */
export function textOf(item: Item | undefined): string {
  if (item === undefined) return '';
  const text = Buffer.from(item.value, 'hex').toString();
  if (!/[\p{C}\\]/u.test(text) && item.show !== text) throw new Error(`${item.name} does not show its bytes`);
  return text;
}

import type { Item } from './pdml.js';

/**
 * The text of a string: its bytes as they stand in the capture. That what the dissector shows is the same is checked here as well, as far as PDML
 * tells texts exactly: tshark escapes control characters and backslashes in its own way.
 */
export function textOf(item: Item | undefined): string {
  if (item === undefined) return '';
  const text = Buffer.from(item.value, 'hex').toString();
  if (!/[\p{C}\\]/u.test(text) && item.show !== text) throw new Error(`${item.name} does not show its bytes`);
  return text;
}

// Rules of lists and maps as a whole, where the default is an exception, and of lists whose elements are not compared by ===.
import { firstRepeated } from '../rules.js';
import { gotTwice, maxItemsText, minItemsText } from '../violations.js';
import type { StandardRule } from './rule.js';

type Items = { readonly length: number } | { readonly size: number };

const sizeOf = (items: Items): number => ('size' in items ? items.size : items.length);

/** `min_items`, `min_pairs` */
export function minItems(limit: number): StandardRule<Items> {
  return { name: 'min_items', refuses: (items) => sizeOf(items) < limit, text: (items) => minItemsText(items, limit) };
}

/** `max_items`, `max_pairs`. Generated code has the rule of ours, which the default always keeps. */
export function maxItems(limit: number): StandardRule<Items> {
  return { name: 'max_items', refuses: (items) => sizeOf(items) > limit, text: (items) => maxItemsText(items, limit) };
}

/** `unique`. NaN is not equal to itself, and 0 is to -0. */
export function unique(): StandardRule<readonly unknown[]> {
  return {
    name: 'unique',
    refuses: (list) => firstRepeated(distinct(list)) >= 0,
    text: (list) => gotTwice(distinct(list)),
  };
}

/** Each NaN as a value that no other is equal to. */
function distinct(list: readonly unknown[]): readonly unknown[] {
  return list.some(Number.isNaN) ? list.map((item) => (Number.isNaN(item) ? Symbol() : item)) : list;
}

/** `unique` of a list of bytes. */
export function uniqueBytes(): StandardRule<readonly Uint8Array[]> {
  return {
    name: 'unique',
    refuses: (list) => list.length > 1 && firstRepeated(list.map(keyOf)) >= 0,
    text: (list) => gotTwice(list.map(keyOf)),
  };
}

/** Equal for equal bytes. */
function keyOf(bytes: Uint8Array): string {
  let key = '';
  for (let i = 0; i < bytes.length; i++) key += String.fromCharCode(bytes[i]);
  return key;
}

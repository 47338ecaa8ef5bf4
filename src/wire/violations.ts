// The issues of rules: one function for each of the common rules, so that a generated check has a comparison and one call, and no text. They
// run only after a violation. Texts give what was got and what is allowed, and never show a string.
import type { Issue } from '../errors.js';
import { ANY_TYPE_URL_MAX_BYTES } from '../limits.js';
import { addIssue } from './issues.js';
import { byteLength, exceedsBytes, firstRepeated, isTypeUrl } from './rules.js';

type Issues = Issue[] | undefined;

/**
 * @param except what else is allowed: ` or 0`, ` or none`.
 * @param subject text before that of the issue: `key: `.
 */
export function minViolation(
  issues: Issues,
  path: string,
  value: number | bigint,
  min: number | bigint,
  except?: string,
  subject = '',
): Issue[] {
  return addIssue(issues, path, 'min', subject + minText(value, min, except));
}

export function maxViolation(
  issues: Issues,
  path: string,
  value: number | bigint,
  max: number | bigint,
  except?: string,
  subject = '',
): Issue[] {
  return addIssue(issues, path, 'max', subject + maxText(value, max, except));
}

export function minBytesViolation(
  issues: Issues,
  path: string,
  value: string | Uint8Array,
  min: number,
  except?: string,
  subject = '',
): Issue[] {
  return addIssue(issues, path, 'min_bytes', subject + minBytesText(value, min, except));
}

export function maxBytesViolation(
  issues: Issues,
  path: string,
  value: string | Uint8Array,
  max: number,
  except?: string,
  subject = '',
): Issue[] {
  return addIssue(issues, path, 'max_bytes', subject + maxBytesText(value, max, except));
}

export function minItemsViolation(
  issues: Issues,
  path: string,
  value: Items,
  min: number,
  except?: string,
  subject = '',
): Issue[] {
  return addIssue(issues, path, 'min_items', subject + minItemsText(value, min, except));
}

export function maxItemsViolation(
  issues: Issues,
  path: string,
  value: Items,
  max: number,
  except?: string,
  subject = '',
): Issue[] {
  return addIssue(issues, path, 'max_items', subject + maxItemsText(value, max, except));
}

/** The text for the type_url of an Any without the name of a message. */
export const UNNAMED_TYPE = 'the full name of a message must follow the last /';

/** The issues of the type_url of an Any that `isValidTypeUrl` refuses. */
export function typeUrlViolation(issues: Issues, path: string, url: string): Issue[] {
  let all = issues;
  if (exceedsBytes(url, ANY_TYPE_URL_MAX_BYTES)) all = addIssue(all, path, 'type_url', maxBytesText(url, ANY_TYPE_URL_MAX_BYTES));
  if (!isTypeUrl(url)) all = addIssue(all, path, 'type_url', UNNAMED_TYPE);
  return all ?? [];
}

/** type_url of an Any: at most 255 bytes, with the full name of a message after the last `/`. */
export function isValidTypeUrl(url: string): boolean {
  return isTypeUrl(url) && !exceedsBytes(url, ANY_TYPE_URL_MAX_BYTES);
}

/** `got 5, at least 16384 or 0` */
export function minText(value: number | bigint, min: number | bigint, except = ''): string {
  return `got ${value}, at least ${min}${except}`;
}

/** `got 128, limit 127` */
export function maxText(value: number | bigint, max: number | bigint, except = ''): string {
  return `got ${value}, limit ${max}${except}`;
}

/** `got 0 bytes, at least 1` */
export function minBytesText(value: string | Uint8Array, min: number, except = ''): string {
  return `${gotBytes(value)}, at least ${min}${except}`;
}

/** `got 8193 bytes, limit 8192` */
export function maxBytesText(value: string | Uint8Array, max: number, except = ''): string {
  return `${gotBytes(value)}, limit ${max}${except}`;
}

/** `got 0 items, at least 1` */
export function minItemsText(items: Items, min: number, except = ''): string {
  return `${gotItems(items)}, at least ${min}${except}`;
}

/** `got 17 items, limit 16`; `got 121 entries, limit 120` */
export function maxItemsText(items: Items, max: number, except = ''): string {
  return `${gotItems(items)}, limit ${max}${except}`;
}

/** A list or a map. */
type Items = { readonly length: number } | { readonly size: number };

/** `got 0 bytes` */
export function gotBytes(value: string | Uint8Array): string {
  const bytes = typeof value === 'string' ? byteLength(value) : value.length;
  return `got ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
}

/** `got 17 items`, `got 121 entries` */
export function gotItems(items: Items): string {
  if ('size' in items) return `got ${items.size} ${items.size === 1 ? 'entry' : 'entries'}`;
  return `got ${items.length} ${items.length === 1 ? 'item' : 'items'}`;
}

/** `got 16385 bytes in tag and keys together, limit 16384` */
export function gotTotal(bytes: number, fields: string, limit: number): string {
  return `got ${bytes} bytes in ${fields} together, limit ${limit}`;
}

/** `character 3 is not in [!-~]`, counted from 0 in UTF-16 code units. */
export function gotCharacter(text: string, refused: RegExp, wanted: string): string {
  return `character ${text.search(refused)} is ${wanted}`;
}

/** `item 3 is the same as item 0` */
export function gotTwice(list: readonly unknown[]): string {
  const at = firstRepeated(list);
  return `item ${at} is the same as item ${list.indexOf(list[at])}`;
}

/** `got lowerId 5 above higherId 3` */
export function gotDescending(lower: string, lowerValue: bigint | number, higher: string, higherValue: bigint | number): string {
  return `got ${lower} ${lowerValue} above ${higher} ${higherValue}`;
}

/** `got sequence and replyTo, at most one is allowed` */
export function gotFields(fields: Readonly<Record<string, boolean>>, wanted: string): string {
  const set = Object.keys(fields).filter((name) => fields[name]);
  return `got ${set.length === 0 ? 'none' : set.join(' and ')}, ${wanted}`;
}

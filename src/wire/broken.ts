// Adds the issue of a rule that is broken: one function for each of the common rules, so that generated checks have the comparison and
// one call, and no text. All of them run only once something is wrong.
import type { Issue } from '../errors.js';
import { addIssue } from './issues.js';
import { type Items, maxBytesText, maxItemsText, maxText, minBytesText, minItemsText, minText } from './rule-texts.js';

type Issues = Issue[] | undefined;

/** @param except what is allowed besides: ` or 0`. */
export function minBroken(issues: Issues, path: string, value: number | bigint, min: number | bigint, except?: string): Issue[] {
  return addIssue(issues, path, 'min', minText(value, min, except));
}

export function maxBroken(issues: Issues, path: string, value: number | bigint, max: number | bigint, except?: string): Issue[] {
  return addIssue(issues, path, 'max', maxText(value, max, except));
}

/** @param except what is allowed besides: ` or none`. */
export function minBytesBroken(issues: Issues, path: string, value: string | Uint8Array, min: number, except?: string): Issue[] {
  return addIssue(issues, path, 'min_bytes', minBytesText(value, min, except));
}

export function maxBytesBroken(issues: Issues, path: string, value: string | Uint8Array, max: number, except?: string): Issue[] {
  return addIssue(issues, path, 'max_bytes', maxBytesText(value, max, except));
}

export function minItemsBroken(issues: Issues, path: string, items: Items, min: number, except?: string): Issue[] {
  return addIssue(issues, path, 'min_items', minItemsText(items, min, except));
}

export function maxItemsBroken(issues: Issues, path: string, items: Items, max: number, except?: string): Issue[] {
  return addIssue(issues, path, 'max_items', maxItemsText(items, max, except));
}

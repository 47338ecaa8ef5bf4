// Issues as they are found. None is made, and no path is, before there is something to tell.

import type { Issue } from '../errors.js';

/** So many issues of one message are told; the memory that they take has a bound, whatever the message. */
export const MAX_ISSUES = 1000;

/** True if further issues would not be told. */
export function isFull(issues: readonly Issue[]): boolean {
  return issues.length >= MAX_ISSUES;
}

/** Adds an issue to those found before. */
export function addIssue(issues: Issue[] | undefined, path: string, rule: string, message: string): Issue[] {
  if (issues === undefined) return [{ path, rule, message }];
  if (!isFull(issues)) issues.push({ path, rule, message });
  return issues;
}

/** Adds the issues of a message that lies at `path`. */
export function addNested(issues: Issue[] | undefined, nested: readonly Issue[], path: string): Issue[] {
  const all = issues ?? [];
  for (const issue of nested) addIssue(all, joinPath(path, issue.path), issue.rule, issue.message);
  return all;
}

/** `sender` and `userId` make `sender.userId`. */
export function joinPath(path: string, rest: string): string {
  if (path === '' || rest === '' || rest.startsWith('[')) return path + rest;
  return `${path}.${rest}`;
}

/** A longer key is cut in a path. */
const SHOWN_KEY_CHARS = 64;

/** The path of a map's entry: `properties["k"]`, `digests[5]`. */
export function entryPath(map: string, key: unknown): string {
  return `${map}[${typeof key === 'string' ? quotedKey(key) : String(key)}]`;
}

/** A key as it stands in a path: quoted and escaped as in JSON, and cut where it is long. Texts that have paths in them escape the rest. */
export function quotedKey(key: string): string {
  return JSON.stringify(key.length > SHOWN_KEY_CHARS ? `${key.slice(0, SHOWN_KEY_CHARS)}…` : key);
}

// Issues as they are found. None is made, and no path is, before there is something to tell.

import { type Issue, ProtocolError } from '../errors.js';
import { inertText } from './quoted.js';
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

/** The text tells issues until it has so many characters; the error carries all. */
const TOLD_CHARS = 500;
/** A single issue is cut to so many. */
const ISSUE_CHARS = 300;

/**
 * The error for a message that breaks rules: COMMAND_DATA_MISMATCH if all that is wrong is the data of a command, else
 * INVALID_MESSAGE. It carries all issues; its text, bounded, begins with the first.
 * @param issues what is wrong; at least one.
 * @param typeName name of the message, full or short.
 */
export function invalidMessage(issues: readonly Issue[], typeName: string): ProtocolError {
  const isMismatch = issues.every((issue) => issue.rule === 'command_data');
  const code = isMismatch ? 'COMMAND_DATA_MISMATCH' : 'INVALID_MESSAGE';
  const count = `${issues.length >= MAX_ISSUES ? 'at least ' : ''}${issues.length} ${issues.length === 1 ? 'rule' : 'rules'}`;
  const name = typeName.slice(typeName.lastIndexOf('.') + 1);
  return new ProtocolError(code, `${name} breaks ${count}: ${inertText(told(issues))}`, { path: issues[0].path, issues });
}

function told(issues: readonly Issue[]): string {
  let text = '';
  for (const [i, { path, message }] of issues.entries()) {
    if (text.length > TOLD_CHARS) return `${text}; and ${issues.length - i} more`;
    const issue = path === '' ? message : `${path}: ${message}`;
    text += (i === 0 ? '' : '; ') + (issue.length > ISSUE_CHARS ? `${issue.slice(0, ISSUE_CHARS)}…` : issue);
  }
  return text;
}

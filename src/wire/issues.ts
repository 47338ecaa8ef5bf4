// Collects issues. Nothing is allocated before the first one, paths included.

import { type Issue, ProtocolError } from '../errors.js';
import { inertText } from './quoted.js';
/** Maximum number of issues of a message, which bounds their memory. */
export const MAX_ISSUES = 1000;

/** True if further issues would be dropped. */
export function isFull(issues: readonly Issue[]): boolean {
  return issues.length >= MAX_ISSUES;
}

/** Adds an issue to those found so far. */
export function addIssue(issues: Issue[] | undefined, path: string, rule: string, message: string): Issue[] {
  if (issues === undefined) return [{ path, rule, message }];
  if (!isFull(issues)) issues.push({ path, rule, message });
  return issues;
}

/** Adds the issues of the message at `path`. */
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

/** Longer keys are truncated in paths. */
const SHOWN_KEY_CHARS = 64;

/** The path of a map's entry: `properties["k"]`, `digests[5]`. */
export function entryPath(map: string, key: unknown): string {
  return `${map}[${typeof key === 'string' ? quotedKey(key) : String(key)}]`;
}

/** A key in a path: quoted and escaped as in JSON, truncated if it is long. Texts that contain paths escape control characters as well. */
export function quotedKey(key: string): string {
  return JSON.stringify(key.length > SHOWN_KEY_CHARS ? `${key.slice(0, SHOWN_KEY_CHARS)}…` : key);
}

/** The text of an error lists issues up to this length. The error has all of them. */
const TEXT_CHARS = 500;
/** Longer issues are truncated in the text. */
const ISSUE_CHARS = 300;

/**
 * The error for an invalid message: COMMAND_DATA_MISMATCH if every issue is about the data of a command, else INVALID_MESSAGE. It has all
 * issues; its text has the first ones.
 * @param issues at least one.
 * @param typeName name of the message, full or short.
 */
export function invalidMessage(issues: readonly Issue[], typeName: string): ProtocolError {
  const isMismatch = issues.every((issue) => issue.rule === 'command_data');
  const code = isMismatch ? 'COMMAND_DATA_MISMATCH' : 'INVALID_MESSAGE';
  const count = `${issues.length >= MAX_ISSUES ? 'at least ' : ''}${issues.length} ${issues.length === 1 ? 'rule' : 'rules'}`;
  const name = typeName.slice(typeName.lastIndexOf('.') + 1);
  return new ProtocolError(code, `${name} breaks ${count}: ${inertText(formatIssues(issues))}`, { path: issues[0].path, issues });
}

function formatIssues(issues: readonly Issue[]): string {
  let text = '';
  for (const [i, { path, message }] of issues.entries()) {
    if (text.length > TEXT_CHARS) return `${text}; and ${issues.length - i} more`;
    const issue = path === '' ? message : `${path}: ${message}`;
    text += (i === 0 ? '' : '; ') + (issue.length > ISSUE_CHARS ? `${issue.slice(0, ISSUE_CHARS)}…` : issue);
  }
  return text;
}

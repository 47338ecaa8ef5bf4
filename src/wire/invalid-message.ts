import { type Issue, ProtocolError } from '../errors.js';
import { MAX_ISSUES } from './issues.js';
import { inertText } from './quoted.js';

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

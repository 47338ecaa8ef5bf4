import { type Issue, ProtocolError } from '../errors.js';

/** The error for an argument or a message that a rule refuses: one issue, with the text in front of all else. */
export function refuse(
  path: string,
  rule: string,
  message: string,
  figures: { limit?: number; actual?: number } = {},
): ProtocolError {
  const issues: Issue[] = [{ path, rule, message }];
  return new ProtocolError('INVALID_MESSAGE', `${path}: ${message}`, { path, issues, ...figures });
}

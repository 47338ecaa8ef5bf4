// Checks values: first their types, then the rules of the schema.
import type { Issue } from './errors.js';
import { invalidMessage } from './wire/issues.js';
import { shapeIssues } from './wire/shape.js';
import type { MessageTable } from './wire/table.js';

export { invalidMessage, shapeIssues };

/**
 * Checks the types of any value and, if they are right, the rules of the schema.
 * @param check the generated check of the same message.
 * @returns at most 1000 issues; empty = valid. The value is not changed.
 */
export function issuesOf<Init>(table: MessageTable, check: (message: Init) => Issue[] | undefined, value: unknown): Issue[] {
  const issues = shapeIssues(table, value);
  // A value without issues of its types is an Init of the message.
  return issues.length > 0 ? issues : (check(value as Init) ?? []);
}

/** @throws ProtocolError INVALID_MESSAGE with all issues, if there are any. @param typeName begins the text of the error. */
export function requireValid(issues: readonly Issue[], typeName: string): void {
  if (issues.length > 0) throw invalidMessage(issues, typeName);
}

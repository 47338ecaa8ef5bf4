import { invalidMessage } from './invalid-message.js';
import { shapeIssues } from './shape.js';
import type { MessageTable } from './table.js';

/** What an encoder threw, as the error that users see: the encoder only knows that something is wrong, the table knows what. */
export function explained({ table }: { readonly table: MessageTable }, message: unknown, error: unknown): unknown {
  const issues = shapeIssues(table, message);
  return issues.length > 0 ? invalidMessage(issues, table.name) : error;
}

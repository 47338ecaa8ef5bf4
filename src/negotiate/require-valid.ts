import type { Issue } from '../errors.js';
import { invalidMessage } from '../validate/index.js';

/**
 * Throws INVALID_MESSAGE with all issues, if there are any.
 * @param subject name of what was judged, for the text.
 */
export function requireValid(issues: readonly Issue[], subject: string): void {
  if (issues.length > 0) throw invalidMessage(issues, subject);
}

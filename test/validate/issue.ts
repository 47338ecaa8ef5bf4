import type { Issue } from '../../src/errors.js';

/** An issue in one line. */
export const issue = (path: string, rule: string, message: string): Issue => ({ path, rule, message });

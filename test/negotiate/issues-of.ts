import { isProtocolError } from '../../src/errors.js';

/** The issues of the INVALID_MESSAGE that the call throws, each as `path rule`; none if it throws nothing. */
export function issuesOf(call: () => unknown): string[] {
  try {
    call();
    return [];
  } catch (error) {
    if (!isProtocolError(error, 'INVALID_MESSAGE')) throw error;
    return (error.issues ?? []).map(({ path, rule }) => `${path} ${rule}`);
  }
}

import { isGreaseVersion } from './grease.js';

/**
 * The version that both sides use: the highest, grease aside, that is in both lists; undefined if there is none. The order of the
 * lists does not matter. This choice is frozen for ever: both sides make it, and the client compares (RFC 9368, section 4).
 */
export function chooseVersion(offered: readonly number[], supported: readonly number[]): number | undefined {
  const common = offered.filter((version) => supported.includes(version) && !isGreaseVersion(version));
  return common.length === 0 ? undefined : Math.max(...common);
}

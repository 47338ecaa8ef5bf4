// Grease (RFC 8701): values without a meaning, offered at random, so that a peer that stumbles over the unknown is found at once and
// not on the day when a real new version or feature appears. Both sides drop them before they choose; their form is frozen for ever.
import { GREASE_VERSIONS } from '../limits.js';

/** How the name of a grease feature begins. */
export const GREASE_FEATURE_PREFIX = 'grease.';

/** True for 10, 26, 42, 58, 74, 90, 106 and 122: versions that are offered at random and never chosen. */
export function isGreaseVersion(version: number): boolean {
  return (GREASE_VERSIONS as readonly number[]).includes(version);
}

/** True for `grease.*`: names that are offered at random and are never in force. */
export function isGreaseFeature(feature: string): boolean {
  return feature.startsWith(GREASE_FEATURE_PREFIX);
}

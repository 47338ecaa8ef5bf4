// Grease (RFC 8701): values without a meaning, offered at random, so that a peer that stumbles over the unknown is found at once and
// not on the day when a real new version or feature appears. Both sides drop them before they choose; their form is frozen for ever.
import { checkHello } from '../../generated/im/protocol/v1/handshake.codec.js';
import type { Hello } from '../../generated/im/protocol/v1/handshake.js';
import { GREASE_VERSIONS } from '../limits.js';

/** How the name of a grease feature begins. */
const GREASE_FEATURE_PREFIX = 'grease.';

/** True for 10, 26, 42, 58, 74, 90, 106 and 122: versions that are offered at random and never chosen. */
export function isGreaseVersion(version: number): boolean {
  return (GREASE_VERSIONS as readonly number[]).includes(version);
}

/** True for `grease.*`: names that are offered at random and are never in force. */
export function isGreaseFeature(feature: string): boolean {
  return feature.startsWith(GREASE_FEATURE_PREFIX);
}

/**
 * The version that both sides use: the highest, grease aside, that is in both lists; undefined if there is none. The order of the
 * lists does not matter. This choice is frozen for ever: both sides make it, and the client compares (RFC 9368, section 4).
 */
export function chooseVersion(offered: readonly number[], supported: readonly number[]): number | undefined {
  const common = offered.filter((version) => supported.includes(version) && !isGreaseVersion(version));
  return common.length === 0 ? undefined : Math.max(...common);
}

/**
 * The features in force: those of the client's list, in its order and each once, that the other list has too, grease aside. The
 * server calls it with what it can, the client with Welcome.features: names that the client did not offer are ignored.
 */
export function chooseFeatures(offered: readonly string[], supported: readonly string[]): string[] {
  const others = new Set(supported);
  return [...new Set(offered)].filter((feature) => others.has(feature) && !isGreaseFeature(feature));
}

/**
 * A copy of the Hello with one grease version and one grease feature, each at a random place of its list. A list that has no room
 * left, or has the version already, stays as it is. `createHello` and `encodeFrame` never grease; a session does, by this function.
 * On WebSocket, the subprotocols to offer are those of the copy: `subprotocolsFor(copy.versions)`.
 *
 * @param random gives numbers from 0 up to, but not including, 1, as `Math.random` does; called four times. The result depends on
 *   nothing else.
 */
export function withGrease(hello: Hello, random: () => number): Hello {
  const version = GREASE_VERSIONS[below(GREASE_VERSIONS.length, random)];
  const versions = inserted(hello.versions, version, random);
  const feature = `${GREASE_FEATURE_PREFIX}${below(0x10000, random).toString(16).padStart(4, '0')}`;
  const features = inserted(hello.features, feature, random);
  const copy = { ...hello, commandDigests: new Map(hello.commandDigests) };
  // What has room in a Hello is what its rules let through.
  const roomForVersion = checkHello({ ...hello, versions }) === undefined;
  const roomForFeature = checkHello({ ...hello, features }) === undefined;
  copy.versions = roomForVersion ? versions : [...hello.versions];
  copy.features = roomForFeature ? features : [...hello.features];
  return copy;
}

function inserted<T>(list: readonly T[], item: T, random: () => number): T[] {
  return list.toSpliced(below(list.length + 1, random), 0, item);
}

function below(end: number, random: () => number): number {
  return Math.floor(random() * end);
}

/** A list of versions, for the text of an error: `1, 2`, or `none`. */
export function versionsText(versions: readonly number[]): string {
  return versions.length === 0 ? 'none' : versions.join(', ');
}

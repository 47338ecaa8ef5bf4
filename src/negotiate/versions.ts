// The choice of versions and features, and grease (RFC 8701): reserved values that are offered at random, so that a peer that fails on unknown
// values is found before a new version or feature exists. Both sides ignore them. Their form never changes.
import { checkHello } from '../../generated/im/protocol/v1/handshake.codec.js';
import type { Hello } from '../../generated/im/protocol/v1/handshake.js';
import { GREASE_VERSIONS } from '../limits.js';

const GREASE_FEATURE_PREFIX = 'grease.';

/** Whether a version is grease: 10, 26, 42, 58, 74, 90, 106 or 122. Such a version is offered at random and never chosen. */
export function isGreaseVersion(version: number): boolean {
  return (GREASE_VERSIONS as readonly number[]).includes(version);
}

/** Whether a feature is grease: `grease.*`. Such a feature is offered at random and never chosen. */
export function isGreaseFeature(feature: string): boolean {
  return feature.startsWith(GREASE_FEATURE_PREFIX);
}

/**
 * The highest version that is in both lists, except grease; undefined if there is none. The order of the lists does not matter. This choice
 * never changes: both sides make it, and the client compares (RFC 9368, section 4).
 */
export function chooseVersion(offered: readonly number[], supported: readonly number[]): number | undefined {
  const common = offered.filter((version) => supported.includes(version) && !isGreaseVersion(version));
  return common.length === 0 ? undefined : Math.max(...common);
}

/**
 * The features that are in both lists, except grease, in the order of `offered` and each once. The server calls it with the features that it
 * supports, the client with Welcome.features, so that features that it did not offer are ignored.
 */
export function chooseFeatures(offered: readonly string[], supported: readonly string[]): string[] {
  if (offered.length === 0 || supported.length === 0) return [];
  const others = new Set(supported);
  return [...new Set(offered)].filter((feature) => others.has(feature) && !isGreaseFeature(feature));
}

/**
 * A copy of the Hello with one grease version and one grease feature, each at a random index. A list that is full, or has the version
 * already, is not changed. Sessions call it; `createHello` and `encodeFrame` do not. On WebSocket, offer the subprotocols of the copy:
 * `subprotocolsFor(copy.versions)`.
 *
 * @param random returns numbers from 0 up to, but not including, 1, as `Math.random`. It is called four times.
 */
export function withGrease(hello: Hello, random: () => number): Hello {
  const version = GREASE_VERSIONS[below(GREASE_VERSIONS.length, random)];
  const versions = inserted(hello.versions, version, random);
  const feature = `${GREASE_FEATURE_PREFIX}${below(0x10000, random).toString(16).padStart(4, '0')}`;
  const features = inserted(hello.features, feature, random);
  const copy = { ...hello, commandDigests: new Map(hello.commandDigests) };
  // The rules of Hello decide whether there is room.
  const spaceForVersion = checkHello({ ...hello, versions }) === undefined;
  const spaceForFeature = checkHello({ ...hello, features }) === undefined;
  copy.versions = spaceForVersion ? versions : [...hello.versions];
  copy.features = spaceForFeature ? features : [...hello.features];
  return copy;
}

function inserted<T>(list: readonly T[], item: T, random: () => number): T[] {
  const at = below(list.length + 1, random);
  return [...list.slice(0, at), item, ...list.slice(at)];
}

function below(end: number, random: () => number): number {
  return Math.floor(random() * end);
}

/** A list of versions for an error text: `1, 2`, or `none`. */
export function versionsText(versions: readonly number[]): string {
  return versions.length === 0 ? 'none' : versions.join(', ');
}

import { checkHello } from '../../generated/check/im/protocol/v1/handshake.js';
import type { Hello } from '../../generated/types/im/protocol/v1/handshake.js';
import { GREASE_VERSIONS } from '../limits.js';
import { GREASE_FEATURE_PREFIX } from './grease.js';

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

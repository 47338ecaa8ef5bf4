// The two families of older JSON systems.
import { ProtocolError } from '../errors.js';
import { hasOwn } from '../wire/older-engines.js';
import { quoted } from '../wire/quoted.js';
import { defineLegacyProfile, type LegacyProfile, type LegacyProfileInit } from './profile.js';

/** Name of a profile that the package has. */
export type LegacyProfileName = 'box-im' | 'binghe';

const PROFILES: Readonly<Record<LegacyProfileName, LegacyProfileInit>> = {
  // Lists of Redis between the services.
  'box-im': { name: 'box-im' },
  // RocketMQ between the services.
  binghe: {
    name: 'binghe',
    commands: { SYSTEM_MESSAGE: null },
    keys: {
      user: { id: 'userId' },
      receiveInfo: { destination: 'destination', serviceName: null },
      result: { destination: 'destination', receivers: null },
      forceLogout: { userId: null, terminal: null, devId: null },
    },
    tcpLengthBytes: 4,
    envelope: 'object',
  },
};

const made = /* @__PURE__ */ new Map<string, LegacyProfile>();

/**
 * A profile of the package: `box-im`, or `binghe` for the family of systems with RocketMQ between the services.
 * @throws ProtocolError INVALID_MESSAGE for another name.
 */
export function legacyProfile(name: LegacyProfileName): LegacyProfile {
  let profile = made.get(name);
  if (profile === undefined) {
    if (!hasOwn(PROFILES, name)) {
      const message = `expected ${Object.keys(PROFILES).join(' or ')}, got ${quoted(String(name), 64)}`;
      throw new ProtocolError('INVALID_MESSAGE', `name: ${message}`, {
        path: 'name',
        issues: [{ path: 'name', rule: 'type', message }],
      });
    }
    profile = defineLegacyProfile(PROFILES[name]);
    made.set(name, profile);
  }
  return profile;
}

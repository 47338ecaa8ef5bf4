// handshake.json: the choice of a version where both sides know versions 1 and 2.
import type { Vector } from '../../test/vectors/vector.js';

const TIMES = { maxFrameBytes: 1048576, heartbeatIntervalMs: 30000, serverTimeMs: '1767225600000', connectionId: 'c1' };
/** As a client may offer them. 10 is a GREASE version. */
const OFFERS: readonly (readonly number[])[] = [[1], [2], [1, 2], [2, 1], [2, 3], [3], [10, 2], [10, 1]];
const SERVERS: readonly (readonly number[])[] = [[1], [2], [1, 2], [2, 1]];

export function handshakeVectors(): Vector[] {
  return [...OFFERS.flatMap((offer) => SERVERS.map((server) => choice(offer, server))), ...checks()];
}

/** "The server chooses the highest version that both have." */
function choice(offered: readonly number[], versions: readonly number[]): Vector {
  const version = Math.max(...offered.filter((one) => versions.includes(one)));
  const name = `v2-choice-client-${offered.join('-')}-server-${versions.join('-')}`;
  const negotiate = { hello: { versions: offered }, server: { versions, features: [], ...TIMES } };
  if (version < 0) return { name, negotiate: { ...negotiate, reject: { code: 'ERROR_CODE_NO_COMMON_VERSION', versions } } };
  return { name, negotiate: { ...negotiate, welcome: { version, ...TIMES, versions, offeredVersions: offered } } };
}

function checks(): Vector[] {
  const check = (name: string, offered: number[], welcome: object, result: object, subprotocol?: string): Vector => ({
    name: `v2-check-${name}`,
    check: {
      hello: { versions: offered },
      welcome: { ...TIMES, offeredVersions: offered, ...welcome },
      ...(subprotocol !== undefined && { subprotocol }),
      ...result,
    },
  });
  const agreement = (version: number): object => ({
    agreement: { version, features: [], maxFrameBytes: 1048576, heartbeatIntervalMs: 30000 },
  });
  const downgrade = { error: { code: 'DOWNGRADE_DETECTED' } };
  return [
    check('version-2', [1, 2], { version: 2, versions: [1, 2] }, agreement(2)),
    check('version-1-of-an-older-server', [1, 2], { version: 1, versions: [1] }, agreement(1)),
    check('version-1-although-both-have-2', [1, 2], { version: 1, versions: [1, 2] }, downgrade),
    check('version-2-not-offered', [1], { version: 2, versions: [1, 2] }, downgrade),
    check('offer-was-cut', [1, 2], { version: 1, versions: [1], offeredVersions: [1] }, downgrade),
    check('subprotocol-im-v2', [1, 2], { version: 2, versions: [1, 2] }, agreement(2), 'im.v2'),
    check('subprotocol-im-v1-of-an-older-server', [1, 2], { version: 1, versions: [1] }, agreement(1), 'im.v1'),
    check('subprotocol-im-v1-with-version-2', [1, 2], { version: 2, versions: [1, 2] }, downgrade, 'im.v1'),
    check('subprotocol-im-v2-with-version-1', [1, 2], { version: 1, versions: [1] }, downgrade, 'im.v2'),
  ];
}

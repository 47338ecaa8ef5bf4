// The WebSocket subprotocols (RFC 6455, section 1.9), by which a browser learns the version one round trip before the Welcome.
import type { Hello } from '../../generated/im/protocol/v1/handshake.js';
import { isGreaseVersion } from './versions.js';

/** The subprotocol without a version: Hello and Welcome negotiate it. Always offered, as the last one. */
export const PLAIN_SUBPROTOCOL = 'im';

/** `im.v<N>`: the subprotocol of a version. */
export function subprotocolOf(version: number): string {
  return `${PLAIN_SUBPROTOCOL}.v${version}`;
}

/**
 * The subprotocols that a client offers: `im.v<N>` for each of its Hello.versions, grease included, the highest first, then `im`. Each is
 * listed once, since browsers refuse duplicates.
 */
export function subprotocolsFor(versions: readonly number[]): string[] {
  const highestFirst = [...new Set(versions)].sort((a, b) => b - a);
  return [...highestFirst.map(subprotocolOf), PLAIN_SUBPROTOCOL];
}

/**
 * The subprotocol that a server chooses: `im.v<V>` for the highest common version V, as `chooseVersion`. Without a common version it is
 * `im`, so that the client receives the Reject; without any subprotocol, browsers fail the connection.
 *
 * @param offered the names in Sec-WebSocket-Protocol, in any order.
 * @param serverVersions the versions that the server supports.
 * @returns undefined if the client offers neither: a client fails the connection for a subprotocol that it did not offer (RFC 6455,
 *   section 4.1).
 */
export function chooseSubprotocol(offered: readonly string[], serverVersions: readonly number[]): string | undefined {
  return subprotocolChoice(serverVersions)(new Set(offered));
}

/** As `chooseSubprotocol`, with the names of the server's versions prepared once for all clients. */
export function subprotocolChoice(serverVersions: readonly number[]): (offered: ReadonlySet<string>) => string | undefined {
  const names = subprotocolsFor(serverVersions.filter((version) => !isGreaseVersion(version)));
  return (offered) => names.find((name) => offered.has(name));
}

/**
 * The version in which a client may send its first frames before the Welcome arrives; undefined if it has to wait for the Welcome.
 *
 * On WebSocket it is the version of the chosen subprotocol `im.v<N>`, if the Hello offers it. On TCP it is the only version in the Hello,
 * except grease. Pipelined frames use no feature. After a Reject, the server discards them.
 *
 * @param subprotocol on WebSocket, the subprotocol of the server, `''` if none. Undefined on TCP.
 */
export function pipelineVersion(hello: Hello, subprotocol?: string | undefined): number | undefined {
  const versions = hello.versions.filter((version) => !isGreaseVersion(version));
  if (subprotocol !== undefined) return versions.find((version) => subprotocolOf(version) === subprotocol);
  return versions.length === 1 ? versions[0] : undefined;
}

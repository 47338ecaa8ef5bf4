// The WebSocket subprotocols (RFC 6455, section 1.9), by which a browser learns the version one round trip before the Welcome.
import type { Hello } from '../../generated/im/protocol/v1/handshake.js';
import { chooseVersion, isGreaseVersion } from './versions.js';
/** The subprotocol that settles no version: Hello and Welcome do. Always offered, and last. */
export const PLAIN_SUBPROTOCOL = 'im';

/** `im.v<N>`: the subprotocol that settles this version. */
export function subprotocolOf(version: number): string {
  return `${PLAIN_SUBPROTOCOL}.v${version}`;
}

/**
 * What a client offers on WebSocket: `im.v<N>` for each of its Hello.versions, grease included, the highest first, each once (a
 * browser refuses a name that is given twice), then `im`.
 */
export function subprotocolsFor(versions: readonly number[]): string[] {
  const highestFirst = [...new Set(versions)].sort((a, b) => b - a);
  return [...highestFirst.map(subprotocolOf), PLAIN_SUBPROTOCOL];
}

/**
 * What a server answers on WebSocket: `im.v<V>` for the highest version V, grease aside, that is offered and that it takes, as
 * `chooseVersion` does; without one `im`, so that the connection opens and the client sees the Reject (with none picked, browsers
 * fail the connection). Names of others are passed over.
 *
 * @param offered the names in Sec-WebSocket-Protocol, in any order.
 * @param serverVersions the versions that the server takes on this connection.
 * @returns undefined if neither can be picked, because the client offers neither: the answer then names no subprotocol, since
 *   RFC 6455 (section 4.1) has the client fail a connection whose subprotocol it did not offer.
 */
export function chooseSubprotocol(offered: readonly string[], serverVersions: readonly number[]): string | undefined {
  const offeredVersions = serverVersions.filter((version) => offered.includes(subprotocolOf(version)));
  const version = chooseVersion(offeredVersions, serverVersions);
  if (version !== undefined) return subprotocolOf(version);
  return offered.includes(PLAIN_SUBPROTOCOL) ? PLAIN_SUBPROTOCOL : undefined;
}

/**
 * The version in which a client may write its first frames before the Welcome has come, or undefined if it has to wait for it.
 *
 * On WebSocket the subprotocol that the server picked settles it: `im.v<N>` with an N that the Hello offers; `im` settles nothing.
 * Over TCP a client pipelines only if its Hello offers one version besides grease. Frames that are pipelined use no feature; after
 * a Reject they are thrown away unread.
 *
 * @param subprotocol on WebSocket what the server picked ('' = nothing); undefined = TCP.
 */
export function pipelineVersion(hello: Hello, subprotocol?: string | undefined): number | undefined {
  const versions = hello.versions.filter((version) => !isGreaseVersion(version));
  if (subprotocol !== undefined) return versions.find((version) => subprotocolOf(version) === subprotocol);
  return versions.length === 1 ? versions[0] : undefined;
}

/** True if Hello and LOGIN may go out in one flight, by the rule of `pipelineVersion`. */
export function canPipeline(hello: Hello, subprotocol?: string | undefined): boolean {
  return pipelineVersion(hello, subprotocol) !== undefined;
}

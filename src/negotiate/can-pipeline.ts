import type { Hello } from '../../generated/types/im/protocol/v1/handshake.js';
import { isGreaseVersion } from './grease.js';
import { subprotocolOf } from './subprotocols.js';

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

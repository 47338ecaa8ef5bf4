import { checkWelcome as checkRules } from '../../generated/im/protocol/v1/handshake.codec.js';
import type { Hello, Welcome } from '../../generated/im/protocol/v1/handshake.js';
import { type ErrorDetails, ProtocolError } from '../errors.js';
import { DEFAULT_MAX_FRAME_BYTES } from '../limits.js';
import { requireValid } from '../validate.js';
import { quoted } from '../wire/quoted.js';
import { PLAIN_SUBPROTOCOL, subprotocolOf } from './subprotocols.js';
import { chooseFeatures, chooseVersion, versionsText } from './versions.js';

/** How the Welcome came. */
export interface WelcomeContext {
  /** On WebSocket what the server picked ('' = nothing, which is wrong); undefined = TCP. */
  readonly subprotocol?: string | undefined;
}

/**
 * What is agreed, as the client sees it: `maxFrameBytes` is what the server accepts, features that were not offered are left out.
 *
 * Before that it makes sure that nothing in between lowered the version (RFC 9368, section 4, version downgrade prevention): the
 * server must have seen the Hello that was sent, and must have made the choice that the client makes from both lists. Without TLS
 * this finds broken intermediaries and fleets of mixed releases, not an attacker, who can change everything.
 *
 * @param hello the Hello that was sent, grease included.
 * @throws ProtocolError DOWNGRADE_DETECTED when the Welcome does not follow from the Hello: the client closes.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, when a rule of Welcome is broken otherwise.
 */
export function checkWelcome(hello: Hello, welcome: Welcome, { subprotocol }: WelcomeContext = {}): Agreement {
  requireEcho(hello, welcome);
  requireChoice(hello, welcome);
  if (subprotocol !== undefined) requireSubprotocol(welcome.version, subprotocol);
  requireValid(checkRules(welcome) ?? [], 'Welcome');
  const { version, heartbeatIntervalMs, serverTimeMs, connectionId } = welcome;
  const features = chooseFeatures(hello.features, welcome.features);
  const maxFrameBytes = acceptedFrameBytes(welcome.maxFrameBytes);
  return { version, features, maxFrameBytes, heartbeatIntervalMs, serverTimeMs, connectionId };
}

/** offered_versions equals what the client sent item by item. */
function requireEcho({ versions: sent }: Hello, { offeredVersions: echoed }: Welcome): void {
  if (echoed.length === sent.length && echoed.every((version, i) => version === sent[i])) return;
  const text = `Welcome.offered_versions: got ${versionsText(echoed)}, the Hello offered ${versionsText(sent)}`;
  throw downgrade(text, { path: 'offeredVersions' });
}

/** Welcome.version = V recomputed from Welcome.versions. */
function requireChoice(hello: Hello, { version, versions }: Welcome): void {
  const expected = chooseVersion(hello.versions, versions);
  if (version === expected) return;
  const lists = `the Hello offered ${versionsText(hello.versions)}, Welcome.versions lists ${versionsText(versions)}`;
  throw downgrade(`Welcome.version: expected ${expected ?? 'none'} (the highest common version), got ${version} (${lists})`, {
    path: 'version',
    actual: version,
  });
}

/** On WebSocket the subprotocol is `im.v<V>` or `im`. */
function requireSubprotocol(version: number, subprotocol: string): void {
  const settled = subprotocolOf(version);
  if (subprotocol === settled || subprotocol === PLAIN_SUBPROTOCOL) return;
  throw downgrade(
    `subprotocol: expected "${settled}" or "${PLAIN_SUBPROTOCOL}" for version ${version}, got ${quoted(subprotocol)}`,
  );
}

function downgrade(text: string, details?: ErrorDetails): ProtocolError {
  return new ProtocolError('DOWNGRADE_DETECTED', text, details);
}

/** What both sides of a connection agreed on, as one of them sees it. */
export interface Agreement {
  /** The version of each frame after the handshake, 1 to 127. */
  readonly version: number;
  /** The features in force, in the order of the client's offer. */
  readonly features: readonly string[];
  /** The largest whole frame, header included, that the peer accepts, in bytes: 16384 to 16777219. */
  readonly maxFrameBytes: number;
  /** The client sends a heartbeat so often, in milliseconds: 1000 to 600000. */
  readonly heartbeatIntervalMs: number;
  /** The server's clock at the time of the Welcome: Unix time in milliseconds. */
  readonly serverTimeMs: bigint;
  /** Identifies the connection in the logs of both sides; may be empty. */
  readonly connectionId: string;
}

/** What a side accepts that announces this max_frame_bytes, in bytes: 0 stands for 1048576. */
export function acceptedFrameBytes(announced: number): number {
  return announced === 0 ? DEFAULT_MAX_FRAME_BYTES : announced;
}

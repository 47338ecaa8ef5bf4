import { checkWelcome as checkRules } from '../../generated/im/protocol/v1/handshake.codec.js';
import type { Hello, Welcome } from '../../generated/im/protocol/v1/handshake.js';
import { type ErrorDetails, ProtocolError } from '../errors.js';
import { DEFAULT_MAX_FRAME_BYTES } from '../limits.js';
import { requireValid } from '../validate.js';
import { quoted } from '../wire/quoted.js';
import { PLAIN_SUBPROTOCOL, subprotocolOf } from './subprotocols.js';
import { chooseFeatures, chooseVersion, versionsText } from './versions.js';

/** The result of the negotiation, from the view of one side. */
export interface Agreement {
  /** The version of each frame after the handshake, 1 to 127. */
  readonly version: number;
  /** The negotiated features, in the order of the client's offer. */
  readonly features: readonly string[];
  /** Maximum size of a frame that the peer accepts, header included, in bytes: 16384 to 16777219. */
  readonly maxFrameBytes: number;
  /** Interval of the client's heartbeats, in milliseconds: 1000 to 600000. */
  readonly heartbeatIntervalMs: number;
  /** The server's clock at the time of the Welcome: Unix time in milliseconds. */
  readonly serverTimeMs: bigint;
  /** Identifies the connection in logs of both sides; may be empty. */
  readonly connectionId: string;
}

/** Options of `checkWelcome`. */
export interface WelcomeContext {
  /** On WebSocket, the subprotocol of the server, `''` if none. Undefined on TCP. */
  readonly subprotocol?: string | undefined;
}

/**
 * Checks a Welcome against the Hello. Returns the agreement from the view of the client: `maxFrameBytes` is the limit of the server, and
 * features that were not offered are left out.
 *
 * It detects a downgrade (RFC 9368, section 4): the server must have received the Hello that was sent, and must have chosen the highest common
 * version. Without TLS this finds broken intermediaries and mixed releases, not an attacker, who can change all bytes.
 *
 * @param hello the Hello that was sent, grease included.
 * @throws ProtocolError DOWNGRADE_DETECTED if the Welcome does not match the Hello: close the connection.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, if another rule of Welcome is broken.
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

/** The limit that an announced max_frame_bytes stands for, in bytes: 0 means 1048576. */
export function acceptedFrameBytes(announced: number): number {
  return announced === 0 ? DEFAULT_MAX_FRAME_BYTES : announced;
}

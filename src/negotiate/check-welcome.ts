import { checkWelcome as checkRules } from '../../generated/check/im/protocol/v1/handshake.js';
import type { Hello, Welcome } from '../../generated/types/im/protocol/v1/handshake.js';
import { type ErrorDetails, ProtocolError } from '../errors.js';
import { quoted } from '../wire/quoted.js';
import { type Agreement, acceptedFrameBytes } from './agreement.js';
import { chooseFeatures } from './choose-features.js';
import { chooseVersion } from './choose-version.js';
import { requireValid } from './require-valid.js';
import { PLAIN_SUBPROTOCOL, subprotocolOf } from './subprotocols.js';
import { versionsText } from './versions-text.js';

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
  throw downgrade(`Welcome.version: got ${version}, the highest common one is ${expected ?? 'none'} (${lists})`, {
    path: 'version',
    actual: version,
  });
}

/** On WebSocket the subprotocol is `im.v<V>` or `im`. */
function requireSubprotocol(version: number, subprotocol: string): void {
  const settled = subprotocolOf(version);
  if (subprotocol === settled || subprotocol === PLAIN_SUBPROTOCOL) return;
  throw downgrade(`subprotocol: got ${quoted(subprotocol)}, version ${version} goes with "${settled}" or "${PLAIN_SUBPROTOCOL}"`);
}

function downgrade(text: string, details?: ErrorDetails): ProtocolError {
  return new ProtocolError('DOWNGRADE_DETECTED', text, details);
}

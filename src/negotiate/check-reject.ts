import type { Hello, Reject } from '../../generated/types/im/protocol/v1/handshake.js';
import { ERRORS, ProtocolError } from '../errors.js';
import { quoted } from '../wire/quoted.js';
import { chooseVersion } from './choose-version.js';
import { peerError } from './peer-error.js';
import { versionsText } from './versions-text.js';

/**
 * Why the server refused the connection, as the client's error; returned, not thrown. Its code is that of the Reject, and a number for
 * 1000 and up; another code that this release does not know counts as an INTERNAL that may not be sent again. `retryAfterMs` says how long
 * to wait before the next try.
 *
 * DOWNGRADE_DETECTED when a NO_COMMON_VERSION lists a version that the Hello offered, grease aside: then the server did not see the
 * Hello that was sent, or the Reject was changed on its way (RFC 9368, section 4).
 *
 * @param hello the Hello that was sent, grease included.
 */
export function checkReject(hello: Hello, reject: Reject): ProtocolError {
  const { code, retryAfterMs } = reject;
  const lists = `the Hello offered ${versionsText(hello.versions)}, the Reject lists ${versionsText(reject.versions)}`;
  if (code !== ERRORS.NO_COMMON_VERSION.number) return peerError(code, refusal(reject), { retryAfterMs });
  const common = chooseVersion(hello.versions, reject.versions);
  if (common === undefined) return peerError(code, `${refusal(reject)} (${lists})`, { retryAfterMs });
  const text = `the server finds no common version, but ${common} is one: ${lists}`;
  return new ProtocolError('DOWNGRADE_DETECTED', text, { path: 'versions', actual: common });
}

/** The server's own words are quoted, so that they cannot forge a line of a log. */
function refusal({ code, message }: Reject): string {
  return `the server refused the connection with error ${code}, and says ${quoted(message)}`;
}

import { checkHello, checkWelcome as checkRules, WelcomeTable } from '../../generated/im/protocol/v1/handshake.codec.js';
import type { Hello, Reject, Welcome } from '../../generated/im/protocol/v1/handshake.js';
import { type ErrorDetails, type ErrorName, type Issue, ProtocolError } from '../errors.js';
import { DEFAULT_HEARTBEAT_INTERVAL_MS, PROTOCOL_VERSION, PROTOCOL_VERSIONS } from '../limits.js';
import { issuesOf, requireValid } from '../validate.js';
import { type Agreement, acceptedFrameBytes } from './check-welcome.js';
import { type ApplicationCommands, commandDigest, commandNames } from './command-digests.js';
import { createReject } from './reject.js';
import { chooseFeatures, chooseVersion, versionsText } from './versions.js';

/** Options of `answerHello`. Only `serverTimeMs` is required. */
export interface AnswerOptions {
  /** The versions that the server supports: 1 to 32 different ones, 1 to 127 each. Default: all that this release supports, `[1, 2]`. */
  readonly versions?: readonly number[] | undefined;
  /** The features that the server supports: at most 32 names of `[a-z0-9._-]`, 1 to 64 bytes each. Default: none. */
  readonly features?: readonly string[] | undefined;
  /** Maximum size of a frame that the server accepts, in bytes: 16384 to 16777219, or 0 (the default) for 1048576. */
  readonly maxFrameBytes?: number | undefined;
  /** Interval of the heartbeats of the client, in milliseconds: 1000 to 600000. Default 30000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** The server's clock: Unix time in milliseconds, 0 to 253402300799999. */
  readonly serverTimeMs: bigint;
  /** Identifies the connection in logs of both sides: at most 64 bytes of printable ASCII. Default: empty. */
  readonly connectionId?: string | undefined;
  /** The application's commands: name by number, from 1000 on. Those of the protocol are added. Default: none. */
  readonly commands?: ApplicationCommands | undefined;
}

/** The answer to a Hello: accepted, with the agreement, or refused, with the reason for the log of the server. */
export type HelloAnswer =
  | { readonly welcome: Welcome; readonly agreement: Agreement; readonly reject?: undefined; readonly error?: undefined }
  | { readonly reject: Reject; readonly error: ProtocolError; readonly welcome?: undefined; readonly agreement?: undefined };

/**
 * Answers a Hello: `{ welcome, agreement }`, or `{ reject, error }`, after which the server closes. `agreement.maxFrameBytes` is the limit
 * of the client. Reasons for a Reject, in this order: MALFORMED_HELLO (a rule of Hello is broken), NO_COMMON_VERSION, COMMAND_CONFLICT.
 * Each lists the server's versions. The lists in the answer are copies.
 *
 * From Welcome.versions and Welcome.offered_versions, the client detects a downgrade (RFC 9368, section 4).
 *
 * @throws ProtocolError INVALID_MESSAGE, with all issues, for options that break a rule of Welcome, no matter what the Hello contains.
 */
export function answerHello(hello: Hello, options: AnswerOptions): HelloAnswer {
  const offer = prepareOffer(options);
  const issues = checkHello(hello);
  if (issues !== undefined) return refuse('MALFORMED_HELLO', issuesText(issues), offer.template.versions, { issues });
  return answerOffer(hello, offer, options.serverTimeMs, options.connectionId ?? '');
}

/** What a server needs to answer Hellos: its options, checked once for all connections. */
export interface Offer {
  /** The Welcome with all that the server supports. Its lists are not part of any answer. */
  readonly template: Welcome;
  /** The commands of the server: name by number. */
  readonly names: ReadonlyMap<number, string>;
  /** Their digests by number, computed when a Hello first mentions them. */
  readonly digests: Map<number, number>;
}

/** @throws ProtocolError INVALID_MESSAGE, with all issues, for options that break a rule of Welcome. */
export function prepareOffer(options: AnswerOptions): Offer {
  return { template: welcomeTemplate(options), names: commandNames(options.commands ?? {}), digests: new Map() };
}

/** As `answerHello`. @param hello keeps the rules of Hello. */
export function answerOffer(hello: Hello, offer: Offer, serverTimeMs: bigint, connectionId: string): HelloAnswer {
  const { template } = offer;
  // V = the highest version, grease aside, in both Hello.versions and the server's.
  const version = chooseVersion(hello.versions, template.versions);
  if (version === undefined) {
    const text = `the client offers versions ${versionsText(hello.versions)}, the server supports ${versionsText(template.versions)}`;
    return refuse('NO_COMMON_VERSION', text, template.versions);
  }
  // A number that both know with different digests is COMMAND_CONFLICT.
  const conflict = commandConflict(hello.commandDigests, offer);
  if (conflict !== undefined) return refuse('COMMAND_CONFLICT', conflict, template.versions);
  const welcome: Welcome = {
    version,
    // Welcome.features lists the common features.
    features: chooseFeatures(hello.features, template.features),
    maxFrameBytes: template.maxFrameBytes,
    heartbeatIntervalMs: template.heartbeatIntervalMs,
    serverTimeMs,
    connectionId,
    versions: [...template.versions],
    offeredVersions: [...hello.versions],
  };
  return { welcome, agreement: agreementOf(hello, welcome) };
}

/**
 * The Welcome with all that the server supports. The rules of Welcome are checked here, so that an invalid option fails with any client.
 */
function welcomeTemplate(options: AnswerOptions): Welcome {
  const { versions = PROTOCOL_VERSIONS, features = [], maxFrameBytes = 0, serverTimeMs, connectionId = '' } = options;
  const { heartbeatIntervalMs = DEFAULT_HEARTBEAT_INTERVAL_MS } = options;
  const server = {
    versions: [...versions],
    features: [...features],
    maxFrameBytes,
    heartbeatIntervalMs,
    serverTimeMs,
    connectionId,
  };
  const welcome: Welcome = { version: PROTOCOL_VERSION, offeredVersions: [PROTOCOL_VERSION], ...server };
  requireValid(issuesOf(WelcomeTable, checkRules, welcome), 'Welcome');
  return welcome;
}

function agreementOf(hello: Hello, welcome: Welcome): Agreement {
  const { version, heartbeatIntervalMs, serverTimeMs, connectionId } = welcome;
  const maxFrameBytes = acceptedFrameBytes(hello.maxFrameBytes);
  return { version, features: [...welcome.features], maxFrameBytes, heartbeatIntervalMs, serverTimeMs, connectionId };
}

function refuse(code: ErrorName, message: string, versions: readonly number[], details?: ErrorDetails): HelloAnswer {
  return { reject: createReject(code, { message, versions }), error: new ProtocolError(code, message, details) };
}

/** The first issue and the number of further ones: short enough for a Reject. */
function issuesText(issues: readonly Issue[]): string {
  const [{ path, message }] = issues;
  return `Hello.${path}: ${message}${issues.length === 1 ? '' : ` (and ${issues.length - 1} more)`}`;
}

/**
 * Compares the commands of both sides. If a number has different names, one side has renumbered its commands and would misread messages: the
 * connection is refused. A number that only one side knows is allowed.
 *
 * @param digests Hello.command_digests: digest by number.
 * @returns a text about the differences; undefined if there are none.
 */
function commandConflict(digests: ReadonlyMap<number, number>, offer: Offer): string | undefined {
  const conflicts: string[] = [];
  // An iterator would make an array for each of them.
  digests.forEach((digest, number) => {
    const name = offer.names.get(number);
    if (name === undefined) return;
    const expected = digestOf(number, name, offer);
    if (expected === digest) return;
    conflicts.push(`command ${number}: expected digest ${hex(expected)} of ${shortened(name)}, got ${hex(digest)}`);
  });
  if (conflicts.length === 0) return undefined;
  return conflicts.length === 1 ? conflicts[0] : `${conflicts[0]} (and ${conflicts.length - 1} more)`;
}

function digestOf(number: number, name: string, { digests }: Offer): number {
  let digest = digests.get(number);
  if (digest === undefined) {
    digest = commandDigest(name);
    digests.set(number, digest);
  }
  return digest;
}

function hex(digest: number): string {
  return `0x${digest.toString(16).toUpperCase().padStart(8, '0')}`;
}

/** Reject.message is bounded. */
function shortened(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}...` : name;
}

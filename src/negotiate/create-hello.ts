import { checkHello, HelloTable } from '../../generated/im/protocol/v1/handshake.codec.js';
import type { Hello } from '../../generated/im/protocol/v1/handshake.js';
import { PROTOCOL_VERSIONS } from '../limits.js';
import { issuesOf, requireValid } from '../validate.js';
import { type ApplicationCommands, commandDigest, commandNames } from './command-digests.js';

/** Options of `createHello`. All optional. */
export interface HelloOptions {
  /** The versions to offer, in any order: 1 to 32 different ones, 1 to 127 each. Default: all that this release supports, `[1, 2]`. */
  readonly versions?: readonly number[] | undefined;
  /** The features to offer: at most 32 names of `[a-z0-9._-]`, 1 to 64 bytes each. Those of an application have a dot. Default: none. */
  readonly features?: readonly string[] | undefined;
  /** Maximum size of a frame that the client accepts, in bytes: 16384 to 16777219, or 0 (the default) for 1048576. */
  readonly maxFrameBytes?: number | undefined;
  /** Name and version of the client software, for logs: at most 256 bytes. Not for tokens: a Hello is not secret. Default: empty. */
  readonly agent?: string | undefined;
  /** The application's commands: name by number, from 1000 on. Those of the protocol are added, at most 512 in all. Default: none. */
  readonly commands?: ApplicationCommands | undefined;
}

/**
 * Creates the Hello of a client, its first frame. The lists are copies. To add grease, call `withGrease`.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, for options that break a rule of Hello.
 */
export function createHello(options: HelloOptions = {}): Hello {
  const { versions = PROTOCOL_VERSIONS, features = [], maxFrameBytes = 0, agent = '', commands = {} } = options;
  const commandDigests = new Map<number, number>();
  for (const [number, name] of commandNames(commands)) commandDigests.set(number, commandDigest(name));
  const hello: Hello = { versions: [...versions], features: [...features], maxFrameBytes, agent, commandDigests };
  requireValid(issuesOf(HelloTable, checkHello, hello), 'Hello');
  return hello;
}

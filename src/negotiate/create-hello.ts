import { checkHello, HelloTable } from '../../generated/im/protocol/v1/handshake.codec.js';
import type { Hello } from '../../generated/im/protocol/v1/handshake.js';
import { PROTOCOL_VERSIONS } from '../limits.js';
import { issuesOf, requireValid } from '../validate.js';
import { type ApplicationCommands, commandDigest, commandNames } from './command-digests.js';

/** What a client can. Each may be left out. */
export interface HelloOptions {
  /** The versions to offer, in any order, 1 to 32 of them, each once, 1 to 127. Default: all that this release supports, `[1, 2]`. */
  readonly versions?: readonly number[] | undefined;
  /** The features to offer, at most 32 names of `[a-z0-9._-]`, 1 to 64 bytes each; an application's have a dot. Default: none. */
  readonly features?: readonly string[] | undefined;
  /** The largest whole frame that this side accepts, in bytes: 16384 to 16777219, or 0 (the default) for 1048576. */
  readonly maxFrameBytes?: number | undefined;
  /** The client's name and version, for logs, at most 256 bytes. Never a token: a Hello is not secret. Default: empty. */
  readonly agent?: string | undefined;
  /** The application's commands, name by number from 1000; those of this specification are added. At most 512 in all. Default: none. */
  readonly commands?: ApplicationCommands | undefined;
}

/**
 * The Hello of a client: its first frame, in version 0. The lists are copies. Nothing is greased: `withGrease` does that.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, for options that would break a rule of Hello.
 */
export function createHello(options: HelloOptions = {}): Hello {
  const { versions = PROTOCOL_VERSIONS, features = [], maxFrameBytes = 0, agent = '', commands = {} } = options;
  const commandDigests = new Map<number, number>();
  for (const [number, name] of commandNames(commands)) commandDigests.set(number, commandDigest(name));
  const hello: Hello = { versions: [...versions], features: [...features], maxFrameBytes, agent, commandDigests };
  requireValid(issuesOf(HelloTable, checkHello, hello), 'Hello');
  return hello;
}

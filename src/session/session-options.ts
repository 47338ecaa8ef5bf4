import type { LoginInfoInit } from '../../generated/im/protocol/v1/login_info.js';
import type { Deflate } from '../frame/deflate.js';
import {
  DEFAULT_FRAME_TIMEOUT_MS,
  DEFAULT_HANDSHAKE_TIMEOUT_MS,
  DEFAULT_MAX_QUEUED_BYTES,
  DEFAULT_REQUEST_TIMEOUT_MS,
  FEATURES,
  PROTOCOL_VERSIONS,
} from '../limits.js';
import type { ApplicationCommands } from '../negotiate/command-digests.js';
import type { DeliveredWindow } from './delivered-window.js';

/** Options of the sessions of both sides. All optional. */
export interface SessionOptions {
  /** How bytes arrive: `tcp` in chunks of any size, `websocket` as binary messages of complete frames. Default `tcp`. */
  readonly transport?: 'tcp' | 'websocket' | undefined;
  /**
   * Versions of the protocol that this side supports: 1 to 32 different numbers from 1 to 127. Default: all that this release supports,
   * `[1, 2]`.
   */
  readonly versions?: readonly number[] | undefined;
  /**
   * Features that this side supports; those of an application have a dot in their names. `deflate` is added if the option `deflate` is
   * given. Default of a client: all others of FEATURES. Default of a server: none, so it lists those that its application serves.
   */
  readonly features?: readonly string[] | undefined;
  /** The application's commands: name by number, from 1000 on. Default: none. */
  readonly commands?: ApplicationCommands | undefined;
  /** Maximum size of a frame that this side accepts, header included, in bytes: 16384 to 16777219, or 0 for the default. Default 1048576. */
  readonly maxFrameBytes?: number | undefined;
  /** DEFLATE for frames, used if both sides support it: see `createDeflate`. Default: no compression. */
  readonly deflate?: Deflate | undefined;
  /** Smallest frame that is compressed, in bytes. Default 1024. */
  readonly compressFromBytes?: number | undefined;
  /**
   * Maximum size of the queue of frames to write, in bytes: 1 or more. An empty queue accepts any frame. If a frame does not fit, the
   * connection closes with SLOW_CONSUMER. Default 2097152.
   */
  readonly maxQueuedBytes?: number | undefined;
  /**
   * Timeout for the handshake, from the start of the connection to Hello (server) or Welcome (client), in milliseconds. Default
   * 10000.
   */
  readonly handshakeTimeoutMs?: number | undefined;
  /** Timeout for the rest of a frame, from its first byte, in milliseconds. Default 30000. */
  readonly frameTimeoutMs?: number | undefined;
  /** Timeout for the reply to a request, in milliseconds. Default 10000. */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * Unix time in milliseconds at which `nowMs` was 0, as `performance.timeOrigin`. Used for times on the wire. Default 0.
   */
  readonly timeOriginMs?: number | undefined;
  /** A source of random numbers from 0 up to, but not including, 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Sends reserved versions, features and flags at random, so that no peer relies on a closed list (RFC 8701). Default true. */
  readonly grease?: boolean | undefined;
}

/** Options of a ClientSession. All optional. */
export interface ClientSessionOptions extends SessionOptions {
  /** LOGIN to send as soon as the version is known, together with Hello if possible. Default: call `login` later. */
  readonly login?: LoginInfoInit | undefined;
  /** Name and version of the client software, for logs of the server: at most 256 bytes. Default: empty. */
  readonly agent?: string | undefined;
  /** Whether the application is in the background when the connection is authenticated: see `ClientSession.setBackground`. Default false. */
  readonly background?: boolean | undefined;
  /** The message ids that were delivered on this and earlier connections. Default: a new window. */
  readonly delivered?: DeliveredWindow | undefined;
}

/** Options of a ServerSession. All optional. */
export interface ServerSessionOptions extends SessionOptions {
  /** Interval of the heartbeats of clients, in milliseconds: 1000 to 600000. Clients learn it in the handshake. Default 30000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** Timeout for LOGIN, from the Welcome until it is accepted, in milliseconds. Default 10000. */
  readonly loginTimeoutMs?: number | undefined;
  /** Identifies the connection in the logs of both sides, at most 64 bytes of printable ASCII. Default: empty. */
  readonly connectionId?: string | undefined;
}

/** The authenticated user of a connection. */
export interface LoggedIn {
  /** The user of the token, 1 to 2^63 - 1. */
  readonly userId: bigint;
  /** The kind of terminal: see `Terminal`. */
  readonly terminal: number;
  /** The device id that the client sent; may be empty. */
  readonly deviceId: string;
}

/** The reason of a FORCE_LOGOUT that is given no other. */
export const REASON_REPLACED = 'another device has logged in';

type Filled<T> = { readonly [Name in keyof T]-?: Exclude<T[Name], undefined> };

/** The options with their defaults filled in. */
export interface SessionSettings extends Filled<Omit<SessionOptions, 'deflate'>> {
  readonly deflate: Deflate | undefined;
}

/** Below this size, DEFLATE saves less than it costs. */
const COMPRESS_FROM_BYTES = 1024;

/** The features that a client offers by default: `deflate` depends on its option. */
export const CLIENT_FEATURES: readonly string[] = FEATURES.filter((feature) => feature !== 'deflate');

const DEFAULTS: Omit<SessionSettings, 'deflate'> = {
  transport: 'tcp',
  versions: PROTOCOL_VERSIONS,
  features: [],
  commands: {},
  maxFrameBytes: 0,
  compressFromBytes: COMPRESS_FROM_BYTES,
  maxQueuedBytes: DEFAULT_MAX_QUEUED_BYTES,
  handshakeTimeoutMs: DEFAULT_HANDSHAKE_TIMEOUT_MS,
  frameTimeoutMs: DEFAULT_FRAME_TIMEOUT_MS,
  requestTimeoutMs: DEFAULT_REQUEST_TIMEOUT_MS,
  timeOriginMs: 0,
  // Looked up at each call: an application may replace it.
  random: () => Math.random(),
  grease: true,
};

export function sessionSettings(options: SessionOptions): SessionSettings {
  const given = options as Readonly<Record<string, unknown>>;
  const filled = Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [name, given[name] ?? value]));
  const settings = filled as unknown as typeof DEFAULTS;
  const features = settings.features.filter((feature) => feature !== 'deflate');
  const { deflate } = options;
  return { ...settings, features: deflate === undefined ? features : ['deflate', ...features], deflate };
}

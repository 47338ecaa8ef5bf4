// The result of `Server.metrics()`.
import type { Traffic } from '../session/traffic.js';

/** Counts by code: the name of an error (`UNAUTHENTICATED`), the number of an error without a name, or `OK`. */
export type CountsByCode = Readonly<Record<string, number>>;

/** A number for each transport; `tcp` includes TLS. */
export type CountsByTransport = Readonly<Record<'tcp' | 'websocket', number>>;

/** A histogram of durations. */
export interface DurationHistogram {
  /** The upper bounds of the buckets, in milliseconds, ascending. A duration on a bound is in its bucket. */
  readonly boundsMs: readonly number[];
  /** The number of durations in each bucket; one more than there are bounds, for those above the last. */
  readonly counts: readonly number[];
  /** Number of durations. */
  readonly count: number;
  /** Their sum in milliseconds. */
  readonly sumMs: number;
}

/**
 * Counters and gauges of a server since `listen`: see `Server.metrics`. All but the gauges (`open`, `authenticated`, `active`, `bytes`) only
 * grow. Their keys are bounded: unknown numbers of errors beyond 100 and commands that the option `commands` does not list count as `OTHER`.
 */
export interface ServerMetrics {
  readonly connections: {
    /** Gauge: open connections, authenticated or not. */
    readonly open: CountsByTransport;
    /** Gauge: those whose LOGIN was accepted. */
    readonly authenticated: CountsByTransport;
    /** Gauge: those after the handshake, by version; older clients by the name of their profile, as `box-im`. */
    readonly versions: Readonly<Record<string, number>>;
    /** Connections that were opened. */
    readonly opened: CountsByTransport;
    /** Connections that have ended, by the code of the reason: `OK` if one side closed without an error. */
    readonly closed: CountsByCode;
    /** Clients that `accept`, `maxConnectionsPerAddress` or, on WebSocket, `maxConnections` has refused. On TCP they count as connections too. */
    readonly refused: CountsByCode;
  };
  readonly handshakes: {
    /** Handshakes by the version that was agreed on; older clients by the name of their profile. */
    readonly agreed: Readonly<Record<string, number>>;
    /** Connections that ended with an error before the handshake was done, by its code. */
    readonly failed: CountsByCode;
  };
  readonly logins: {
    /** First LOGINs of connections, by result. */
    readonly first: CountsByCode;
    /** LOGINs that renew a token, by result. */
    readonly renewals: CountsByCode;
    /** Time from LOGIN to its answer. */
    readonly durations: DurationHistogram;
  };
  /** Frames and their bytes since `listen`, by transport; `tcp` includes TLS. */
  readonly traffic: Readonly<Record<'tcp' | 'websocket', Readonly<Traffic>>>;
  /** Frames that the server has refused or dropped because of their content, by code. Errors of the handlers do not count. */
  readonly refusedFrames: CountsByCode;
  readonly requests: {
    /** Gauge: messages that are being handled. */
    readonly active: number;
    /** Handled messages by the name of the command, then by result. Those that expect no reply count too. */
    readonly handled: Readonly<Record<string, CountsByCode>>;
    /** Time from the call of `member` or `message` to the answer, by the name of the command. Empty before the first call of `metrics`. */
    readonly durations: Readonly<Record<string, DurationHistogram>>;
  };
  readonly queue: {
    /** Gauge: bytes that wait to be written, in sessions and transports, of all connections. */
    readonly bytes: number;
    /** How often a connection was found to read too slowly: its transport was still full after a turn of the event loop. */
    readonly full: number;
    /** Chunks of messages that were dropped because too much waited. */
    readonly droppedChunks: number;
  };
}

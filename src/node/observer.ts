import type { TracingChannel } from 'node:diagnostics_channel';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { ServerConnection } from '../connection/server-connection.js';
import { OK, type Outcome, type ServerObserver } from '../connection/server-observer.js';
import type { ProtocolError } from '../errors.js';
import type { ApplicationCommands } from '../negotiate/command-digests.js';
import type { AcceptRequest, Server } from './listen-options.js';
import { nodePlatform } from './platform.js';
import { CHANNELS, type LoginMessage, type RequestMessage } from './server-channels.js';
import { ServerCounters } from './server-counters.js';
import type { ServerMetrics } from './server-metrics.js';
import { TimedCall, TracedCall, TracedMessage } from './traced-call.js';

/** Maximum number of durations that wait to be published together: a message for each request costs more than all counts. */
const MAX_RECENT = 1000;

/** Counts what a server does, and publishes it to channels that have subscribers. */
export class Observer implements ServerObserver<ServerConnection> {
  readonly traffic: ServerObserver<ServerConnection>['traffic'];
  readonly #server: Server;
  readonly #counters: ServerCounters;
  /** Somebody reads the durations. */
  #isTimed = false;
  /** Durations of requests that are not published yet. */
  #recentMs: number[] = [];

  constructor(server: Server, commands: ApplicationCommands | undefined) {
    this.#server = server;
    this.#counters = new ServerCounters(commands);
    this.traffic = this.#counters.traffic;
  }

  metrics(open: Iterable<ServerConnection>): ServerMetrics {
    this.#isTimed = true;
    this.#publishDurations();
    let queuedBytes = 0;
    for (const { bufferedBytes } of open) queuedBytes += bufferedBytes;
    return this.#counters.snapshot(queuedBytes);
  }

  opened(connection: ServerConnection): void {
    const { transport } = connection;
    this.#counters.open[transport] += 1;
    this.#counters.opened[transport] += 1;
    if (CHANNELS.opened.hasSubscribers) CHANNELS.opened.publish({ server: this.#server, connection });
  }

  /** `accept` or a limit has refused a client. */
  refused({ transport, remoteAddress }: AcceptRequest, error: ProtocolError): void {
    this.#counters.refused.add(error.code);
    if (CHANNELS.refused.hasSubscribers) CHANNELS.refused.publish({ server: this.#server, transport, remoteAddress, error });
  }

  negotiated(connection: ServerConnection): void {
    this.#counters.agreed.add(versionOf(connection));
    this.#counters.versions.add(versionOf(connection));
    this.#publishHandshake(connection, undefined);
  }

  authenticated({ transport }: ServerConnection): void {
    this.#counters.authenticated[transport] += 1;
  }

  ended(connection: ServerConnection, error: ProtocolError | undefined): void {
    const { transport, user, agreement } = connection;
    const code = error?.code ?? OK.code;
    this.#counters.open[transport] -= 1;
    if (user !== undefined) this.#counters.authenticated[transport] -= 1;
    this.#counters.closed.add(code);
    if (agreement !== undefined) this.#counters.versions.remove(versionOf(connection));
    else if (error !== undefined) {
      this.#counters.failedHandshakes.add(error.code);
      this.#publishHandshake(connection, error);
    }
    if (!CHANNELS.closed.hasSubscribers) return;
    CHANNELS.closed.publish({ server: this.#server, connection, code, error, durationMs: ageMs(connection) });
  }

  frameRefused(connection: ServerConnection, error: ProtocolError): void {
    this.#counters.refusedFrames.add(error.code);
    if (CHANNELS.frameRefused.hasSubscribers) CHANNELS.frameRefused.publish({ server: this.#server, connection, error });
  }

  queueFull(connection: ServerConnection, isFull: boolean): void {
    if (isFull) this.#counters.fullQueues += 1;
    if (!CHANNELS.queue.hasSubscribers) return;
    CHANNELS.queue.publish({ server: this.#server, connection, isFull, bufferedBytes: connection.bufferedBytes });
  }

  chunkDropped(): void {
    this.#counters.droppedChunks += 1;
  }

  loginBegins(connection: ServerConnection, isRenewal: boolean): TimedCall {
    if (!isTraced(CHANNELS.login)) return new TimedCall();
    return new TracedCall(CHANNELS.login, new TracedLogin(this.#server, connection, isRenewal));
  }

  loginEnded(_connection: ServerConnection, isRenewal: boolean, outcome: Outcome, call: TimedCall | undefined): void {
    const { logins, renewals, loginDurations } = this.#counters;
    (isRenewal ? renewals : logins).add(outcome.code);
    if (call !== undefined) loginDurations.add(call.end(outcome));
  }

  requestBegins(connection: ServerConnection, message: SendInfo): TimedCall | undefined {
    this.#counters.activeRequests += 1;
    if (!isTraced(CHANNELS.request))
      return this.#isTimed || CHANNELS.requestDurations.hasSubscribers ? new TimedCall() : undefined;
    const { name: command } = this.#counters.ofCommand(message.cmd);
    return new TracedCall(CHANNELS.request, new TracedRequest(this.#server, connection, command, message));
  }

  requestEnded(_connection: ServerConnection, { cmd }: SendInfo, outcome: Outcome, call: TimedCall | undefined): void {
    this.#counters.activeRequests -= 1;
    const { results, durations } = this.#counters.ofCommand(cmd);
    results.add(outcome.code);
    if (call === undefined) return;
    const durationMs = call.end(outcome);
    if (this.#isTimed) durations.add(durationMs);
    if (!CHANNELS.requestDurations.hasSubscribers) return;
    if (this.#recentMs.push(durationMs) >= MAX_RECENT) this.#publishDurations();
  }

  #publishDurations(): void {
    const durationsMs = this.#recentMs;
    if (durationsMs.length === 0) return;
    this.#recentMs = [];
    CHANNELS.requestDurations.publish({ server: this.#server, durationsMs });
  }

  #publishHandshake(connection: ServerConnection, error: ProtocolError | undefined): void {
    if (!CHANNELS.handshake.hasSubscribers) return;
    const code = error?.code ?? OK.code;
    CHANNELS.handshake.publish({ server: this.#server, connection, code, error, durationMs: ageMs(connection) });
  }
}

class TracedLogin extends TracedMessage implements LoginMessage {
  readonly isRenewal: boolean;

  constructor(server: Server, connection: ServerConnection, isRenewal: boolean) {
    super(server, connection);
    this.isRenewal = isRenewal;
  }
}

class TracedRequest extends TracedMessage implements RequestMessage {
  readonly command: string;
  readonly message: SendInfo;

  constructor(server: Server, connection: ServerConnection, command: string, message: SendInfo) {
    super(server, connection);
    this.command = command;
    this.message = message;
  }
}

/** Whether a tracing channel has subscribers. `TracingChannel.hasSubscribers` is newer than Node 20.0. */
function isTraced({ start, end, asyncStart, asyncEnd, error }: TracingChannel): boolean {
  return (
    asyncEnd.hasSubscribers || start.hasSubscribers || end.hasSubscribers || asyncStart.hasSubscribers || error.hasSubscribers
  );
}

/** The version of a connection, or the profile of an older client. */
function versionOf({ version, legacy }: ServerConnection): string {
  return legacy ?? String(version);
}

function ageMs({ connectedAtMs }: ServerConnection): number {
  return nodePlatform.timeOriginMs + nodePlatform.nowMs() - connectedAtMs;
}

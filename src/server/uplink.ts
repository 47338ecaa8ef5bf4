// The way of a client's message to the platform, and of the platform's answer back to the client.
import { COMMANDS, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ReceiveInfo } from '../../generated/im/protocol/v1/receive_info.js';
import { estimateSendInfo } from '../../generated/im/protocol/v1/send_info.codec.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { checkUplinkInfo, UplinkInfoTable } from '../../generated/im/protocol/v1/uplink_info.codec.js';
import type { UplinkInfoInit } from '../../generated/im/protocol/v1/uplink_info.js';
import { settle } from '../callbacks.js';
import { commandName } from '../codec/command-name.js';
import { ProtocolError } from '../errors.js';
import { DEFAULT_REQUEST_TIMEOUT_MS } from '../limits.js';
import { peerError } from '../negotiate/reject.js';
import { type Clock, SYSTEM_CLOCK } from '../rocketmq/clock.js';
import { requireCount, requireMs } from '../rocketmq/option-rules.js';
import { replyOf } from '../session/session-core.js';
import { issuesOf, requireValid } from '../validate.js';
import type { AudienceIndex } from './audience-index.js';
import { enterRoom } from './rooms.js';
import type { ServedConnection } from './served-connection.js';

/** What `uplinkInfo` cannot see in the message and its connection. */
export interface UplinkFacts {
  /** The id of the server. */
  readonly serverId: string;
  /** Counts the UplinkInfos of the connection: 1, 2, 3. Never use a number twice, even if publishing has failed. */
  readonly number: bigint;
  /** When the message came: Unix time in milliseconds. */
  readonly receivedAtMs: number;
  /** Connects the logs of all services, at most 64 bytes of printable ASCII. Default: empty. */
  readonly traceId?: string | undefined;
}

const NOT_UPLINKED: ReadonlySet<number> = new Set([Command.LOGIN, Command.HEARTBEAT, Command.ACK, Command.ERROR]);

/** Whether a command of a client goes to the platform: all do but LOGIN, HEARTBEAT, ACK and ERROR. */
export function isUplinked(cmd: number): boolean {
  if (cmd >= FIRST_APPLICATION_COMMAND) return true;
  return COMMANDS[cmd]?.fromClient === true && !NOT_UPLINKED.has(cmd);
}

/**
 * The UplinkInfo of a client's message: who sent it, on which connection, and its data, unchanged. Publish it with `uplinkInfoMessage`. `Uplink`
 * counts and keeps the requests too.
 * @throws ProtocolError UNSUPPORTED_COMMAND for a command that does not go to the platform, LOGIN_REQUIRED for a connection that is not
 * authenticated.
 */
export function uplinkInfo(
  { cmd, sequence, data }: SendInfo,
  { id, user, version, maxFrameBytes }: Pick<ServedConnection, 'id' | 'user' | 'version' | 'maxFrameBytes'>,
  { serverId, number, receivedAtMs, traceId }: UplinkFacts,
): UplinkInfoInit {
  if (!isUplinked(cmd)) throw new ProtocolError('UNSUPPORTED_COMMAND', `${commandName(cmd)} does not go to the platform`);
  if (user === undefined) throw new ProtocolError('LOGIN_REQUIRED', `${commandName(cmd)} before LOGIN`);
  return {
    sender: { userId: user.userId, terminal: user.terminal },
    serverId,
    connectionId: id,
    sequence,
    receivedAtMs: BigInt(Math.floor(receivedAtMs)),
    traceId,
    version,
    cmd,
    maxFrameBytes,
    number,
    // The members that a client sends are those of an UplinkInfo.
    data: data as UplinkInfoInit['data'],
  };
}

/** Options of an Uplink. */
export interface UplinkOptions<C extends ServedConnection> {
  /** The id of the server, as in `ListenOptions.serverId`. */
  readonly serverId: string;
  /**
   * Publishes an UplinkInfo to the platform, and resolves when the queue has it: `(uplink) => broker.publish(uplinkInfoMessage(uplink))`. If it
   * fails, the client gets INTERNAL and may try again.
   */
  readonly publish: (uplink: UplinkInfoInit) => unknown;
  /** Where connections join the rooms that the platform admits them to. Default: the server has no rooms. */
  readonly audience?: AudienceIndex<C> | undefined;
  /** How long a request waits for the platform, in milliseconds. Then the client gets INTERNAL and may try again. Default 10000. */
  readonly timeoutMs?: number | undefined;
  /** Maximum messages of all connections that wait for the queue or the platform. Further ones are RATE_LIMITED. Default 10000. */
  readonly maxWaiting?: number | undefined;
  /** Maximum bytes of these messages: upper bounds of their encoded sizes. Default 67108864 (64 MiB). */
  readonly maxWaitingBytes?: number | undefined;
  /**
   * The trace id of a message, at most 64 bytes of printable ASCII; undefined = the default. For OpenTelemetry `activeTraceId` of
   * `@im/protocol/otel`. Default: the connection id and the number of the UplinkInfo.
   */
  readonly traceId?: ((message: SendInfo, connection: C) => string | undefined) | undefined;
  /** The clock, which tests may replace. Default: the clock of the platform. */
  readonly clock?: Clock | undefined;
}

/** A message that waits: for the queue, then, if it is a request, for the platform. */
interface Waiting {
  readonly message: SendInfo;
  readonly done: (reply: SendInfoInit | undefined) => void;
  readonly failed: (error: unknown) => void;
}

/** The messages of a connection. */
interface Line {
  number: bigint;
  /** The requests that wait, by sequence. */
  readonly requests: Map<number, Waiting>;
  /** How to end all that waits. */
  readonly open: Set<(error: ProtocolError) => void>;
}

/** How long a client waits before it tries again, in milliseconds. */
const RETRY_AFTER_MS = 1000;
const TRACE_ID_MAX_BYTES = 64;
const MIB = 1_048_576;

/**
 * Sends the messages of clients to the platform, and answers their requests with what the platform replies. `message` is a handler for `listen`:
 *
 * ```ts
 * const uplink = new Uplink({ serverId: '7', publish: (info) => broker.publish(uplinkInfoMessage(info)) });
 * const server = await listen({ serverId: '7', message: uplink.message, login });
 * await broker.subscribe(subscription, ({ body, bornAtMs }) => { deliver(body, server, { uplink, bornAtMs }) });
 * ```
 */
export class Uplink<C extends ServedConnection> {
  readonly #options: UplinkOptions<C>;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #maxWaiting: number;
  readonly #maxBytes: number;
  readonly #lines = new WeakMap<C, Line>();
  #waiting = 0;
  #waitingBytes = 0;

  /**
   * @throws ProtocolError INVALID_MESSAGE for an invalid `serverId`.
   * @throws RangeError for invalid numbers.
   */
  constructor(options: UplinkOptions<C>) {
    const { serverId, timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS, maxWaiting = 10_000, maxWaitingBytes = 64 * MIB } = options;
    requireMs('timeoutMs', timeoutMs);
    requireCount('maxWaiting', maxWaiting, 1);
    requireCount('maxWaitingBytes', maxWaitingBytes, 1);
    const any = { sender: { userId: 1n, terminal: 1 }, connectionId: '1', cmd: Command.LOGOUT, version: 1, number: 1n };
    requireValid(issuesOf(UplinkInfoTable, checkUplinkInfo, { ...any, serverId }), 'UplinkInfo');
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#timeoutMs = timeoutMs;
    this.#maxWaiting = maxWaiting;
    this.#maxBytes = maxWaitingBytes;
  }

  /** Number of messages that wait for the queue or the platform. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Their size in bytes. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /**
   * The handler `message` of `listen`. Resolves with the reply of the platform, or with undefined for a message that expects none.
   * @throws ProtocolError the ERROR of the platform; RATE_LIMITED with too many waiting messages; QUOTA_EXCEEDED for too many rooms; TIMEOUT;
   * the error of `publish`.
   */
  readonly message = async (message: SendInfo, connection: C): Promise<SendInfoInit | undefined> => {
    const { data } = message;
    if (data?.$case === 'room' && data.value.join) this.#options.audience?.requireRoom(connection, data.value.roomId);
    const line = this.#line(connection);
    const number = line.number + 1n;
    const traceId = this.#options.traceId?.(message, connection) ?? `${connection.id}.${number}`.slice(-TRACE_ID_MAX_BYTES);
    const { serverId } = this.#options;
    const uplink = uplinkInfo(message, connection, { serverId, number, receivedAtMs: this.#clock.nowMs(), traceId });
    // Estimates are a third of the capacity that encoding needs.
    const bytes = 3 * estimateSendInfo(message);
    this.#requireSpace(bytes);
    // What is refused above is not counted. A number is not used again if publishing fails, since the queue may have the message nevertheless, and the
    // platform would drop another one with its number as a duplicate. So there may be gaps, for which nobody waits.
    line.number = number;
    return this.#send(message, uplink, line, bytes);
  };

  /**
   * Answers a request with a reply of the platform. `deliver` calls it.
   * @returns why the reply was dropped; undefined if it was not.
   */
  answer(connection: C, sequence: number, { cmd, data }: Pick<ReceiveInfo, 'cmd' | 'data'>): ProtocolError | undefined {
    const request = this.#lines.get(connection)?.requests.get(sequence);
    if (request === undefined) return new ProtocolError('TIMEOUT', `no ${commandName(cmd)} waits for a reply with this sequence`);
    if (cmd === Command.ERROR && data?.$case === 'error') {
      const { code, message, retryAfterMs, userMessage, reason, untilMs } = data.value;
      const hints = { retryAfterMs, userMessage, reason, untilMs };
      request.failed(peerError(code, message || `the platform refused ${commandName(request.message.cmd)}`, hints));
      return undefined;
    }
    const fault = replyFault(request.message, { cmd, data });
    if (fault !== undefined) return fault;
    if (data?.$case === 'room') enterRoom(this.#options.audience, connection, data.value);
    // The members of a reply are those of a SendInfo.
    request.done({ cmd, data: data as SendInfoInit['data'] });
    return undefined;
  }

  #line(connection: C): Line {
    const known = this.#lines.get(connection);
    if (known !== undefined) return known;
    const line: Line = { number: 0n, requests: new Map(), open: new Set() };
    this.#lines.set(connection, line);
    connection.whenClosed(() => {
      for (const fail of [...line.open]) fail(new ProtocolError('CLOSED', 'the connection has closed'));
    });
    return line;
  }

  /** Publishes a message, and resolves when it is done with: with the reply if it is a request. */
  #send(message: SendInfo, uplink: UplinkInfoInit, line: Line, bytes: number): Promise<SendInfoInit | undefined> {
    this.#waiting += 1;
    this.#waitingBytes += bytes;
    return new Promise((resolve, reject) => {
      const finish = (settled: () => void): void => {
        if (!line.open.delete(failed)) return;
        if (line.requests.get(message.sequence) === request) line.requests.delete(message.sequence);
        this.#waiting -= 1;
        this.#waitingBytes -= bytes;
        this.#clock.clearTimer(timer);
        settled();
      };
      const done = (reply: SendInfoInit | undefined): void => finish(() => resolve(reply));
      const failed = (error: unknown): void => finish(() => reject(error));
      const request: Waiting = { message, done, failed };
      const late = (): void =>
        failed(
          new ProtocolError('TIMEOUT', `${commandName(message.cmd)}: no answer of the platform within ${this.#timeoutMs} ms`),
        );
      const timer = this.#clock.setTimer(late, this.#timeoutMs);
      line.open.add(failed);
      // The answer may come before `publish` resolves.
      if (message.sequence !== 0) line.requests.set(message.sequence, request);
      settle(
        () => this.#options.publish(uplink),
        () => message.sequence === 0 && done(undefined),
        (cause) => failed(new Error(`${commandName(message.cmd)} could not be published`, { cause })),
      );
    });
  }

  /** @throws ProtocolError RATE_LIMITED */
  #requireSpace(bytes: number): void {
    const [messages, total] = [this.#waiting + 1, this.#waitingBytes + bytes];
    const [actual, limit, unit] =
      messages > this.#maxWaiting ? [messages, this.#maxWaiting, 'messages'] : [total, this.#maxBytes, 'bytes of messages'];
    // A message that is larger than the limit is sent alone.
    if (actual <= limit || this.#waiting === 0) return;
    const text = `${actual} ${unit} wait for the platform, limit ${limit}`;
    throw new ProtocolError('RATE_LIMITED', text, { limit, actual, retryAfterMs: RETRY_AFTER_MS });
  }
}

/** Why a reply does not fit the request; undefined if it does. */
function replyFault(request: SendInfo, { cmd, data }: Pick<ReceiveInfo, 'cmd' | 'data'>): ProtocolError | undefined {
  const text = `${commandName(cmd)} in reply to ${commandName(request.cmd)}`;
  if (cmd !== replyOf(request.cmd, true)) return new ProtocolError('INVALID_MESSAGE', text, { path: 'cmd', actual: cmd });
  const asked = request.data?.$case === 'room' ? request.data.value : undefined;
  // "The reply echoes it."
  if (asked === undefined || (data?.$case === 'room' && data.value.roomId === asked.roomId && data.value.join === asked.join))
    return undefined;
  return new ProtocolError('INVALID_MESSAGE', `${text} of another room`, { path: 'data' });
}

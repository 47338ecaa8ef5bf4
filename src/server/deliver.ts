// From a ReceiveInfo of the platform to the connections of its receivers.
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import type { ReceiveInfo } from '../../generated/im/protocol/v1/receive_info.js';
import { RoomPriority } from '../../generated/im/protocol/v1/room.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import { callWithin, printError } from '../callbacks.js';
import { decodeFrame } from '../codec/decode-frame.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { LARGEST_FRAME_BYTES, WRITE_AHEAD_BYTES } from '../limits.js';
import { receiveInfoLifetimeMs } from '../rocketmq/event-age.js';
import { contentOf, expectsResult, hasResult, messageIdOf } from '../rocketmq/message-facts.js';
import { ReceiverLists } from '../rocketmq/receiver-lists.js';
import type { ConnectionRegistry } from '../session/connection-registry.js';
import { SharedFrame } from '../session/shared-frame.js';
import type { AudienceIndex } from './audience-index.js';
import type { ServedConnection } from './served-connection.js';
import type { Uplink } from './uplink.js';

/** Options of `deliver`. All optional. */
export interface DeliverOptions<C extends ServedConnection> {
  /** Who is in which group and room. Default: nobody. */
  readonly audience?: AudienceIndex<C> | undefined;
  /** The requests that wait for the platform. Default: none, and replies are dropped. */
  readonly uplink?: Pick<Uplink<C>, 'answer'> | undefined;
  /**
   * Calls `run`, which delivers the message, at once: for example in the trace of the message, with OpenTelemetry
   * `({ traceId }, run) => inTrace(traceId, 'deliver', run)`. Default: `run` is called directly.
   */
  readonly around?: ((message: ReceiveInfo, run: () => void) => void) | undefined;
  /** When the message was sent, as `Delivery.bornAtMs`: an event that is too old is dropped. Default 0: unknown. */
  readonly bornAtMs?: number | undefined;
  /** Unix time in milliseconds. Default: the clock of the platform. */
  readonly nowMs?: number | undefined;
}

/** The outcome of `deliver`. */
export interface Delivered {
  /** One SendResult per outcome, for the service `serviceName`; empty if none is requested. */
  readonly results: readonly SendResultInit[];
  /** The service that asked, and gets the results; empty = none. */
  readonly serviceName: string;
  /** Why the message, or a part of it, was dropped: for a log. To deliver it again would not help. Undefined = nothing was dropped. */
  readonly dropped: ProtocolError | undefined;
}

/**
 * Pushes the data of a ReceiveInfo to its receivers, `everyone` or its `audience`, ends sessions (FORCE_LOGOUT), or answers the request of a
 * client (`reply_to`).
 *
 * The data is not decoded for the push, and encoded once for all connections of a version. A connection that is older than the message gets what
 * `forOlderVersion` has for it, or nothing: then its result is UNSUPPORTED_VERSION. A connection that is slow to read gets no chunks, no TYPING
 * and no messages of rooms below the priority HIGH: they would be old when they arrive.
 * @param frame the whole frame of a ReceiveInfo, as it came from the queue: `Delivery.body`.
 * @param server its connections: the result of `listen`.
 * @returns never throws: acknowledge the message in any case, after its results are published.
 */
export function deliver<C extends ServedConnection>(
  frame: Uint8Array,
  server: { readonly connections: ConnectionRegistry<C> },
  options: DeliverOptions<C> = {},
): Delivered {
  const run = new DeliveryRun(frame, server.connections, options);
  try {
    return run.deliver();
  } catch (error) {
    return { results: [], serviceName: '', dropped: asProtocolError(error) };
  }
}

/** One call of `deliver`. */
class DeliveryRun<C extends ServedConnection> {
  readonly #frame: Uint8Array;
  readonly #registry: ConnectionRegistry<C>;
  readonly #options: DeliverOptions<C>;
  #dropped: ProtocolError | undefined;

  constructor(frame: Uint8Array, registry: ConnectionRegistry<C>, options: DeliverOptions<C>) {
    this.#frame = frame;
    this.#registry = registry;
    this.#options = options;
  }

  /** @throws ProtocolError for a frame that is no valid ReceiveInfo. */
  deliver(): Delivered {
    const { type, message } = decodeFrame(this.#frame, { limits: { maxFrameBytes: LARGEST_FRAME_BYTES } });
    if (type !== 'ReceiveInfo')
      throw new ProtocolError('UNSUPPORTED_TYPE', `expected a ReceiveInfo, got a ${type}`, { offset: 5 });
    const { around } = this.#options;
    const route = (): SendResultInit[] => this.#route(message);
    const failed = (error: unknown): void => printError(error, { callback: 'around' });
    const results = around === undefined ? route() : callWithin((run) => around(message, run), route, failed);
    return { results, serviceName: message.serviceName, dropped: this.#dropped };
  }

  #route(message: ReceiveInfo): SendResultInit[] {
    if (message.audience !== undefined && !message.everyone)
      throw new ProtocolError('INVALID_MESSAGE', 'audience without everyone', { path: 'audience' });
    this.#dropped = ageError(message, this.#options.bornAtMs, this.#options.nowMs);
    if (this.#dropped !== undefined) return [];
    if (message.replyTo !== 0) {
      this.#dropped = this.#answer(message);
      return [];
    }
    const push = this.#pushOf(message);
    if (!message.everyone) return this.#pushToReceivers(message, push);
    for (const connection of this.#audienceOf(message)) push(connection);
    return [];
  }

  /** "With reply_to a ReceiveInfo has one Receivers with the one user; if connection_id is not that user's connection, it is dropped." */
  #answer(message: ReceiveInfo): ProtocolError | undefined {
    const { receivers, connectionId, replyTo } = message;
    const ids = receivers.reduce((sum, { userIds }) => sum + userIds.length, 0);
    if (receivers.length !== 1 || ids !== 1)
      return new ProtocolError('INVALID_MESSAGE', `a reply has one receiver, got ${ids}`, {
        path: 'receivers',
        limit: 1,
        actual: ids,
      });
    const [{ terminal, userIds }] = receivers;
    const connection = this.#find(userIds[0], terminal, connectionId);
    if (connection === undefined)
      return new ProtocolError('CLOSED', 'the connection that the reply is for is not a connection of its receiver');
    if (this.#options.uplink === undefined) return new ProtocolError('CLOSED', 'no request waits for a reply of the platform');
    return this.#options.uplink.answer(connection, replyTo, message);
  }

  #pushToReceivers(message: ReceiveInfo, push: (connection: C) => SendCode): SendResultInit[] {
    const outcomes = new Map<SendCode, ReceiverLists>();
    const seen = new Map<number, Set<bigint>>();
    for (const { terminal, userIds } of message.receivers) {
      const known = seen.get(terminal) ?? new Set();
      seen.set(terminal, known);
      for (const userId of userIds) {
        // "an id listed twice counts once"
        if (known.has(userId)) continue;
        known.add(userId);
        const code = this.#pushToUser(userId, terminal, message.connectionId, push);
        const list = outcomes.get(code) ?? new ReceiverLists();
        outcomes.set(code, list);
        list.add(terminal, userId);
      }
    }
    if (!expectsResult(message)) return [];
    const { sender, cmd, traceId } = message;
    const messageId = messageIdOf({ $case: 'receiveInfo', value: message });
    // "all that share this outcome"
    return [...outcomes].flatMap(([code, lists]) =>
      Array.from(lists.messages(), (receivers) => ({ sender, receivers, code, cmd, messageId, traceId })),
    );
  }

  /** The outcome for a user and terminal: of several connections, that of one that has accepted the message. */
  #pushToUser(userId: bigint, terminal: number, connectionId: string, push: (connection: C) => SendCode): SendCode {
    const connection = connectionId === '' ? this.#registry.get(userId, terminal) : this.#find(userId, terminal, connectionId);
    if (connection === undefined) return SendCode.CHANNEL_NOT_FOUND;
    const others = connectionId === '' ? this.#registry.others(userId, terminal) : [];
    if (others.length === 0) return push(connection);
    // A push may end its connection and remove it from the registry.
    const codes = [connection, ...others].map(push);
    const reached = codes.filter((code) => code !== SendCode.CHANNEL_NOT_FOUND);
    return reached.find((code) => code === SendCode.SUCCESS) ?? reached[0] ?? SendCode.CHANNEL_NOT_FOUND;
  }

  #find(userId: bigint, terminal: number, connectionId: string): C | undefined {
    const newest = this.#registry.get(userId, terminal);
    if (newest === undefined || newest.id === connectionId) return newest;
    return this.#registry.others(userId, terminal).find(({ id }) => id === connectionId);
  }

  #audienceOf({ audience, sender, connectionId, everyoneTerminals, data }: ReceiveInfo): C[] {
    if (audience === undefined) return [...this.#registry.all(everyoneTerminals)];
    const { audience: index } = this.#options;
    const body = (contentOf(data) as ContentInit | undefined)?.body;
    // "a removal is in the index before its notice is pushed"
    if (audience.kind?.$case === 'groupId' && body?.$case === 'notice') index?.applyNotice(audience.kind.value, body.value);
    const found = index?.connections(audience, this.#registry, sender, connectionId) ?? [];
    if (everyoneTerminals.length === 0) return found;
    return found.filter(({ user }) => user !== undefined && everyoneTerminals.includes(user.terminal));
  }

  /** The push to one receiver. It never throws. */
  #pushOf({ cmd, data }: ReceiveInfo): (connection: C) => SendCode {
    if (data?.$case === 'forceLogout') {
      return (connection) => {
        connection.takeOver(data.value);
        return SendCode.SUCCESS;
      };
    }
    const shared = SharedFrame.forward(this.#frame);
    const isPerishable = !hasResult(cmd) && !(data?.$case === 'roomMessage' && data.value.priority === RoomPriority.HIGH);
    /** The versions for which the frame cannot be encoded. */
    const failed = new Set<number | undefined>();
    return (connection) => {
      if (isPerishable && connection.bufferedBytes > WRITE_AHEAD_BYTES) return SendCode.CHANNEL_NOT_FOUND;
      if (failed.has(connection.version)) return SendCode.UNKNOWN_ERROR;
      try {
        return shared.pushTo(connection);
      } catch (error) {
        failed.add(connection.version);
        this.#dropped ??= asProtocolError(error);
        return SendCode.UNKNOWN_ERROR;
      }
    };
  }
}

/** "The consumer drops what is older than its own time." */
function ageError(message: ReceiveInfo, bornAtMs = 0, nowMs = Date.now()): ProtocolError | undefined {
  const limit = receiveInfoLifetimeMs(message);
  const actual = nowMs - bornAtMs;
  if (bornAtMs === 0 || limit === undefined || actual <= limit) return undefined;
  return new ProtocolError('TOO_LATE', `the event is ${actual} ms old, limit ${limit}`, { limit, actual });
}

function asProtocolError(error: unknown): ProtocolError {
  return isProtocolError(error) ? error : new ProtocolError('INTERNAL', 'the message could not be pushed', { cause: error });
}

import type { ForceLogoutInit } from '../../generated/im/protocol/v1/force_logout.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { requireForVersion } from '../codec/for-older-version.js';
import { forwardData } from '../codec/forward-data.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { LARGEST_FRAME_BYTES } from '../limits.js';
import type { LoggedIn } from './server-session.js';

/** What a registry holds: a connection on which somebody is logged in. */
export interface RegisteredConnection extends FrameTarget {
  readonly user: LoggedIn | undefined;
  /** Ends the session because a newer connection takes its place. */
  takeOver(notice: ForceLogoutInit): void;
}

/** The connections of one server on which somebody is logged in: one for each user and terminal. */
export class ConnectionRegistry<C extends RegisteredConnection> {
  /** By terminal, then by user: no key has to be put together. */
  readonly #terminals = new Map<number, Map<bigint, C>>();
  #size = 0;

  /** How many connections are here. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a connection that has logged in. "Second login of the same user and terminal": the connection whose place it takes is ended, with
   * REPLACED where both have the same device id, otherwise with FORCE_LOGOUT.
   * @returns the connection that was ended.
   */
  add(connection: C): C | undefined {
    const { user } = connection;
    if (user === undefined) throw new Error('the connection is not authenticated');
    const users = this.#terminals.get(user.terminal) ?? new Map<bigint, C>();
    this.#terminals.set(user.terminal, users);
    const previous = users.get(user.userId);
    if (previous === connection) return undefined;
    users.set(user.userId, connection);
    if (previous === undefined) this.#size += 1;
    const { userId, terminal, deviceId } = user;
    previous?.takeOver({ user: { userId, terminal }, deviceId, reason: 'another device has logged in' });
    return previous;
  }

  /** Removes a connection that has ended. Returns false for one that is not here, or whose place another one has taken. */
  remove(connection: C): boolean {
    const { user } = connection;
    const users = user && this.#terminals.get(user.terminal);
    if (users?.get(user!.userId) !== connection) return false;
    users.delete(user!.userId);
    this.#size -= 1;
    return true;
  }

  get(userId: bigint, terminal: number): C | undefined {
    return this.#terminals.get(terminal)?.get(userId);
  }

  /** @param terminals on these kinds of terminal alone; empty (the default) = all. */
  *all(terminals: readonly number[] = []): Generator<C> {
    for (const [terminal, users] of this.#terminals) {
      if (terminals.length === 0 || terminals.includes(terminal)) yield* users.values();
    }
  }

  /**
   * Pushes a message to many connections, encoded once.
   * @param to default: all.
   * @returns how many got it.
   * @throws ProtocolError what `encodeFrame` throws for the message.
   */
  broadcast(message: SendInfoInit | SharedFrame, to: Iterable<C> = this.all()): number {
    const frame = message instanceof SharedFrame ? message : SharedFrame.of(message);
    let count = 0;
    // A connection that is pushed to may end, and leave the registry.
    for (const connection of [...to]) if (frame.pushTo(connection) === SendCode.SUCCESS) count += 1;
    return count;
  }
}

/** What a SharedFrame is pushed to: a session, or a connection around one. */
export interface FrameTarget {
  /** The version that was agreed on; undefined before that. */
  readonly version: number | undefined;
  /** @returns SUCCESS, CHANNEL_NOT_FOUND or TOO_LARGE. */
  pushFrame(frame: Uint8Array): SendCode;
}

/**
 * One message for many connections: it is encoded once for each version that they speak, when the first of them wants it. The frames
 * are not compressed, and nobody may write to them.
 */
export class SharedFrame {
  readonly #encode: (version: number | undefined) => Uint8Array;
  /** Or why a version has none. */
  readonly #frames = new Map<number | undefined, Uint8Array | ProtocolError>();

  private constructor(encode: (version: number | undefined) => Uint8Array) {
    this.#encode = encode;
  }

  /** A message of this server. It must not change until it was pushed. */
  static of(message: SendInfoInit): SharedFrame {
    return new SharedFrame((version) => {
      const older = version === undefined ? message : requireForVersion(message, version);
      return encodeFrame('SendInfo', older, { version, maxFrameBytes: LARGEST_FRAME_BYTES });
    });
  }

  /** The data of a ReceiveInfo, from the bytes of its frame and undecoded: see `forwardData`. */
  static forward(receiveInfo: Uint8Array): SharedFrame {
    return new SharedFrame((version) => forwardData(receiveInfo, { version, maxFrameBytes: LARGEST_FRAME_BYTES }));
  }

  /**
   * The frame in a version. The same array each time: it is not to be changed.
   * @throws ProtocolError what `encodeFrame` or `forwardData` throws.
   */
  in(version: number | undefined): Uint8Array {
    const frame = this.#find(version);
    if (isProtocolError(frame)) throw frame;
    return frame;
  }

  /**
   * Pushes it to a connection.
   * @returns SUCCESS; CHANNEL_NOT_FOUND where nobody is logged in; TOO_LARGE where the peer does not accept so many bytes;
   *   UNSUPPORTED_VERSION where the version of the connection has nothing for the message.
   * @throws ProtocolError what `encodeFrame` or `forwardData` throws.
   */
  pushTo(target: FrameTarget): SendCode {
    const frame = this.#find(target.version);
    return isProtocolError(frame) ? SendCode.UNSUPPORTED_VERSION : target.pushFrame(frame);
  }

  #find(version: number | undefined): Uint8Array | ProtocolError {
    let frame = this.#frames.get(version);
    if (frame === undefined) {
      frame = this.#encodeOr(version);
      this.#frames.set(version, frame);
    }
    return frame;
  }

  #encodeOr(version: number | undefined): Uint8Array | ProtocolError {
    try {
      return this.#encode(version);
    } catch (error) {
      if (isProtocolError(error, 'LOSSY_DOWNGRADE')) return error;
      throw error;
    }
  }
}

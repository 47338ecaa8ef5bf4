import type { ForceLogoutInit } from '../../generated/im/protocol/v1/force_logout.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { requireForVersion } from '../codec/for-older-version.js';
import { forwardData } from '../codec/forward-data.js';
import { peekFrame } from '../codec/peek-frame.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { LARGEST_FRAME_BYTES } from '../limits.js';
import type { LoggedIn } from './server-session.js';

/** The target of a SharedFrame: a session, or a connection around one. */
export interface FrameTarget {
  /** The negotiated version; undefined before the handshake. */
  readonly version: number | undefined;
  /**
   * Queues a frame. Returns SUCCESS, CHANNEL_NOT_FOUND or TOO_LARGE.
   * @param cmd the command of its message; undefined = unknown.
   */
  pushFrame(frame: Uint8Array, cmd?: number): SendCode;
}

/** An authenticated connection in a registry. */
export interface RegisteredConnection extends FrameTarget {
  /** The authenticated user; undefined before LOGIN. */
  readonly user: LoggedIn | undefined;
  /** Ends the session because a newer connection of the same user and terminal replaces it. */
  takeOver(notice: ForceLogoutInit): void;
}

/** The authenticated connections of a server: one for each user and terminal. */
export class ConnectionRegistry<C extends RegisteredConnection> {
  /** By terminal, then by user: a lookup builds no key. */
  readonly #terminals = new Map<number, Map<bigint, C>>();
  #size = 0;

  /** Number of connections. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds an authenticated connection. An earlier connection of the same user and terminal is ended: as REPLACED if both have the same device
   * id, otherwise by FORCE_LOGOUT.
   * @returns the connection that was ended, if any.
   * @throws Error if the connection is not authenticated.
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

  /** Removes a connection that has ended. Returns false if it is not registered, or was replaced. */
  remove(connection: C): boolean {
    const { user } = connection;
    const users = user && this.#terminals.get(user.terminal);
    if (users?.get(user!.userId) !== connection) return false;
    users.delete(user!.userId);
    this.#size -= 1;
    return true;
  }

  /** The connection of a user and terminal, if there is one. */
  get(userId: bigint, terminal: number): C | undefined {
    return this.#terminals.get(terminal)?.get(userId);
  }

  /** The connections of a user, one for each terminal. */
  ofUser(userId: bigint): C[] {
    const found: C[] = [];
    for (const users of this.#terminals.values()) {
      const connection = users.get(userId);
      if (connection !== undefined) found.push(connection);
    }
    return found;
  }

  /** Iterates over the connections. @param terminals only these kinds of terminal; empty (the default): all. */
  *all(terminals: readonly number[] = []): Generator<C> {
    for (const [terminal, users] of this.#terminals) {
      if (terminals.length === 0 || terminals.includes(terminal)) yield* users.values();
    }
  }

  /**
   * Pushes a message to several connections, encoded once for each version.
   * @param to the connections. Default: all.
   * @returns the number of connections that accepted it.
   * @throws ProtocolError as `encodeFrame`.
   */
  broadcast(message: SendInfoInit | SharedFrame, to: Iterable<C> = this.all()): number {
    const frame = message instanceof SharedFrame ? message : SharedFrame.of(message);
    let count = 0;
    // A push may end its connection and remove it from the registry.
    for (const connection of [...to]) if (frame.pushTo(connection) === SendCode.SUCCESS) count += 1;
    return count;
  }
}

/**
 * One message for several connections, encoded once for each of their versions, on first use. The frames are not compressed, and must not
 * be changed.
 */
export class SharedFrame {
  readonly #encode: (version: number | undefined) => Uint8Array;
  /** Or why a version has none. */
  readonly #frames = new Map<number | undefined, Uint8Array | ProtocolError>();
  /** Known once a frame was encoded. */
  #cmd: number | undefined;

  private constructor(encode: (version: number | undefined) => Uint8Array) {
    this.#encode = encode;
  }

  /** A message of this server. It must not change until it is pushed. */
  static of(message: SendInfoInit): SharedFrame {
    return new SharedFrame((version) => {
      const older = version === undefined ? message : requireForVersion(message, version);
      return encodeFrame('SendInfo', older, { version, maxFrameBytes: LARGEST_FRAME_BYTES });
    });
  }

  /** The data of a ReceiveInfo, taken from the bytes of its frame without decoding: see `forwardData`. */
  static forward(receiveInfo: Uint8Array): SharedFrame {
    return new SharedFrame((version) => forwardData(receiveInfo, { version, maxFrameBytes: LARGEST_FRAME_BYTES }));
  }

  /**
   * The frame in a version. It is the same array for each call, and must not be changed.
   * @throws ProtocolError as `encodeFrame` or `forwardData`.
   */
  in(version: number | undefined): Uint8Array {
    const frame = this.#find(version);
    if (isProtocolError(frame)) throw frame;
    return frame;
  }

  /**
   * Pushes the message to a connection.
   * @returns SUCCESS; CHANNEL_NOT_FOUND if the connection is not authenticated; TOO_LARGE if the frame exceeds the limit of the peer;
   *   UNSUPPORTED_VERSION if the version of the connection has nothing for the message.
   * @throws ProtocolError as `encodeFrame` or `forwardData`.
   */
  pushTo(target: FrameTarget): SendCode {
    const frame = this.#find(target.version);
    return isProtocolError(frame) ? SendCode.UNSUPPORTED_VERSION : target.pushFrame(frame, this.#cmd);
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
      const frame = this.#encode(version);
      this.#cmd ??= peekFrame(frame).command;
      return frame;
    } catch (error) {
      if (isProtocolError(error, 'LOSSY_DOWNGRADE')) return error;
      throw error;
    }
  }
}

import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { requireForVersion } from '../codec/for-older-version.js';
import { forwardData } from '../codec/forward-data.js';
import { peekFrame } from '../codec/peek-frame.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { LARGEST_FRAME_BYTES } from '../limits.js';

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

import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import type { SendCode } from '../../generated/types/im/protocol/v1/send_code.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { forwardData } from '../codec/forward-data.js';
import { LARGEST_FRAME_BYTES } from '../limits.js';

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
  readonly #frames = new Map<number | undefined, Uint8Array>();

  private constructor(encode: (version: number | undefined) => Uint8Array) {
    this.#encode = encode;
  }

  /** A message of this server. It must not change until it was pushed. */
  static of(message: SendInfoInit): SharedFrame {
    return new SharedFrame((version) => encodeFrame('SendInfo', message, { version, maxFrameBytes: LARGEST_FRAME_BYTES }));
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
    let frame = this.#frames.get(version);
    if (frame === undefined) {
      frame = this.#encode(version);
      this.#frames.set(version, frame);
    }
    return frame;
  }

  /**
   * Pushes it to a connection.
   * @returns SUCCESS; CHANNEL_NOT_FOUND where nobody is logged in; TOO_LARGE where the peer does not accept so many bytes.
   * @throws ProtocolError what `encodeFrame` or `forwardData` throws.
   */
  pushTo(target: FrameTarget): SendCode {
    return target.pushFrame(this.in(target.version));
  }
}

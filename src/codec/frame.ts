// The results of decoding a frame.

import type { FrameMessages } from '../../generated/registry.js';
import type { ProtocolError } from '../errors.js';
import type { FrameEntry, MessageMap, Registry } from '../wire/codec.js';
/** A decoded frame of any protocol, narrowed by `type`. */
export type FrameOf<M extends MessageMap> = {
  [Name in keyof M & string]: {
    /** Name of the message: `'SendInfo'`. */
    readonly type: Name;
    /** Protocol version of the payload; 0 = handshake. */
    readonly version: number;
    /** Flag bits as received, 0 to 65535. */
    readonly flags: number;
    /** The message, with every field. Its `bytes` fields are views of the input. */
    readonly message: M[Name]['message'];
  };
}[keyof M & string];

/** A frame with valid framing and an invalid payload. The stream continues after it; the session decides how to react. */
export interface InvalidFrame {
  readonly type: 'invalid';
  /** The error, with one of the codes 20 to 28. Its offset counts from the first byte of the frame. */
  readonly error: ProtocolError;
  /** The version byte, 0 to 255. */
  readonly version: number;
  /** The type byte, 0 to 255. */
  readonly typeNumber: number;
  /** Flag bits as received, 0 to 65535. */
  readonly flags: number;
  /** Position of the frame's first byte in the stream. */
  readonly offset: number;
  /** The frame as received, header included. A view of the chunk if the frame lay within one. */
  readonly bytes: Uint8Array;
}

/** A decoded frame of this protocol, narrowed by `type`. */
export type Frame = FrameOf<FrameMessages>;

/** Name of a message that a frame may carry. */
export type FrameName = keyof FrameMessages & string;

/** The messages of a registry by their type byte, as an array of 256. */
export function frameTypes<M extends MessageMap>(registry: Registry<M>): readonly (FrameEntry | undefined)[] {
  const types = new Array<FrameEntry | undefined>(256).fill(undefined);
  for (const entry of Object.values<FrameEntry>(registry.frames as Record<string, FrameEntry>)) types[entry.type] = entry;
  return types;
}

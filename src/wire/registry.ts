// What the generated registry says of frames: which message each type number is.
import type { Codec } from './create-codec.js';

/** The decoded and the encodable form of each message that a frame may carry, by name. */
export type MessageMap = Record<string, { message: object; init: object }>;

/** A message that a frame may carry. */
export interface FrameEntry<Name extends string = string, T extends object = object, Init extends object = object> {
  /** Name of the message: `SendInfo`. */
  readonly name: Name;
  /** The type byte of its frames, 1 to 255. */
  readonly type: number;
  /** It belongs to the handshake: its frames have version 0. */
  readonly handshake: boolean;
  readonly codec: Codec<T, Init>;
  /** Number of the field that holds the command, where there is one. */
  readonly command?: number;
}

/** All messages that frames of a protocol carry. */
export interface Registry<M extends MessageMap> {
  /** The newest version of the protocol that the schema knows. */
  readonly version: number;
  readonly frames: { readonly [Name in keyof M & string]: FrameEntry<Name, M[Name]['message'], M[Name]['init']> };
}

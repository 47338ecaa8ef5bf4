import type { Deflate } from '../frame/deflate.js';
import type { MessageTable } from '../wire/table.js';

/** A message type that may be packed in an Any: any generated codec is one. */
export interface InspectType {
  readonly generated: { readonly table: MessageTable };
}

/** Options of `inspect`. */
export interface InspectOptions {
  /** Show what is in sensitive fields (tokens, device and session ids), and what may be secret because nobody knows what it is. Default false. */
  readonly secrets?: boolean | undefined;
  /** Inflates compressed payloads. Default: they are NOT_NEGOTIATED, as for a decoder. */
  readonly deflate?: Deflate | undefined;
  /** The version that was agreed on. Default: any from 1 to the newest that this release knows. */
  readonly version?: number | undefined;
  /** The largest frame, in bytes: 8 to 16777219. Default 1048576. A larger one is told, and shown where all of it is there. */
  readonly maxFrameBytes?: number | undefined;
  /** The codecs of messages that an Any may hold. Default none: every Any is opaque. */
  readonly types?: readonly InspectType[] | undefined;
  /** The messages of frames of application types, by the number of the type. Default none: they are shown by field numbers. */
  readonly payloads?: ReadonlyMap<number, InspectType> | undefined;
  /** Position of the bytes in their stream, from which texts about framing count. Default 0. */
  readonly offset?: number | undefined;
  /** The most parts that are made; what is left then is one part, not looked into. Default 300000, some 60 MB. */
  readonly maxParts?: number | undefined;
}

export const DEFAULT_MAX_PARTS = 300_000;

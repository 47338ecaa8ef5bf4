// Chunks of the input.

export interface Chunk {
  readonly bytes: Uint8Array;
  /** The stream of frames that they belong to: a capture may hold several. Empty = the only one. */
  readonly flow: string;
  /**
   * What ends with these bytes: `frame` = a frame must end here (the end of a WebSocket message), `stream` = the stream ends. Undefined =
   * neither.
   */
  readonly end: 'frame' | 'stream' | undefined;
}

/**
 * Compressed frames of this size inflate to at most 16 MiB, by the maximum ratio of DEFLATE. The output of a slice is written before the next
 * one is read.
 */
const SLICE_BYTES = 1 << 14;

/** Splits a chunk into slices. */
export function* slices({ bytes, flow, end }: Chunk): Generator<Chunk> {
  let at = 0;
  for (; bytes.length - at > SLICE_BYTES; at += SLICE_BYTES) yield chunk(bytes.subarray(at, at + SLICE_BYTES), flow);
  yield chunk(bytes.subarray(at), flow, end);
}

export function chunk(bytes: Uint8Array, flow = '', end?: Chunk['end']): Chunk {
  return { bytes, flow, end };
}

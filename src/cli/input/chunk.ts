/** Bytes of the input, as they came. */
export interface Chunk {
  readonly bytes: Uint8Array;
  /** Which stream of frames they belong to: a capture may hold several. Empty = the only one. */
  readonly flow: string;
  /**
   * What ends with these bytes: `frame` = a frame has to (they are the end of a WebSocket message), `stream` = the stream does. Undefined = it
   * goes on.
   */
  readonly end: 'frame' | 'stream' | undefined;
}

/**
 * Compressed frames of so many bytes hold 16 MiB at most, by the ratio that DEFLATE reaches: what is made of them is written before more is
 * read.
 */
const SLICE_BYTES = 1 << 14;

/** The same chunk in small ones. */
export function* slices({ bytes, flow, end }: Chunk): Generator<Chunk> {
  let at = 0;
  for (; bytes.length - at > SLICE_BYTES; at += SLICE_BYTES) yield chunk(bytes.subarray(at, at + SLICE_BYTES), flow);
  yield chunk(bytes.subarray(at), flow, end);
}

export function chunk(bytes: Uint8Array, flow = '', end?: Chunk['end']): Chunk {
  return { bytes, flow, end };
}

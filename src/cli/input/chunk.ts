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

export function chunk(bytes: Uint8Array, flow = '', end?: Chunk['end']): Chunk {
  return { bytes, flow, end };
}

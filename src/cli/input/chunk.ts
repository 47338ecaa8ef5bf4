/** Bytes of the input, as they came. */
export interface Chunk {
  readonly bytes: Uint8Array;
  /** Which stream of frames they belong to: a capture may hold several. Empty = the only one. */
  readonly flow: string;
  /** The bytes are whole frames: nothing of them goes on in the next chunk (a WebSocket message). */
  readonly isWhole: boolean;
}

export function chunk(bytes: Uint8Array, flow = '', isWhole = false): Chunk {
  return { bytes, flow, isWhole };
}

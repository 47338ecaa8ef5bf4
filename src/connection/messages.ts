/**
 * Frames in groups, each for one WebSocket message: "a binary message holds one or more whole frames and is at most the receiver's
 * max_frame_bytes".
 * @param maxBytes no single frame has more.
 */
export function* messagesOf(frames: Uint8Array[], maxBytes: number): Generator<Uint8Array[]> {
  let start = 0;
  let bytes = 0;
  for (let i = 0; i < frames.length; i++) {
    const { length } = frames[i];
    if (bytes + length > maxBytes && i > start) {
      yield frames.slice(start, i);
      start = i;
      bytes = 0;
    }
    bytes += length;
  }
  yield start === 0 ? frames : frames.slice(start);
}

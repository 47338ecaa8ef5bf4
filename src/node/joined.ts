/** Frames as one array, for one write. */
export function joined(frames: readonly Uint8Array[]): Uint8Array {
  return frames.length === 1 ? frames[0] : Buffer.concat(frames);
}

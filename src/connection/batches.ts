/** Frames in groups of at most so many bytes, in their order; one that is larger by itself stands alone. */
export function batches(frames: readonly Uint8Array[], maxBytes: number): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  let group: Uint8Array[] = [];
  let bytes = 0;
  for (const frame of frames) {
    if (group.length === 0 || bytes + frame.length > maxBytes) {
      group = [];
      groups.push(group);
      bytes = 0;
    }
    group.push(frame);
    bytes += frame.length;
  }
  return groups;
}

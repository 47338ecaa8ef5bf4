import type { FrameEntry, MessageMap, Registry } from '../wire/registry.js';

/** The messages of a registry by their type byte: an array of 256. */
export function frameTypes<M extends MessageMap>(registry: Registry<M>): readonly (FrameEntry | undefined)[] {
  const types = new Array<FrameEntry | undefined>(256).fill(undefined);
  for (const entry of Object.values<FrameEntry>(registry.frames as Record<string, FrameEntry>)) types[entry.type] = entry;
  return types;
}

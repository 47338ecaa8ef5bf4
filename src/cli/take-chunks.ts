import { type Chunk, slices } from './input/chunk.js';
import type { Output } from './output.js';

/**
 * Hands out what was read at once, in slices.
 * @param output what is made of them goes there: it is written where it is full, and behind the last of them.
 */
export async function takeChunks(chunks: readonly Chunk[], take: (slice: Chunk) => void, output: Output): Promise<void> {
  for (const chunk of chunks) {
    for (const slice of slices(chunk)) {
      take(slice);
      if (output.isFull) await output.flush();
    }
  }
  await output.flush();
}

// How much memory of this process is in use, and what an attack adds to it.
import { expect } from 'vitest';
import { collectGarbage } from '../kept-memory.js';

export const MIB = 1_048_576;

function usedBytes(): number {
  collectGarbage();
  // What array buffers hold is part of `external`.
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Measures what is kept alive in comparison with the moment at which it was made. */
export class MemoryWatch {
  readonly #before = usedBytes();
  peak = 0;

  /** Bytes kept alive now beyond those at the beginning. */
  look(): number {
    const bytes = usedBytes() - this.#before;
    this.peak = Math.max(this.peak, bytes);
    return bytes;
  }

  expectBelow(bytes: number): void {
    this.look();
    expect(this.peak).toBeLessThan(bytes);
  }

  /** After the end of an attack nothing of it is left. */
  async expectGone(): Promise<void> {
    await expect.poll(() => this.look(), { timeout: 10_000 }).toBeLessThan(8 * MIB);
  }
}

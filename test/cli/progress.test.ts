// "A progress line on long input when stderr is a terminal", with a terminal and a clock of the test.
import { describe, expect, it } from 'vitest';
import { type Terminal, withProgress } from '../../src/cli/progress.js';

/** Chunks of so many megabytes, each of which takes so many milliseconds. */
async function shown(
  megabytes: readonly number[],
  { size, ms = 100, stopAfter = Number.POSITIVE_INFINITY }: { size?: number; ms?: number; stopAfter?: number } = {},
): Promise<string[]> {
  let now = 5000;
  const lines: string[] = [];
  const terminal: Terminal = { write: (text) => void lines.push(text), now: () => now };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const size of megabytes) {
      now += ms;
      yield new Uint8Array(size * 1e6);
    }
  }
  let taken = 0;
  for await (const chunk of withProgress(chunks(), size, terminal)) {
    taken += chunk.length / 1e6;
    if (taken >= stopAfter) break;
  }
  return lines;
}

describe('the progress line', () => {
  it('is not there for input that takes less than a second', async () => {
    expect(await shown([1, 1, 1], { ms: 333 })).toEqual([]);
  });

  it('comes after a second, at most five times a second, and goes at the end', async () => {
    expect(await shown(Array(14).fill(2), { size: 40e6 })).toEqual([
      '20 MB of 40 MB, 50%, 20 MB/s\u001b[K\r',
      '24 MB of 40 MB, 60%, 20 MB/s\u001b[K\r',
      '28 MB of 40 MB, 70%, 20 MB/s\u001b[K\r',
      '\u001b[K',
    ]);
  });

  it('has no share where nobody knows how much there is', async () => {
    expect(await shown([3, 3], { ms: 500 })).toEqual(['6 MB, 6 MB/s\u001b[K\r', '\u001b[K']);
  });

  it('says no more than all of a file that grew', async () => {
    expect(await shown([3, 3], { ms: 500, size: 4e6 })).toEqual(['6 MB of 4 MB, 100%, 6 MB/s\u001b[K\r', '\u001b[K']);
  });

  it('goes as well where reading ends before the input does', async () => {
    expect(await shown(Array(30).fill(1), { stopAfter: 11 })).toEqual(['10 MB, 10 MB/s\u001b[K\r', '\u001b[K']);
  });

  it('is left out without a terminal: the chunks pass as they are', async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(3);
    }
    const found: Uint8Array[] = [];
    for await (const chunk of withProgress(chunks(), undefined, undefined)) found.push(chunk);
    expect(found).toEqual([new Uint8Array(3)]);
  });
});

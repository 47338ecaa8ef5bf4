// Writes batches to a FileStorage until it is killed, and prints each revision that counts as stored.
import { FileStorage } from '../../../src/node/index.js';

const storage = await FileStorage.open(process.argv[2], { fsync: process.argv[3] === 'fsync' });
for (;;) {
  const revision = await storage.revision();
  const next = revision + 1;
  // Three values that belong together, of very different sizes.
  const value = (size: number): Uint8Array => new Uint8Array(size).fill(next % 251);
  const puts = [
    ['a', value(1)],
    ['b', value(1 + ((next * 7919) % 60_000))],
    [`c/${String(next % 20).padStart(2, '0')}`, value(3)],
  ] as const;
  await storage.write({
    revision,
    deleteRanges: [{ from: 'd/', to: 'd~' }],
    deletes: [`c/${String((next + 10) % 20).padStart(2, '0')}`],
    puts,
  });
  process.stdout.write(`${next}\n`);
}

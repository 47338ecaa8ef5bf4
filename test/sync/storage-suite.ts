// What every SyncStorage does.
import { describe, expect, it } from 'vitest';
import type { SyncBatch, SyncStorage } from '../../src/sync/index.js';
import { SEED } from '../seed.js';
import { Disk } from './model/device.js';
import { Random } from './model/random.js';

export interface OpenedStorage {
  readonly storage: SyncStorage;
  /** Closes it and opens the same data again; undefined where nothing stays. */
  reopen?(before: SyncStorage): Promise<SyncStorage>;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const batch = (revision: number, rest: Partial<SyncBatch>): SyncBatch => ({
  revision,
  deleteRanges: [],
  deletes: [],
  puts: [],
  ...rest,
});

export function describeStorage(name: string, open: () => Promise<OpenedStorage>): void {
  describe(name, () => {
    it('reads what was written', async () => {
      const { storage } = await open();
      expect(await storage.revision()).toBe(0);
      expect(
        await storage.write(
          batch(0, {
            puts: [
              ['b', bytes(2)],
              ['a', bytes()],
            ],
          }),
        ),
      ).toBe(true);
      expect(await storage.get(['a', 'none', 'b'])).toEqual([bytes(), undefined, bytes(2)]);
      expect(await storage.revision()).toBe(1);
    });

    it('lists a range in both directions, without its end', async () => {
      const { storage } = await open();
      const keys = ['a', 'm/1', 'm/2', 'm/3', 'm~', 'n'];
      await storage.write(batch(0, { puts: keys.map((key, i) => [key, bytes(i)]) }));
      const listed = async (limit: number, reverse: boolean) =>
        (await storage.list({ from: 'm/', to: 'm~', limit, reverse })).map(([key, [value]]) => `${key}=${value}`);
      expect(await listed(10, false)).toEqual(['m/1=1', 'm/2=2', 'm/3=3']);
      expect(await listed(3, true)).toEqual(['m/3=3', 'm/2=2', 'm/1=1']);
      expect(await listed(2, false)).toEqual(['m/1=1', 'm/2=2']);
      expect(await listed(2, true)).toEqual(['m/3=3', 'm/2=2']);
      expect(await storage.list({ from: 'x', to: 'b', limit: 5 })).toEqual([]);
    });

    it('deletes ranges, then keys, then writes', async () => {
      const { storage } = await open();
      await storage.write(
        batch(0, {
          puts: [
            ['m/1', bytes(1)],
            ['m/2', bytes(2)],
            ['x', bytes(3)],
          ],
        }),
      );
      const next = { deleteRanges: [{ from: 'm/', to: 'm~' }], deletes: ['x'], puts: [['m/2', bytes(9)]] } as const;
      expect(await storage.write(batch(1, next))).toBe(true);
      expect(await storage.list({ from: '', to: '~', limit: 10 })).toEqual([['m/2', bytes(9)]]);
    });

    it('refuses a batch that was computed from another state, and changes nothing', async () => {
      const { storage } = await open();
      await storage.write(batch(0, { puts: [['a', bytes(1)]] }));
      expect(await storage.write(batch(0, { deletes: ['a'] }))).toBe(false);
      expect(await storage.write(batch(2, { deletes: ['a'] }))).toBe(false);
      expect(await storage.get(['a'])).toEqual([bytes(1)]);
      expect(await storage.revision()).toBe(1);
    });

    it(`does what a simple one does (seed ${SEED})`, async () => {
      const opened = await open();
      let { storage } = opened;
      const disk = new Disk();
      const random = new Random(SEED);
      const key = (): string => `${random.pick(['a', 'm', 'x'])}/${String(random.below(30)).padStart(2, '0')}`;
      for (let i = 0; i < 150; i++) {
        const from = key();
        const next = batch(disk.revision, {
          deleteRanges: random.chance(0.2)
            ? [
                { from, to: `${from}~` },
                { from: 'm/', to: `m/${random.below(3)}` },
              ]
            : [],
          deletes: random.chance(0.5) ? [key()] : [],
          puts: Array.from({ length: random.below(30) }, () => [key(), bytes(random.below(256), i)]),
        });
        // A key is in a batch once.
        const puts = [...new Map(next.puts)].filter(([one]) => !next.deletes.includes(one));
        const once = { ...next, puts };
        expect(await storage.write(once)).toBe(disk.perform({ type: 'write', batch: once }));
        if (opened.reopen !== undefined && random.chance(0.05)) storage = await opened.reopen(storage);
        const query = { from: key(), to: key(), limit: 1 + random.below(20), reverse: random.chance(0.5) };
        expect(await storage.list(query)).toEqual(disk.perform({ type: 'list', query }));
      }
    });
  });
}

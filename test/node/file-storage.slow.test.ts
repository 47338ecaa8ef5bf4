import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FileStorage } from '../../src/node/index.js';
import { start } from './processes/run.js';

it.each(['fsync', 'nothing'])(
  'has whole batches, and all that counted as stored, after 12 kills in the middle (%s)',
  async (mode) => {
    const folder = await mkdtemp(join(tmpdir(), 'file-storage-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'sync.log');
    let least = 0;
    for (let kill = 0; kill < 12; kill++) {
      const child = start('write-batches.ts', file, mode);
      const count = 1 + ((kill * 37) % 60);
      for (let i = 0; i < count; i++) least = Number(await child.line());
      child.process.kill('SIGKILL');
      expect(await child.exit).toBe('SIGKILL');
      const storage = await FileStorage.open(file);
      const revision = await storage.revision();
      expect(revision).toBeGreaterThanOrEqual(least);
      const [a, b] = await storage.get(['a', 'b']);
      expect(a).toEqual(Uint8Array.of(revision % 251));
      expect(b).toEqual(new Uint8Array(1 + ((revision * 7919) % 60_000)).fill(revision % 251));
      const rows = await storage.list({ from: 'c/', to: 'c~', limit: 100 });
      expect(rows.map(([key]) => Number(key.slice(2))).sort((x, y) => x - y)).toEqual(
        Array.from({ length: Math.min(10, revision) }, (_, i) => (revision - i) % 20).sort((x, y) => x - y),
      );
      await storage.close();
    }
    expect(least).toBeGreaterThan(100);
  },
);

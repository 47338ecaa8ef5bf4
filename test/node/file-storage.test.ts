import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { crc32 } from '../../src/node/file-log.js';
import { FileStorage } from '../../src/node/index.js';
import type { SyncBatch } from '../../src/sync/index.js';
import { describeStorage } from '../sync/storage-suite.js';

async function path(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'file-storage-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'sync.log');
}

async function opened(file: string): Promise<FileStorage> {
  const storage = await FileStorage.open(file, { fsync: false });
  onTestFinished(() => storage.close());
  return storage;
}

const batch = (revision: number, puts: SyncBatch['puts'], rest: Partial<SyncBatch> = {}): SyncBatch => ({
  revision,
  deleteRanges: [],
  deletes: [],
  puts,
  ...rest,
});

describeStorage('FileStorage', async () => {
  const file = await path();
  return {
    storage: await opened(file),
    async reopen(before) {
      await before.close();
      return opened(file);
    },
  };
});

it('crc32 is that of zlib', () => {
  // The check value of CRC-32/ISO-HDLC.
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

it('drops a last batch that was cut at any byte, and keeps all before it', async () => {
  const file = await path();
  const first = await opened(file);
  await first.write(batch(0, [['a', Uint8Array.of(1)]]));
  const { size } = await stat(file);
  await first.write(
    batch(1, [
      ['a', Uint8Array.of(2)],
      ['b', Uint8Array.of(3)],
    ]),
  );
  await first.close();
  const whole = await readFile(file);
  for (let length = size; length <= whole.length; length++) {
    await writeFile(file, whole.subarray(0, length));
    const storage = await FileStorage.open(file);
    const isWhole = length === whole.length;
    expect(await storage.revision()).toBe(isWhole ? 2 : 1);
    expect(await storage.get(['a', 'b'])).toEqual(isWhole ? [Uint8Array.of(2), Uint8Array.of(3)] : [Uint8Array.of(1), undefined]);
    // And goes on after it.
    expect(await storage.write(batch(isWhole ? 2 : 1, [['c', Uint8Array.of(9)]]))).toBe(true);
    expect(await storage.get(['c'])).toEqual([Uint8Array.of(9)]);
    await storage.close();
  }
});

it('drops a last batch that the file system has filled with zeros', async () => {
  const file = await path();
  const first = await opened(file);
  await first.write(batch(0, [['a', Uint8Array.of(1)]]));
  await first.close();
  const { size } = await stat(file);
  await truncate(file, size + 5000);
  const storage = await opened(file);
  expect(await storage.get(['a'])).toEqual([Uint8Array.of(1)]);
  expect((await stat(file)).size).toBe(size);
});

it('refuses a file that is damaged in its middle, and says where', async () => {
  const file = await path();
  const first = await opened(file);
  await first.write(batch(0, [['a', Uint8Array.of(1)]]));
  const { size } = await stat(file);
  await first.write(batch(1, [['a', Uint8Array.of(2)]]));
  await first.write(batch(2, [['a', Uint8Array.of(3)]]));
  await first.close();
  const bytes = await readFile(file);
  bytes[size + 20] ^= 1;
  await writeFile(file, bytes);
  await expect(FileStorage.open(file)).rejects.toMatchObject({
    message: `[INTERNAL] the file is damaged at byte ${size}: delete it to synchronize from scratch`,
    offset: size,
  });
});

it('refuses a file of another kind', async () => {
  const file = await path();
  await writeFile(file, 'a text of somebody');
  await expect(FileStorage.open(file)).rejects.toThrow('[INTERNAL] the file was not written by a FileStorage');
  expect(await readFile(file, 'utf8')).toBe('a text of somebody');
});

it('is open once at a time', async () => {
  const file = await path();
  const storage = await opened(file);
  await expect(FileStorage.open(file)).rejects.toThrow(`[INTERNAL] the file is in use by process ${process.pid}`);
  await storage.close();
  await opened(file);
});

it('takes a lock over from a process that has ended', async () => {
  const file = await path();
  await writeFile(`${file}.lock`, '2147483646');
  await opened(file);
});

it('rewrites its log when more than half of it is unused, and loses nothing', async () => {
  const file = await path();
  const storage = await opened(file);
  await storage.write(batch(0, [['kept', Uint8Array.of(7)]]));
  for (let i = 1; i <= 40; i++) await storage.write(batch(i, [['big', new Uint8Array(100_000).fill(i)]]));
  expect((await stat(file)).size).toBeLessThan(2_500_000);
  expect(await storage.revision()).toBe(41);
  await storage.close();
  const again = await opened(file);
  expect(await again.revision()).toBe(41);
  expect(await again.get(['kept', 'big'])).toEqual([Uint8Array.of(7), new Uint8Array(100_000).fill(40)]);
});

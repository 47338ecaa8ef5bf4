// Rewrites the log of a FileStorage without what is no longer used.
import { type FileHandle, rename } from 'node:fs/promises';
import { OrderedMap } from '../sync/ordered-map.js';
import type { SyncEntry } from '../sync/storage.js';
import { readBytes, syncFolder, writeAt } from './file-bytes.js';
import { encodeRecord, MAGIC, type Place } from './file-log.js';
import { applyRecord, type OpenLog } from './open-log.js';

/** Bytes of the values in a record of a rewritten log. */
const RECORD_BYTES = 1024 * 1024;
/** Entries that are listed at once. */
const LISTED = 1000;

/** Writes what `log` uses to the new file `to`, which then takes the place of the log: it is renamed to `path`. Closes the file of `log`. */
export async function rewriteLog(log: OpenLog, to: FileHandle, toPath: string, path: string): Promise<OpenLog> {
  const entries = new OrderedMap<Place>();
  await writeAt(to, MAGIC, 0);
  let size = MAGIC.length;
  for (const chunk of chunks(log.entries)) {
    const puts = await Promise.all(
      chunk.map(async ([key, place]): Promise<SyncEntry> => [key, await readBytes(log.file, place)]),
    );
    const { bytes, logged } = encodeRecord({ revision: 0, deleteRanges: [], deletes: [], puts }, log.revision, size);
    await writeAt(to, bytes, size);
    size += bytes.length;
    applyRecord(entries, logged, 0);
  }
  await to.datasync();
  await rename(toPath, path);
  await syncFolder(path);
  await log.file.close();
  return { file: to, entries, size, revision: log.revision, garbage: 0 };
}

/** All entries in groups of about RECORD_BYTES, at least one group: a log without entries still has its revision. */
function* chunks(entries: OrderedMap<Place>): Generator<(readonly [string, Place])[]> {
  let from = '';
  for (;;) {
    const found = entries.list({ from, to: '\u{10ffff}', limit: LISTED });
    let chunk: (readonly [string, Place])[] = [];
    let bytes = 0;
    for (const entry of found) {
      if (bytes > RECORD_BYTES) {
        yield chunk;
        chunk = [];
        bytes = 0;
      }
      chunk.push(entry);
      bytes += entry[1].length;
    }
    if (chunk.length > 0 || from === '') yield chunk;
    if (found.length < LISTED) return;
    from = `${found[found.length - 1][0]}\0`;
  }
}

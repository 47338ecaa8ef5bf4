// A SyncStorage in a file: a log of batches, with a checksum each, and the places of all values in memory.
import { open, rm } from 'node:fs/promises';
import { ProtocolError } from '../errors.js';
import type { SyncBatch, SyncEntry, SyncList, SyncStorage } from '../sync/storage.js';
import { readBytes, writeAt } from './file-bytes.js';
import { encodeRecord } from './file-log.js';
import { lockFile } from './lock-file.js';
import { applyRecord, type OpenLog, openLog } from './open-log.js';
import { rewriteLog } from './rewrite-log.js';

/** Options of FileStorage. */
export interface FileStorageOptions {
  /**
   * Writes each batch to the disk itself (fsync) before it counts as stored: it then survives a power failure. With false it survives the end
   * of the process alone. Default true.
   */
  readonly fsync?: boolean | undefined;
}

/** The log is rewritten when more than half of it, and at least this much, is no longer used. */
const MIN_GARBAGE_BYTES = 1024 * 1024;

/**
 * A SyncStorage in a file, for Node. A batch that was not written completely when the process ended is dropped when the file is opened next.
 * In memory it has the keys and places of all entries, about 200 bytes each, and no values. One process uses a file at a time.
 */
export class FileStorage implements SyncStorage {
  readonly #path: string;
  readonly #fsync: boolean;
  #log: OpenLog;
  readonly #unlock: () => Promise<void>;
  /** The last operation: they run one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #failure: unknown;
  #isClosed = false;

  private constructor(path: string, fsync: boolean, log: OpenLog, unlock: () => Promise<void>) {
    this.#path = path;
    this.#fsync = fsync;
    this.#log = log;
    this.#unlock = unlock;
  }

  /**
   * Opens a file, and creates it if it does not exist.
   * @throws ProtocolError INTERNAL if another process uses it, if it is no file of a FileStorage, or if it is damaged in its middle.
   */
  static async open(path: string, { fsync = true }: FileStorageOptions = {}): Promise<FileStorage> {
    const unlock = await lockFile(`${path}.lock`);
    try {
      await rm(rewrittenPath(path), { force: true });
      return new FileStorage(path, fsync, await openLog(path), unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  revision(): Promise<number> {
    return this.#next(async () => this.#log.revision);
  }

  get(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#next(() => {
      const { file, entries } = this.#log;
      const places = keys.map((key) => entries.get(key));
      return Promise.all(places.map((place) => place && readBytes(file, place)));
    });
  }

  list(query: SyncList): Promise<readonly SyncEntry[]> {
    return this.#next(() => {
      const { file, entries } = this.#log;
      return Promise.all(
        entries.list(query).map(async ([key, place]): Promise<SyncEntry> => [key, await readBytes(file, place)]),
      );
    });
  }

  write(batch: SyncBatch): Promise<boolean> {
    return this.#next(async () => {
      const log = this.#log;
      if (batch.revision !== log.revision) return false;
      const { bytes, logged } = encodeRecord(batch, log.revision + 1, log.size);
      try {
        await writeAt(log.file, bytes, log.size);
        if (this.#fsync) await log.file.datasync();
      } catch (error) {
        await this.#undo(error);
        throw error;
      }
      log.size += bytes.length;
      log.revision += 1;
      log.garbage += applyRecord(log.entries, logged, bytes.length);
      if (log.garbage >= MIN_GARBAGE_BYTES && log.garbage * 2 >= log.size) await this.#rewrite();
      return true;
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#last.catch(() => {});
    await this.#log.file.close();
    await this.#unlock();
  }

  #next<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new ProtocolError('CLOSED', 'the storage is closed'));
    const result = this.#last.then(
      () => this.#run(operation),
      () => this.#run(operation),
    );
    this.#last = result;
    return result;
  }

  async #run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) throw failed(this.#failure);
    try {
      return await operation();
    } catch (error) {
      throw failed(error);
    }
  }

  /** A part of a batch may be in the file. If it cannot be removed, nothing more may follow it. */
  async #undo(error: unknown): Promise<void> {
    try {
      await this.#log.file.truncate(this.#log.size);
      await this.#log.file.datasync();
    } catch {
      this.#failure = error;
    }
  }

  async #rewrite(): Promise<void> {
    const path = rewrittenPath(this.#path);
    const file = await open(path, 'w+');
    try {
      this.#log = await rewriteLog(this.#log, file, path, this.#path);
    } catch (error) {
      // The old log may be gone or not: the next start finds out.
      this.#failure = error;
      await file.close();
      throw error;
    }
  }
}

/** Where a log is rewritten. After a crash it may exist, and is not used. */
function rewrittenPath(path: string): string {
  return `${path}.new`;
}

function failed(cause: unknown): unknown {
  return cause instanceof ProtocolError ? cause : new ProtocolError('INTERNAL', 'the file of the storage failed', { cause });
}

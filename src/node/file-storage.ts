// A SyncStorage in a file: a log of batches, with a checksum each, and the places of all values in memory.
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ProtocolError } from '../errors.js';
import { OrderedMap } from '../sync/ordered-map.js';
import type { SyncBatch, SyncEntry, SyncList, SyncStorage } from '../sync/storage.js';
import { crc32, decodeBody, encodeRecord, type LoggedBatch, MAGIC, type Place, RECORD_HEADER_BYTES } from './file-log.js';
import { lockFile } from './lock-file.js';

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
/** Values of a record of a rewritten log. */
const RECORD_BYTES = 1024 * 1024;

/**
 * A SyncStorage in a file, for Node. A batch that was not written completely when the process ended is dropped when the file is opened next.
 * In memory it has the keys and places of all entries, about 200 bytes each, and no values. One process uses a file at a time.
 */
export class FileStorage implements SyncStorage {
  readonly #path: string;
  readonly #fsync: boolean;
  #file: FileHandle;
  #entries: OrderedMap<Place>;
  #size: number;
  #revision: number;
  /** Bytes of values that nothing refers to. */
  #garbage: number;
  readonly #unlock: () => Promise<void>;
  /** The last operation: they run one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #failure: unknown;
  #isClosed = false;

  private constructor(path: string, fsync: boolean, log: OpenLog, unlock: () => Promise<void>) {
    this.#path = path;
    this.#fsync = fsync;
    this.#file = log.file;
    this.#entries = log.entries;
    this.#size = log.size;
    this.#revision = log.revision;
    this.#garbage = log.garbage;
    this.#unlock = unlock;
  }

  /**
   * Opens a file, and creates it if it does not exist.
   * @throws ProtocolError INTERNAL if another process uses it, if it is no file of a FileStorage, or if it is damaged in its middle.
   */
  static async open(path: string, { fsync = true }: FileStorageOptions = {}): Promise<FileStorage> {
    const unlock = await lockFile(`${path}.lock`);
    try {
      // What is left of a rewrite that did not finish.
      await rm(`${path}.new`, { force: true });
      return new FileStorage(path, fsync, await openLog(path), unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  revision(): Promise<number> {
    return this.#next(async () => this.#revision);
  }

  get(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#next(() => Promise.all(keys.map((key) => this.#read(this.#entries.get(key)))));
  }

  list(query: SyncList): Promise<readonly SyncEntry[]> {
    return this.#next(() =>
      Promise.all(this.#entries.list(query).map(async ([key, place]): Promise<SyncEntry> => [key, (await this.#read(place))!])),
    );
  }

  write(batch: SyncBatch): Promise<boolean> {
    return this.#next(async () => {
      if (batch.revision !== this.#revision) return false;
      const { bytes, logged } = encodeRecord(batch, this.#revision + 1, this.#size);
      try {
        await append(this.#file, bytes, this.#size);
        if (this.#fsync) await this.#file.datasync();
      } catch (error) {
        await this.#undo(error);
        throw error;
      }
      this.#size += bytes.length;
      this.#revision += 1;
      this.#garbage += applied(this.#entries, logged, bytes.length);
      if (this.#garbage >= MIN_GARBAGE_BYTES && this.#garbage * 2 >= this.#size) await this.#rewrite();
      return true;
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#last.catch(() => {});
    await this.#file.close();
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

  async #read(place: Place | undefined): Promise<Uint8Array | undefined> {
    if (place === undefined) return undefined;
    const bytes = new Uint8Array(place.length);
    await readAt(this.#file, bytes, place.offset);
    return bytes;
  }

  /** A part of a batch may be in the file. If it cannot be removed, nothing more may follow it. */
  async #undo(error: unknown): Promise<void> {
    try {
      await this.#file.truncate(this.#size);
      await this.#file.datasync();
    } catch {
      this.#failure = error;
    }
  }

  /** Writes what is used into a new file, which then takes the place of the log. */
  async #rewrite(): Promise<void> {
    const path = `${this.#path}.new`;
    const file = await open(path, 'w+');
    try {
      const entries = new OrderedMap<Place>();
      await append(file, MAGIC, 0);
      let size = MAGIC.length;
      for (const puts of this.#chunks()) {
        const values = await Promise.all(puts.map(async ([key, place]): Promise<SyncEntry> => [key, (await this.#read(place))!]));
        const batch = { revision: 0, deleteRanges: [], deletes: [], puts: values };
        const { bytes, logged } = encodeRecord(batch, this.#revision, size);
        await append(file, bytes, size);
        size += bytes.length;
        applied(entries, logged, 0);
      }
      await file.datasync();
      await rename(path, this.#path);
      await syncFolder(this.#path);
      await this.#file.close();
      this.#file = file;
      this.#entries = entries;
      this.#size = size;
      this.#garbage = 0;
    } catch (error) {
      // The old log may be gone or not: the next start finds out.
      this.#failure = error;
      await file.close();
      throw error;
    }
  }

  *#chunks(): Generator<(readonly [string, Place])[]> {
    let from = '';
    for (;;) {
      const found = this.#entries.list({ from, to: '\u{10ffff}', limit: 1000 });
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
      // A log without entries still has its revision.
      if (chunk.length > 0 || from === '') yield chunk;
      if (found.length < 1000) return;
      from = `${found[found.length - 1][0]}\0`;
    }
  }
}

interface OpenLog {
  readonly file: FileHandle;
  readonly entries: OrderedMap<Place>;
  readonly size: number;
  readonly revision: number;
  readonly garbage: number;
}

/** Reads all records. Drops the last one if it is not complete. */
async function openLog(path: string): Promise<OpenLog> {
  const file = await openOrCreate(path);
  try {
    const { size: fileSize } = await file.stat();
    if (fileSize < MAGIC.length) {
      await file.truncate(0);
      await append(file, MAGIC, 0);
      await file.datasync();
      await syncFolder(path);
      return { file, entries: new OrderedMap(), size: MAGIC.length, revision: 0, garbage: 0 };
    }
    return await readLog(file, fileSize);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readLog(file: FileHandle, fileSize: number): Promise<OpenLog> {
  const magic = Buffer.alloc(MAGIC.length);
  await readAt(file, magic, 0);
  if (!magic.equals(MAGIC)) throw new ProtocolError('INTERNAL', 'the file was not written by a FileStorage', { offset: 0 });
  const entries = new OrderedMap<Place>();
  let [size, revision, garbage] = [MAGIC.length, 0, 0];
  while (size < fileSize) {
    const body = await readBodyAt(file, size, fileSize);
    const logged = body && decodeBody(body, size + RECORD_HEADER_BYTES);
    if (body === undefined || logged === undefined) {
      await requireTorn(file, size, fileSize);
      await file.truncate(size);
      await file.datasync();
      break;
    }
    const length = RECORD_HEADER_BYTES + body.length;
    garbage += applied(entries, logged, length);
    revision = logged.revision;
    size += length;
  }
  return { file, entries, size, revision, garbage };
}

/** The body of a record; undefined if it is not complete or damaged. */
async function readBodyAt(file: FileHandle, offset: number, fileSize: number): Promise<Buffer | undefined> {
  if (offset + RECORD_HEADER_BYTES > fileSize) return undefined;
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  await readAt(file, header, offset);
  const length = header.readUInt32BE(0);
  if (length === 0 || offset + RECORD_HEADER_BYTES + length > fileSize) return undefined;
  const body = Buffer.alloc(length);
  await readAt(file, body, offset + RECORD_HEADER_BYTES);
  return crc32(body) === header.readUInt32BE(4) ? body : undefined;
}

/** A record that is not complete is the last one: it reaches the end of the file, or the file system has written zeros. */
async function requireTorn(file: FileHandle, offset: number, fileSize: number): Promise<void> {
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  const isShort = offset + RECORD_HEADER_BYTES > fileSize;
  if (!isShort) await readAt(file, header, offset);
  if (isShort || offset + RECORD_HEADER_BYTES + header.readUInt32BE(0) >= fileSize) return;
  const rest = Buffer.alloc(64 * 1024);
  for (let p = offset; p < fileSize; p += rest.length) {
    const part = rest.subarray(0, Math.min(rest.length, fileSize - p));
    await readAt(file, part, p);
    if (part.some((byte) => byte !== 0)) {
      throw new ProtocolError('INTERNAL', `the file is damaged at byte ${offset}: delete it to synchronize from scratch`, {
        offset,
      });
    }
  }
}

/** Applies a record. Returns by how many bytes the unused part of the log grows. */
function applied(entries: OrderedMap<Place>, logged: LoggedBatch, recordBytes: number): number {
  let garbage = recordBytes;
  entries.apply(logged, ({ length }) => {
    garbage += length;
  });
  for (const [, { length }] of logged.puts) garbage -= length;
  return garbage;
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    return open(path, 'w+', 0o600);
  }
}

async function append(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let p = 0; p < bytes.length; ) p += (await file.write(bytes, p, bytes.length - p, offset + p)).bytesWritten;
}

async function readAt(file: FileHandle, into: Uint8Array, offset: number): Promise<void> {
  for (let p = 0; p < into.length; ) {
    const { bytesRead } = await file.read(into, p, into.length - p, offset + p);
    if (bytesRead === 0) throw new ProtocolError('INTERNAL', `the file ends at byte ${offset + p}, inside of a record`);
    p += bytesRead;
  }
}

/** The name of a file is as durable as its content. Windows has no handles of folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function failed(cause: unknown): unknown {
  return cause instanceof ProtocolError ? cause : new ProtocolError('INTERNAL', 'the file of the storage failed', { cause });
}

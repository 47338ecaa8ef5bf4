// Opens the log of a FileStorage: reads all records, and drops the last one if it was not written completely.
import { type FileHandle, open } from 'node:fs/promises';
import { ProtocolError } from '../errors.js';
import { OrderedMap } from '../sync/ordered-map.js';
import { readAt, syncFolder, writeAt } from './file-bytes.js';
import { crc32, decodeBody, type LoggedBatch, MAGIC, type Place, RECORD_HEADER_BYTES } from './file-log.js';

/** An open log. Its owner appends records, and keeps the fields up to date. */
export interface OpenLog {
  readonly file: FileHandle;
  /** Where the value of each key is. */
  readonly entries: OrderedMap<Place>;
  /** Bytes of the file. */
  size: number;
  revision: number;
  /** Bytes of values and records that are no longer used. */
  garbage: number;
}

/**
 * Opens a log, and creates it if it does not exist.
 * @throws ProtocolError INTERNAL if it is no log, or is damaged in its middle.
 */
export async function openLog(path: string): Promise<OpenLog> {
  const file = await openOrCreate(path);
  try {
    const { size: fileSize } = await file.stat();
    if (fileSize < MAGIC.length) {
      await file.truncate(0);
      await writeAt(file, MAGIC, 0);
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

/** Applies a record. Returns by how many bytes the unused part of the log grows. */
export function applyRecord(entries: OrderedMap<Place>, logged: LoggedBatch, recordBytes: number): number {
  let garbage = recordBytes;
  entries.apply(logged, ({ length }) => {
    garbage += length;
  });
  for (const [, { length }] of logged.puts) garbage -= length;
  return garbage;
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
    garbage += applyRecord(entries, logged, length);
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

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    return open(path, 'w+', 0o600);
  }
}

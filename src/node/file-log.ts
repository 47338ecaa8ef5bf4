// The records of a FileStorage: a length, a checksum, and a batch. Nothing of a record counts before all of it is there.
import type { SyncBatch, SyncKeyRange } from '../sync/storage.js';

/** The first bytes of a file. */
export const MAGIC = Buffer.from('imsync1\n', 'latin1');
/** Length and CRC-32 of the body, 4 bytes each. */
export const RECORD_HEADER_BYTES = 8;
const REVISION_BYTES = 8;
const DELETE_RANGE = 0;
const DELETE = 1;
const PUT = 2;

/** Where a value is in a file. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** A batch as a record has it. */
export interface LoggedBatch {
  /** The revision after the batch. */
  readonly revision: number;
  readonly deleteRanges: readonly SyncKeyRange[];
  readonly deletes: readonly string[];
  readonly puts: readonly (readonly [key: string, place: Place])[];
}

/** @param offset where the record is written. */
export function encodeRecord(batch: SyncBatch, revision: number, offset: number): { bytes: Buffer; logged: LoggedBatch } {
  const { deleteRanges, deletes, puts } = batch;
  let size = RECORD_HEADER_BYTES + REVISION_BYTES;
  for (const { from, to } of deleteRanges) size += 5 + from.length + to.length;
  for (const key of deletes) size += 3 + key.length;
  for (const [key, value] of puts) size += 7 + key.length + value.length;
  const bytes = Buffer.allocUnsafe(size);
  let p = RECORD_HEADER_BYTES;
  p = bytes.writeDoubleBE(revision, p);
  const text = (value: string): void => {
    p = bytes.writeUInt16BE(value.length, p);
    p += bytes.write(value, p, 'latin1');
  };
  for (const { from, to } of deleteRanges) {
    p = bytes.writeUInt8(DELETE_RANGE, p);
    text(from);
    text(to);
  }
  for (const key of deletes) {
    p = bytes.writeUInt8(DELETE, p);
    text(key);
  }
  const places = puts.map(([key, value]): [string, Place] => {
    p = bytes.writeUInt8(PUT, p);
    text(key);
    p = bytes.writeUInt32BE(value.length, p);
    bytes.set(value, p);
    p += value.length;
    return [key, { offset: offset + p - value.length, length: value.length }];
  });
  bytes.writeUInt32BE(size - RECORD_HEADER_BYTES, 0);
  bytes.writeUInt32BE(crc32(bytes.subarray(RECORD_HEADER_BYTES)), 4);
  return { bytes, logged: { revision, deleteRanges, deletes, puts: places } };
}

/** @param offset where the body is in the file. @returns undefined for a body that no writer has written. */
export function decodeBody(body: Buffer, offset: number): LoggedBatch | undefined {
  try {
    return readBody(body, offset);
  } catch {
    return undefined;
  }
}

function readBody(body: Buffer, offset: number): LoggedBatch | undefined {
  const deleteRanges: SyncKeyRange[] = [];
  const deletes: string[] = [];
  const puts: [string, Place][] = [];
  let p = REVISION_BYTES;
  const text = (): string => {
    const start = p + 2;
    p = start + body.readUInt16BE(p);
    return body.toString('latin1', start, p);
  };
  while (p < body.length) {
    const kind = body.readUInt8(p++);
    if (kind === DELETE_RANGE) deleteRanges.push({ from: text(), to: text() });
    else if (kind === DELETE) deletes.push(text());
    else if (kind === PUT) {
      const key = text();
      const length = body.readUInt32BE(p);
      puts.push([key, { offset: offset + p + 4, length }]);
      p += 4 + length;
    } else return undefined;
  }
  return p === body.length ? { revision: body.readDoubleBE(0), deleteRanges, deletes, puts } : undefined;
}

const TABLE = /* @__PURE__ */ crcTable();

function crcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    return c;
  });
}

/** CRC-32 as in zlib, whose own function Node 20 has only from 20.15 on. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}

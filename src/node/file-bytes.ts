// Complete reads and writes at a position of a file, and names that survive a power failure.
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ProtocolError } from '../errors.js';

/** Writes all of `bytes`: one call of `write` may write less. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let p = 0; p < bytes.length; ) p += (await file.write(bytes, p, bytes.length - p, offset + p)).bytesWritten;
}

/** Reads a range. @throws ProtocolError INTERNAL if the file ends before. */
export async function readBytes(
  file: FileHandle,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await readAt(file, bytes, offset);
  return bytes;
}

/** Fills `into`. @throws ProtocolError INTERNAL if the file ends before. */
export async function readAt(file: FileHandle, into: Uint8Array, offset: number): Promise<void> {
  for (let p = 0; p < into.length; ) {
    const { bytesRead } = await file.read(into, p, into.length - p, offset + p);
    if (bytesRead === 0) throw new ProtocolError('INTERNAL', `the file ends at byte ${offset + p}, inside of a record`);
    p += bytesRead;
  }
}

/** The name of a file is as durable as its content. Windows has no handles of folders. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

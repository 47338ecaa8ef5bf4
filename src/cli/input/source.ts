// The source of the input: a file, stdin, or the command line itself.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { quoted } from '../../wire/quoted.js';
import { Failure, INVALID, usageError } from '../exit.js';
import { firstOther } from './text-formats.js';

export interface Source {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Size in bytes if known, for the progress line. */
  readonly size: number | undefined;
  readonly name: string;
}

const READ_BYTES = 1 << 18;
const FOLLOW_MS = 100;

/** @param isData true if an operand that names no file is the input itself. */
export function openSource(operands: readonly string[], follow: boolean, isData: (text: string) => boolean): Source {
  if (operands.length > 1) throw usageError(`expected one input, got ${operands.length}`);
  const [operand = '-'] = operands;
  if (operand === '-')
    return { chunks: readable('stdin', process.stdin as AsyncIterable<Uint8Array>), size: undefined, name: 'stdin' };
  if (existsSync(operand)) return fileSource(operand, follow);
  if (isData(operand)) return { chunks: oneChunk(Buffer.from(operand)), size: undefined, name: 'argument' };
  throw usageError(notAnInput(operand));
}

/** A longer operand, or one that begins as frames in hex, base64 or JSON do, is rather data than a file name: it may hold secrets. */
const MAX_NAME_CHARS = 80;
const DATA_START = /^\s*(0[0x]|\\x|AA|[[{])/i;

function notAnInput(operand: string): string {
  if (operand === '') return 'the input is an empty argument';
  if (operand.length <= MAX_NAME_CHARS && !DATA_START.test(operand)) return `no such file: ${quoted(operand)}`;
  const format = /^\s*AA/.test(operand) ? 'base64' : 'hex';
  const other = firstOther(format, operand);
  const reason = other === undefined ? '' : `: not ${format} at character ${other.at + 1} (${other.found})`;
  return `the argument (${operand.length} characters) is neither a file nor valid input${reason}`;
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function fileSource(path: string, follow: boolean): Source {
  const stat = attempted(path, () => statSync(path));
  if (stat.isDirectory()) throw new Failure(INVALID, `${path}: is a directory`);
  const size = stat.isFile() && !follow ? stat.size : undefined;
  const chunks = follow ? followed(path) : createReadStream(path, { highWaterMark: READ_BYTES });
  return { chunks: readable(path, chunks), size, name: path };
}

/** The same chunks; I/O errors become a Failure. */
async function* readable(path: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw ioFailure(path, error);
  }
}

function attempted<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw ioFailure(path, error);
  }
}

function ioFailure(path: string, error: unknown): unknown {
  const { syscall, message } = error as NodeJS.ErrnoException;
  return syscall === undefined ? error : new Failure(INVALID, `${path}: ${message}`);
}

/** The content of a file, then what is appended to it, until SIGINT. */
async function* followed(path: string): AsyncGenerator<Uint8Array> {
  const stop = { isRequested: false };
  process.once('SIGINT', () => {
    stop.isRequested = true;
  });
  const file = await open(path);
  try {
    for (let at = 0; !stop.isRequested; ) {
      // A new buffer each time: what is yielded may be kept.
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, at);
      at += bytesRead;
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else {
        if ((await file.stat()).size < at) throw new Failure(INVALID, `${path}: was truncated`);
        await sleep(FOLLOW_MS);
      }
    }
  } finally {
    await file.close();
  }
}

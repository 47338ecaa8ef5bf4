// Where the input comes from: a file, stdin, or the command line itself.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, INVALID, usageError } from '../exit.js';

export interface Source {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes, where that is known: for progress. */
  readonly size: number | undefined;
  readonly name: string;
}

const READ_BYTES = 1 << 18;
const FOLLOW_MS = 100;

/** @param isData tells whether an operand that names no file may be the input itself. */
export function openSource(operands: readonly string[], follow: boolean, isData: (text: string) => boolean): Source {
  if (operands.length > 1) throw usageError(`one input, got ${operands.length}: ${operands.join(' ')}`);
  const [operand = '-'] = operands;
  if (operand === '-')
    return { chunks: readable('stdin', process.stdin as AsyncIterable<Uint8Array>), size: undefined, name: 'stdin' };
  if (existsSync(operand)) return fileSource(operand, follow);
  if (isData(operand)) return { chunks: oneChunk(Buffer.from(operand)), size: undefined, name: 'argument' };
  throw usageError(`${operand === '' ? 'an empty argument' : operand}: no such file, and not the input itself`);
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function fileSource(path: string, follow: boolean): Source {
  const stat = attempted(path, () => statSync(path));
  if (stat.isDirectory()) throw new Failure(INVALID, `${path}: is a folder`);
  const size = stat.isFile() && !follow ? stat.size : undefined;
  const chunks = follow ? followed(path) : createReadStream(path, { highWaterMark: READ_BYTES });
  return { chunks: readable(path, chunks), size, name: path };
}

/** The same chunks; a file that cannot be read is nobody's fault here. */
async function* readable(path: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw refusal(path, error);
  }
}

function attempted<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw refusal(path, error);
  }
}

function refusal(path: string, error: unknown): unknown {
  const { syscall, message } = error as NodeJS.ErrnoException;
  return syscall === undefined ? error : new Failure(INVALID, `${path}: ${message}`);
}

/** What is in a file, and then what is appended, until the process is told to end. */
async function* followed(path: string): AsyncGenerator<Uint8Array> {
  const stop = { wanted: false };
  process.once('SIGINT', () => {
    stop.wanted = true;
  });
  const file = await open(path);
  try {
    for (let at = 0; !stop.wanted; ) {
      // A new buffer each time: what is yielded may be kept.
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, at);
      at += bytesRead;
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else {
        if ((await file.stat()).size < at) throw new Failure(INVALID, `${path}: has become shorter`);
        await sleep(FOLLOW_MS);
      }
    }
  } finally {
    await file.close();
  }
}

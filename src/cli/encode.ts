// `im-protocol encode`: encodes JSON as frames.
import { isProtocolError } from '../errors.js';
import { parseJson } from '../json/index.js';
import type { Arguments } from './command.js';
import { Failure, INVALID, OK } from './exit.js';
import { openSource } from './input/source.js';
import { chunksWithoutMark } from './input/unicode.js';
import { jsonTexts } from './json-values.js';
import { log, writeOut } from './output.js';
import { loadAppTypes } from './protos/app-types.js';
import { bytesOfRow } from './row-bytes.js';

const FLUSH_BYTES = 65_536;

export async function run(args: Arguments): Promise<number> {
  const types = await loadAppTypes(args);
  const format = args.text('to') ?? (process.stdout.isTTY ? 'hex' : 'raw');
  if (args.text('to') === undefined && format === 'hex') log('stdout is a terminal: writing hex (--to raw for bytes)');
  const source = openSource(args.operands, false, (text) => /^\s*[[{]/.test(text));
  let buffered: Uint8Array[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (size > 0) await writeOut(buffered.length === 1 ? buffered[0] : Buffer.concat(buffered));
    buffered = [];
    size = 0;
  };
  let count = 0;
  // An error while reading belongs to the next frame.
  let isReading = true;
  try {
    for await (const text of jsonTexts(chunksWithoutMark(source.chunks))) {
      count++;
      isReading = false;
      const bytes = bytesOfRow(parseJson(text), types, !args.flag('no-validate'));
      const written = format === 'raw' ? bytes : Buffer.from(`${Buffer.from(bytes).toString(format as 'hex')}\n`);
      buffered.push(written);
      size += written.length;
      if (size >= FLUSH_BYTES) await flush();
      isReading = true;
    }
  } catch (error) {
    // The frames before the error are written; frames after it would be at the wrong position.
    await flush();
    throw withFrameNumber(error, isReading ? count + 1 : count);
  }
  await flush();
  return OK;
}

function withFrameNumber(error: unknown, count: number): unknown {
  if (isProtocolError(error) || error instanceof RangeError || error instanceof Failure) {
    return new Failure(error instanceof Failure ? error.exitCode : INVALID, `frame ${count}: ${error.message}`);
  }
  return error;
}

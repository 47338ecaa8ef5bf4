// `im-protocol encode`: JSON to frames.
import { isProtocolError } from '../errors.js';
import { parseJson } from '../json/index.js';
import { appTypes } from './app-types.js';
import type { Arguments } from './command.js';
import { Failure, INVALID, OK } from './exit.js';
import { openSource } from './input/source.js';
import { chunksWithoutMark } from './input/unicode.js';
import { jsonTexts } from './json-values.js';
import { say, writeOut } from './output.js';
import { bytesOfRow } from './row-bytes.js';

const PIECE_BYTES = 65_536;

export async function run(args: Arguments): Promise<number> {
  const types = await appTypes(args);
  const format = args.text('to') ?? (process.stdout.isTTY ? 'hex' : 'raw');
  if (args.text('to') === undefined && format === 'hex') say('stdout is a terminal: written in hex (--to raw for the bytes)');
  const source = openSource(args.operands, false, (text) => /^\s*[[{]/.test(text));
  let pieces: Uint8Array[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (size > 0) await writeOut(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
    pieces = [];
    size = 0;
  };
  let count = 0;
  // Whether a value is being made a frame, or the next one read.
  let isReading = true;
  try {
    for await (const text of jsonTexts(chunksWithoutMark(source.chunks))) {
      count++;
      isReading = false;
      const bytes = bytesOfRow(parseJson(text), types, !args.flag('no-validate'));
      const written = format === 'raw' ? bytes : Buffer.from(`${Buffer.from(bytes).toString(format as 'hex')}\n`);
      pieces.push(written);
      size += written.length;
      if (size >= PIECE_BYTES) await flush();
      isReading = true;
    }
  } catch (error) {
    // What came before it is written; what comes behind it would not be where it belongs.
    await flush();
    throw refusal(error, isReading ? count + 1 : count);
  }
  await flush();
  return OK;
}

function refusal(error: unknown, count: number): unknown {
  if (isProtocolError(error) || error instanceof RangeError || error instanceof Failure) {
    return new Failure(error instanceof Failure ? error.exitCode : INVALID, `frame ${count}: ${error.message}`);
  }
  return error;
}

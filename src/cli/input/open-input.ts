// The input of decode, inspect and validate: from wherever it comes, whatever it is, bytes of streams of frames.
import type { Arguments } from '../command.js';
import { say } from '../output.js';
import { Progress } from '../progress.js';
import { type Chunk, chunk } from './chunk.js';
import { detectEncoding, detectFormat, type Format, HEAD_BYTES } from './detect.js';
import { fromHar } from './from-har.js';
import { fromHexdump } from './from-hexdump.js';
import { fromTcpdump } from './from-tcpdump.js';
import { openSource } from './source.js';
import { fromBase64, fromHex } from './text-formats.js';

export async function* openInput(args: Arguments): AsyncGenerator<Chunk> {
  const quiet = args.flag('quiet');
  const source = openSource(args.operands, args.flag('follow'), (text) => detectEncoding(text) !== undefined);
  const progress = new Progress(quiet, source.size);
  const { head, all } = await peek(progress.counted(source.chunks), args.text('from') === undefined ? HEAD_BYTES : 0);
  const format = (args.text('from') as Format | undefined) ?? detectFormat(head);
  if (args.text('from') === undefined && !quiet) say(`${source.name} is taken for ${NAMES[format]} (--from says otherwise)`);
  try {
    yield* read(format, all, quiet ? () => {} : say);
  } finally {
    progress.end();
  }
}

const NAMES: Readonly<Record<Format, string>> = {
  raw: 'raw bytes',
  hex: 'hex',
  base64: 'base64',
  hexdump: 'a hexdump',
  tcpdump: 'output of tcpdump',
  har: 'a HAR file',
};

function read(format: Format, chunks: AsyncIterable<Uint8Array>, warn: (text: string) => void): AsyncIterable<Chunk> {
  switch (format) {
    case 'hex':
      return fromHex(chunks);
    case 'base64':
      return fromBase64(chunks);
    case 'hexdump':
      return fromHexdump(chunks);
    case 'tcpdump':
      return fromTcpdump(chunks, warn);
    case 'har':
      return fromHar(chunks, warn);
    default:
      return raw(chunks);
  }
}

async function* raw(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk> {
  for await (const bytes of chunks) yield chunk(bytes);
}

/** The first bytes, and all of them again. It waits for no more than the first chunk of a slow input, unless that says nothing. */
async function peek(
  chunks: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<{ head: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  let done = bytes === 0;
  // A line of a dump, or one byte of a frame, tells.
  while (!done && size < 80 && (size === 0 || first[0][0] !== 0)) {
    const next = await iterator.next();
    done = next.done === true;
    if (!done) {
      first.push(next.value as Uint8Array);
      size += (next.value as Uint8Array).length;
    }
  }
  const head = Buffer.concat(first).subarray(0, bytes);
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { head, all: all() };
}

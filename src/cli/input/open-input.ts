// The input of decode, inspect and validate: from wherever it comes, whatever it is, bytes of streams of frames.

import { PcapReader } from '../capture/pcap.js';
import { PcapngReader } from '../capture/pcapng.js';
import type { Arguments } from '../command.js';
import { say } from '../output.js';
import { progressTerminal, withProgress } from '../progress.js';
import type { Verdict } from '../streams.js';
import { type Chunk, chunk } from './chunk.js';
import { detectFormat, type Format, HEAD_BYTES, isInputItself, isTelling } from './detect.js';
import { fromCapture } from './from-capture.js';
import { fromHar } from './from-har.js';
import { fromHexdump, fromTcpdump } from './from-hexdump.js';
import { openSource } from './source.js';
import { createTalk, type Talk } from './talk.js';
import { fromBase64, fromHex } from './text-formats.js';
import { chunksWithoutMark } from './unicode.js';

/** @param verdict learns of what is wrong with the input itself. */
export async function* openInput(args: Arguments, verdict: Verdict): AsyncGenerator<Chunk[]> {
  const quiet = args.flag('quiet');
  const source = openSource(args.operands, args.flag('follow'), (text) => isInputItself(text, args.text('from')));
  const chunks = withProgress(source.chunks, source.size, progressTerminal(quiet));
  const { head, all } = await peek(chunks, args.text('from') === undefined ? HEAD_BYTES : 0);
  const format = (args.text('from') as Format | undefined) ?? detectFormat(head);
  if (args.text('from') === undefined && !quiet) say(guessText(source.name, head, format));
  yield* read(format, all, createTalk(quiet, verdict));
}

function guessText(name: string, head: Uint8Array, format: Format): string {
  return head.length === 0 ? `${name} is empty` : `${name} is taken for ${NAMES[format]} (--from says otherwise)`;
}

const NAMES: Readonly<Record<Format, string>> = {
  raw: 'raw bytes',
  hex: 'hex',
  base64: 'base64',
  hexdump: 'a hexdump',
  pcap: 'a pcap file',
  pcapng: 'a pcapng file',
  tcpdump: 'output of tcpdump',
  har: 'a HAR file',
};

function read(format: Format, bytes: AsyncIterable<Uint8Array>, talk: Talk): AsyncIterable<Chunk[]> {
  const chunks = chunksWithoutMark(bytes);
  switch (format) {
    case 'hex':
      return fromHex(chunks);
    case 'base64':
      return fromBase64(chunks);
    case 'hexdump':
      return fromHexdump(chunks);
    case 'pcap':
      return fromCapture(bytes, new PcapReader(), talk);
    case 'pcapng':
      return fromCapture(bytes, new PcapngReader(), talk);
    case 'tcpdump':
      return fromTcpdump(chunks, talk);
    case 'har':
      return fromHar(chunks, talk);
    default:
      return raw(bytes);
  }
}

async function* raw(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk[]> {
  for await (const bytes of chunks) yield [chunk(bytes)];
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
  while (!done && !(size > 0 && isTelling(Buffer.concat(first)))) {
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

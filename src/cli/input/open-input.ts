// Opens the input of decode, inspect and validate: detects its format and reads it as chunks of streams of frames.
import { PcapReader } from '../capture/pcap.js';
import { PcapngReader } from '../capture/pcapng.js';
import type { MessageKind } from '../capture/websocket-frames.js';
import type { Arguments } from '../command.js';
import type { ExitStatus } from '../exit.js';
import { log } from '../output.js';
import { progressTerminal, withProgress } from '../progress.js';
import { type Chunk, chunk } from './chunk.js';
import { detectFormat, type Format, HEAD_BYTES, isEnough, isInputItself } from './detect.js';
import { createDiagnostics, type Diagnostics } from './diagnostics.js';
import { fromCapture, fromTcpdump } from './from-capture.js';
import { fromHar } from './from-har.js';
import { fromHexdump } from './from-hexdump.js';
import { openSource } from './source.js';
import { fromBase64, fromHex } from './text-formats.js';
import { chunksWithoutMark } from './unicode.js';

/**
 * @param status receives errors of the input itself.
 * @param wanted the WebSocket messages to read; `text` also allows JSON as the argument.
 */
export async function* openInput(args: Arguments, status: ExitStatus, wanted: MessageKind = 'binary'): AsyncGenerator<Chunk[]> {
  const quiet = args.flag('quiet');
  const source = openSource(args.operands, args.flag('follow'), (text) =>
    wanted === 'text' && text.trimStart().startsWith('{') ? true : isInputItself(text, args.text('from')),
  );
  const chunks = withProgress(source.chunks, source.size, progressTerminal(quiet));
  const { head, all } = await peek(chunks, args.text('from') === undefined ? HEAD_BYTES : 0);
  const format = (args.text('from') as Format | undefined) ?? detectFormat(head);
  if (args.text('from') === undefined && !quiet) log(detectedText(source.name, head, format));
  yield* read(format, all, createDiagnostics(quiet, status), wanted);
}

function detectedText(name: string, head: Uint8Array, format: Format): string {
  return head.length === 0 ? `${name} is empty` : `${name}: detected ${NAMES[format]} (override with --from)`;
}

const NAMES: Readonly<Record<Format, string>> = {
  raw: 'raw bytes',
  hex: 'hex',
  base64: 'base64',
  hexdump: 'a hexdump',
  pcap: 'a pcap file',
  pcapng: 'a pcapng file',
  tcpdump: 'tcpdump output',
  har: 'a HAR file',
};

function read(
  format: Format,
  bytes: AsyncIterable<Uint8Array>,
  diagnostics: Diagnostics,
  wanted: MessageKind,
): AsyncIterable<Chunk[]> {
  const chunks = chunksWithoutMark(bytes);
  switch (format) {
    case 'hex':
      return fromHex(chunks);
    case 'base64':
      return fromBase64(chunks);
    case 'hexdump':
      return fromHexdump(chunks);
    case 'pcap':
      return fromCapture(bytes, new PcapReader(), diagnostics, wanted);
    case 'pcapng':
      return fromCapture(bytes, new PcapngReader(), diagnostics, wanted);
    case 'tcpdump':
      return fromTcpdump(chunks, diagnostics, wanted);
    case 'har':
      return fromHar(chunks, diagnostics, wanted);
    default:
      return raw(bytes);
  }
}

async function* raw(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk[]> {
  for await (const bytes of chunks) yield [chunk(bytes)];
}

/** Returns the first bytes, and all bytes including them. Reads until the first bytes are enough to detect the format. */
async function peek(
  chunks: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<{ head: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  let done = bytes === 0;
  while (!done && !(size > 0 && isEnough(Buffer.concat(first)))) {
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

// Reads captures: files, as tcpdump -w and Wireshark write them, and the text that tcpdump -x prints.
import { Capture } from '../capture/capture.js';
import type { PacketReader } from '../capture/packet.js';
import type { MessageKind } from '../capture/websocket-frames.js';
import { Failure } from '../exit.js';
import type { Chunk } from './chunk.js';
import type { Diagnostics } from './diagnostics.js';
import { dumpLine, isTcpdumpLine } from './hexdump-line.js';
import { linesOf } from './lines.js';

export async function* fromCapture(
  chunks: AsyncIterable<Uint8Array>,
  reader: PacketReader,
  diagnostics: Diagnostics,
  wanted: MessageKind = 'binary',
): AsyncGenerator<Chunk[]> {
  const capture = new Capture(diagnostics, wanted);
  let isSound = true;
  for await (const bytes of chunks) {
    isSound = attempt(diagnostics, () => {
      for (const packet of reader.push(bytes)) capture.push(packet);
    });
    yield capture.take();
    // The packets before the error are used.
    if (!isSound) break;
  }
  const end = isSound ? reader.end() : undefined;
  if (end !== undefined) diagnostics.truncated(end);
  capture.end();
  yield capture.take();
}

function attempt(diagnostics: Diagnostics, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    diagnostics.invalid(error.message);
    return false;
  }
}

/** The packets that tcpdump -x, -X, -xx or -XX prints. */
export async function* fromTcpdump(
  chunks: AsyncIterable<Uint8Array>,
  diagnostics: Diagnostics,
  wanted: MessageKind = 'binary',
): AsyncGenerator<Chunk[]> {
  const capture = new Capture(diagnostics, wanted);
  let packet: Uint8Array[] = [];
  const end = (): Chunk[] => {
    if (packet.length > 0) capture.push({ link: undefined, bytes: Buffer.concat(packet) });
    packet = [];
    return capture.take();
  };
  for await (const line of linesOf(chunks)) {
    const found = isTcpdumpLine(line) ? dumpLine(line) : undefined;
    if (found === undefined || /^0+$/.test(found.offset)) yield end();
    if (found !== undefined) packet.push(found.bytes);
  }
  yield end();
  capture.end();
  yield capture.take();
}

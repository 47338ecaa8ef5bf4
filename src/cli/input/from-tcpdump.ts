// What tcpdump -x, -X, -xx or -XX prints: a capture in text.
import { Capture } from '../capture/capture.js';
import type { Chunk } from './chunk.js';
import { dumpLine, isTcpdumpLine } from './hexdump-line.js';
import { linesOf } from './lines.js';
import type { Talk } from './talk.js';

export async function* fromTcpdump(chunks: AsyncIterable<Uint8Array>, talk: Talk): AsyncGenerator<Chunk[]> {
  const capture = new Capture(talk);
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

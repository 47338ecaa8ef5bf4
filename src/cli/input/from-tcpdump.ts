// What tcpdump -x, -X, -xx or -XX prints: packets, of which the payload of TCP counts, a stream for each direction of a connection.
import { type Chunk, chunk } from './chunk.js';
import { dumpLine, isTcpdumpLine } from './hexdump-line.js';
import { linesOf } from './lines.js';
import { TcpStreams } from './tcp-streams.js';

export async function* fromTcpdump(chunks: AsyncIterable<Uint8Array>, warn: (text: string) => void): AsyncGenerator<Chunk> {
  const streams = new TcpStreams(warn);
  let packet: Uint8Array[] = [];
  for await (const line of linesOf(chunks)) {
    const found = isTcpdumpLine(line) ? dumpLine(line) : undefined;
    if ((found === undefined || found.offset === 0) && packet.length > 0) {
      yield* delivered(streams, packet);
      packet = [];
    }
    if (found !== undefined) packet.push(found.bytes);
  }
  if (packet.length > 0) yield* delivered(streams, packet);
  streams.end();
}

function* delivered(streams: TcpStreams, packet: readonly Uint8Array[]): Generator<Chunk> {
  for (const { flow, bytes } of streams.push(Buffer.concat(packet))) yield chunk(bytes, flow);
}

import { Failure, INVALID } from '../exit.js';
import { type Chunk, chunk } from './chunk.js';
import { dumpLine } from './hexdump-line.js';
import { linesOf } from './lines.js';

/** A `*` that stands for more is a slip of the offset behind it. */
const MAX_REPEATED_BYTES = 1 << 30;

/** The bytes of a hexdump; lines that are none are passed over. A `*` stands for lines like the one before it, as hexdump -C and od write. */
export async function* fromHexdump(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk[]> {
  let next = 0;
  let last: Uint8Array | undefined;
  let isRepeated = false;
  for await (const line of linesOf(chunks)) {
    if (line.trim() === '*') isRepeated = true;
    const offset = offsetOf(line);
    if (offset !== undefined && isRepeated && last !== undefined) {
      if (offset - next > MAX_REPEATED_BYTES) throw new Failure(INVALID, `the hexdump repeats a line up to ${hex(offset)}`);
      for (; next < offset; next += last.length) yield [chunk(last)];
      isRepeated = false;
    }
    const found = dumpLine(line);
    if (found === undefined) continue;
    // An offset of 0 begins the next dump.
    if (found.offset !== 0 && found.offset !== next && last !== undefined) {
      throw new Failure(INVALID, `the hexdump goes on at ${hex(found.offset)}, expected ${hex(next)}`);
    }
    next = found.offset + found.bytes.length;
    last = found.bytes;
    yield [chunk(found.bytes)];
  }
}

/** Also of the last line, which has no bytes behind its offset. */
function offsetOf(line: string): number | undefined {
  const found = /^\s*(?:0x)?([0-9a-f]{4,16})(?::|\s|$)/i.exec(line);
  return found === null ? undefined : Number.parseInt(found[1], 16);
}

function hex(offset: number): string {
  return `0x${offset.toString(16)}`;
}

import { Failure, INVALID } from '../exit.js';
import { type Chunk, chunk } from './chunk.js';
import { dumpLine, offsetText } from './hexdump-line.js';
import { linesOf } from './lines.js';

/** A `*` that stands for more than the largest frame, several times, is a slip of the offset behind it. */
const MAX_REPEATED_BYTES = 1 << 26;
const REPEATED_AT_ONCE = 4096;

/** What the offset of a line may count: bytes in hex; in decimal or octal, as od does; lines of 16 bytes, as Chrome does. */
const READINGS: readonly ((text: string) => number)[] = [
  (text) => Number.parseInt(text, 16),
  (text) => (/^\d+$/.test(text) ? Number.parseInt(text, 10) : Number.NaN),
  (text) => (/^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN),
  (text) => Number.parseInt(text, 16) * 16,
];

/** The bytes of a hexdump; lines that are none are passed over. A `*` stands for lines like the one before it, as hexdump -C and od write. */
export async function* fromHexdump(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk[]> {
  let dump = new Dump('0');
  let last: Uint8Array | undefined;
  let isRepeated = false;
  for await (const line of linesOf(chunks)) {
    if (line.trim() === '*') isRepeated = true;
    const offset = offsetText(line);
    if (offset !== undefined && isRepeated && last !== undefined) {
      yield* repeated(last, dump.repeatedTo(offset), dump);
      isRepeated = false;
    }
    const found = dumpLine(line);
    if (found === undefined) continue;
    if (found.isWords) {
      throw new Failure(INVALID, 'a hexdump of words, whose bytes may be swapped: xxd, hexdump -C and od -t x1 print bytes');
    }
    // An offset of 0 begins the next dump.
    if (last === undefined || /^0+$/.test(found.offset)) dump = new Dump(found.offset);
    else dump.goOn(found.offset);
    dump.add(found.bytes.length);
    last = found.bytes;
    yield [chunk(found.bytes)];
  }
}

/** At least so many bytes, in whole lines. */
function* repeated(line: Uint8Array, bytes: number, dump: Dump): Generator<Chunk[]> {
  const many = Buffer.concat(Array.from({ length: REPEATED_AT_ONCE }, () => line));
  for (let left = Math.ceil(bytes / line.length) * line.length; left > 0; ) {
    const part = many.subarray(0, left);
    dump.add(part.length);
    left -= part.length;
    yield [chunk(part)];
  }
}

/** How far a dump is, and what its offsets may mean, as far as its lines tell. */
class Dump {
  #bytes = 0;
  #readings: readonly ((text: string) => number)[];

  constructor(private readonly first: string) {
    this.#readings = READINGS;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** @throws Failure where the next line does not begin here. */
  goOn(offset: string): void {
    const fitting = this.#readings.filter((reading) => reading(offset) - reading(this.first) === this.#bytes);
    if (fitting.length === 0) {
      const expected = (this.#readings[0](this.first) + this.#bytes).toString(16);
      throw new Failure(INVALID, `the hexdump goes on at 0x${offset.replace(/^0+(?=.)/, '')}, expected 0x${expected}`);
    }
    this.#readings = fitting;
  }

  /** How many bytes a `*` stands for, before this offset. */
  repeatedTo(offset: string): number {
    // Seven digits are those of od, which counts in octal.
    const likely = this.first.length === 7 ? [...this.#readings].reverse() : this.#readings;
    const counts = likely.map((reading) => reading(offset) - reading(this.first) - this.#bytes);
    const count = counts.find((one) => one >= 0) ?? 0;
    if (count > MAX_REPEATED_BYTES) throw new Failure(INVALID, `the hexdump repeats a line for ${count} bytes`);
    return count;
  }
}

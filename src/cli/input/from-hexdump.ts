// Reads hexdumps.
import { Failure, INVALID } from '../exit.js';
import { type Chunk, chunk } from './chunk.js';
import { dumpLine, offsetText } from './hexdump-line.js';
import { linesOf } from './lines.js';

/** Maximum bytes that a `*` stands for. More, several times the largest frame, is an error in the offset after it. */
const MAX_REPEATED_BYTES = 1 << 26;
const REPEATED_AT_ONCE = 4096;

/** What an offset may mean: bytes in hex; in decimal or octal (od); lines of 16 bytes (Chrome). */
const OFFSET_UNITS: readonly ((text: string) => number)[] = [
  (text) => Number.parseInt(text, 16),
  (text) => (/^\d+$/.test(text) ? Number.parseInt(text, 10) : Number.NaN),
  (text) => (/^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN),
  (text) => Number.parseInt(text, 16) * 16,
];

/** The bytes of a hexdump. Other lines are skipped. A `*` repeats the line before it, as in hexdump -C and od. */
export async function* fromHexdump(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk[]> {
  let dump = new OffsetTracker('0');
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
      throw new Failure(INVALID, 'the hexdump shows words, whose byte order is unknown: use xxd, hexdump -C or od -t x1');
    }
    // An offset of 0 begins the next hexdump.
    if (last === undefined || /^0+$/.test(found.offset)) dump = new OffsetTracker(found.offset);
    else dump.advanceTo(found.offset);
    dump.add(found.bytes.length);
    last = found.bytes;
    yield [chunk(found.bytes)];
  }
}

/** Repeats a line for at least `bytes` bytes. */
function* repeated(line: Uint8Array, bytes: number, dump: OffsetTracker): Generator<Chunk[]> {
  const many = Buffer.concat(Array.from({ length: REPEATED_AT_ONCE }, () => line));
  for (let left = Math.ceil(bytes / line.length) * line.length; left > 0; ) {
    const part = many.subarray(0, left);
    dump.add(part.length);
    left -= part.length;
    yield [chunk(part)];
  }
}

/** The position in a hexdump, and the units in which its offsets may count, as far as its lines show. */
class OffsetTracker {
  #bytes = 0;
  #units: readonly ((text: string) => number)[];

  constructor(private readonly first: string) {
    this.#units = OFFSET_UNITS;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** @throws Failure if a line at this offset is not the next one. */
  advanceTo(offset: string): void {
    const fitting = this.#units.filter((unit) => unit(offset) - unit(this.first) === this.#bytes);
    if (fitting.length === 0) {
      const expected = (this.#units[0](this.first) + this.#bytes).toString(16);
      throw new Failure(INVALID, `expected the hexdump to continue at 0x${expected}, got 0x${offset.replace(/^0+(?=.)/, '')}`);
    }
    this.#units = fitting;
  }

  /** Bytes that a `*` before this offset stands for. */
  repeatedTo(offset: string): number {
    // od prints seven digits, in octal.
    const likely = this.first.length === 7 ? [...this.#units].reverse() : this.#units;
    const counts = likely.map((unit) => unit(offset) - unit(this.first) - this.#bytes);
    const count = counts.find((one) => one >= 0) ?? 0;
    if (count > MAX_REPEATED_BYTES)
      throw new Failure(INVALID, `the hexdump repeats a line for ${count} bytes, limit ${MAX_REPEATED_BYTES}`);
    return count;
  }
}

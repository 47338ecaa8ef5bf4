import { Capture } from '../capture/capture.js';
import { Failure, INVALID } from '../exit.js';
import { type Chunk, chunk } from './chunk.js';
import { linesOf } from './lines.js';
import type { Talk } from './talk.js';

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

// What tcpdump -x, -X, -xx or -XX prints: a capture in text.

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

// A line of a hexdump, of any of the usual kinds:
//
//   00000010: 7218 0a04 0801 1001  r.......            xxd, Chrome
//   00000010  72 18 0a 04 08 01 10 01  |r.......|      hexdump -C
//   0000020 72 18 0a 04 08 01 10 01                    od -A x -t x1
//   0010   72 18 0a 04 08 01 10 01  r.......            Wireshark
//   	0x0010:  7218 0a04 0801 1001                       tcpdump
const LINE = /^\s*(?:0x)?([0-9a-f]{4,16})(:?)[ \t]+(?=[0-9a-f]{2})/i;

/** A line, read. */
interface DumpLine {
  /** As it stands there: what it counts, and in which base, shows in the next line. */
  readonly offset: string;
  readonly bytes: Uint8Array;
  /** Its groups are numbers of 16 bits or more, in the byte order of some machine: what hexdump and od print unless told otherwise. */
  readonly isWords: boolean;
}

export function isDumpLine(line: string): boolean {
  return dumpLine(line) !== undefined;
}

export function isTcpdumpLine(line: string): boolean {
  return /^\s+0x[0-9a-f]{4}:\s+[0-9a-f]{2}/i.test(line);
}

/** Also of the last line, which has no bytes behind its offset. */
function offsetText(line: string): string | undefined {
  return /^\s*(?:0x)?([0-9a-f]{4,16})(?::|\s|$)/i.exec(line)?.[1];
}

/** Undefined for what is no line of a hexdump. */
function dumpLine(line: string): DumpLine | undefined {
  const start = LINE.exec(line);
  if (start === null) return undefined;
  const [whole, offset, colon] = start;
  const rest = line.slice(whole.length);
  const groupDigits = /^[0-9a-f]*/i.exec(rest)![0].length;
  // Groups that are all as long, and no offset: hex.
  if (colon === '' && groupDigits === offset.length) return undefined;
  const hex = hexOf(rest, colon === ':');
  if (hex.length % 2 !== 0 || hex === '') return undefined;
  return { offset, bytes: Buffer.from(hex, 'hex'), isWords: colon === '' && groupDigits > 2 };
}

/** The hex digits of a line, up to the characters at its end, which may look like hex too. */
function hexOf(text: string, isColon: boolean): string {
  const group = /( *)([0-9a-f]+)(?= |$)/iy;
  let hex = '';
  for (let found = group.exec(text); found !== null; found = group.exec(text)) {
    const [, gap, digits] = found;
    // Between groups stands one space; in the middle of 16 bytes two, where there is no colon in front.
    const isMiddle = !isColon && gap.length === 2 && hex.length === 16;
    if (hex !== '' && gap.length > 1 && !isMiddle) break;
    if (digits.length % 2 !== 0 || digits.length > 8 || hex.length + digits.length > 64) break;
    hex += digits;
  }
  return hex;
}

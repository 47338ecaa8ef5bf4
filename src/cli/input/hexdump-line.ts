// A line of a hexdump, of any of the usual kinds:
//
//   00000010: 7218 0a04 0801 1001  r.......            xxd, Chrome
//   00000010  72 18 0a 04 08 01 10 01  |r.......|      hexdump -C
//   0000020 72 18 0a 04 08 01 10 01                    od -A x -t x1
//   0010   72 18 0a 04 08 01 10 01  r.......            Wireshark
//   	0x0010:  7218 0a04 0801 1001                       tcpdump
const LINE = /^\s*(?:0x)?([0-9a-f]{4,16})(:?)[ \t]+(?=[0-9a-f]{2})/i;

/** A line, read. */
export interface DumpLine {
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
export function offsetText(line: string): string | undefined {
  return /^\s*(?:0x)?([0-9a-f]{4,16})(?::|\s|$)/i.exec(line)?.[1];
}

/** Undefined for what is no line of a hexdump. */
export function dumpLine(line: string): DumpLine | undefined {
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

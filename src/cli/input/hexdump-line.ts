// A line of a hexdump, in any of the usual formats:
//
//   00000010: 7218 0a04 0801 1001  r.......            xxd, Chrome
//   00000010  72 18 0a 04 08 01 10 01  |r.......|      hexdump -C
//   0000020 72 18 0a 04 08 01 10 01                    od -A x -t x1
//   0010   72 18 0a 04 08 01 10 01  r.......            Wireshark
//   	0x0010:  7218 0a04 0801 1001                       tcpdump
const LINE = /^\s*(?:0x)?([0-9a-f]{4,16})(:?)[ \t]+(?=[0-9a-f]{2})/i;

/** A parsed line. */
export interface DumpLine {
  /** The digits of the offset: their unit and base show in the next line. */
  readonly offset: string;
  readonly bytes: Uint8Array;
  /** Its groups are numbers of 16 bits or more in an unknown byte order: the default of hexdump and od. */
  readonly isWords: boolean;
}

export function isDumpLine(line: string): boolean {
  return dumpLine(line) !== undefined;
}

export function isTcpdumpLine(line: string): boolean {
  return /^\s+0x[0-9a-f]{4}:\s+[0-9a-f]{2}/i.test(line);
}

/** The offset of a line. The last line of a hexdump has only an offset. */
export function offsetText(line: string): string | undefined {
  return /^\s*(?:0x)?([0-9a-f]{4,16})(?::|\s|$)/i.exec(line)?.[1];
}

/** Undefined if it is not a line of a hexdump. */
export function dumpLine(line: string): DumpLine | undefined {
  const start = LINE.exec(line);
  if (start === null) return undefined;
  const [whole, offset, colon] = start;
  const rest = line.slice(whole.length);
  const groupDigits = /^[0-9a-f]*/i.exec(rest)![0].length;
  // Groups of equal length without an offset: plain hex.
  if (colon === '' && groupDigits === offset.length) return undefined;
  const hex = hexOf(rest, colon === ':');
  if (hex.length % 2 !== 0 || hex === '') return undefined;
  return { offset, bytes: Buffer.from(hex, 'hex'), isWords: colon === '' && groupDigits > 2 };
}

/** The hex digits of a line, without the text column, which may look like hex too. */
function hexOf(text: string, isColon: boolean): string {
  const group = /( *)([0-9a-f]+)(?= |$)/iy;
  let hex = '';
  for (let found = group.exec(text); found !== null; found = group.exec(text)) {
    const [, gap, digits] = found;
    // Groups are separated by one space; by two in the middle of 16 bytes, if the offset has no colon.
    const isMiddle = !isColon && gap.length === 2 && hex.length === 16;
    if (hex !== '' && gap.length > 1 && !isMiddle) break;
    if (digits.length % 2 !== 0 || digits.length > 8 || hex.length + digits.length > 64) break;
    hex += digits;
  }
  return hex;
}

// Detects the format of the input from its first bytes.
import type { FORMATS } from '../commands.js';
import { Failure, INVALID } from '../exit.js';
import { isDumpLine, isTcpdumpLine } from './hexdump-line.js';
import { BETWEEN } from './text-formats.js';
import { withoutMark } from './unicode.js';

export type Format = (typeof FORMATS)[number];

/** Bytes of the input that are examined. */
export const HEAD_BYTES = 4096;

/** The formats of capture files, by their first four bytes. */
const CAPTURES: Readonly<Record<string, Format>> = {
  d4c3b2a1: 'pcap',
  a1b2c3d4: 'pcap',
  '4d3cb2a1': 'pcap',
  a1b23c4d: 'pcap',
  '0a0d0d0a': 'pcapng',
};

const REFUSED: readonly (readonly [hex: string, what: string])[] = [
  ['1f8b', 'compressed with gzip: use gzip -dc FILE | im-protocol ...'],
  ['28b52ffd', 'compressed with zstd: use zstd -dc FILE | im-protocol ...'],
  ['504b0304', 'a zip file'],
  ['34cdb2a1', 'a pcap file in the modified format of Kuznetzov, which is not supported'],
  ['a1b2cd34', 'a pcap file in the modified format of Kuznetzov, which is not supported'],
];

/** Bytes of a text that are enough to detect its format. */
const LINE_BYTES = 80;

/** True if the first bytes of a slow input are enough: a binary format, or a line of text. */
export function isEnough(head: Uint8Array): boolean {
  return head.length >= LINE_BYTES || head[0] === 0 || head.includes(0x0a) || CAPTURES[startOf(head)] !== undefined;
}

function startOf(head: Uint8Array): string {
  return Buffer.from(head.subarray(0, 4)).toString('hex');
}

/** @throws Failure for known formats that are not supported. */
export function detectFormat(head: Uint8Array): Format {
  const hex = startOf(head);
  if (CAPTURES[hex] !== undefined) return CAPTURES[hex];
  const refused = REFUSED.find(([start]) => hex.startsWith(start));
  if (refused !== undefined) throw new Failure(INVALID, `the input is ${refused[1]}`);
  // "The first byte of every frame is therefore 0", and no text begins with it.
  const text = head.length === 0 || head[0] === 0 ? undefined : textOf(withoutMark(head));
  if (text === undefined) return 'raw';
  const lines = text.split(/\r?\n/).slice(0, 20);
  if (lines.some(isTcpdumpLine)) return 'tcpdump';
  if (isDumpLine(lines.find((line) => line.trim() !== '') ?? '')) return 'hexdump';
  if (/^\s*\{\s*"log"\s*:/.test(text)) return 'har';
  return detectEncoding(text) ?? 'raw';
}

/** Hex or base64. If it may be both, the one in which the first byte is 0. */
export function detectEncoding(text: string): 'hex' | 'base64' | undefined {
  const packed = text.replace(BETWEEN, '');
  const isHex = packed !== '' && /^[0-9a-f]*$/i.test(packed);
  // Padding ends a line.
  const isBase64 = /^[A-Za-z0-9+/=_\s-]*$/.test(text) && /[A-Za-z0-9]/.test(text) && !/=[^=\s]/.test(text);
  if (isHex && (packed.startsWith('00') || !/^\s*AA/.test(text))) return 'hex';
  return isBase64 ? 'base64' : isHex ? 'hex' : undefined;
}

/** Undefined if the bytes are not text. The last character may be cut. */
function textOf(head: Uint8Array): string | undefined {
  if (!head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return undefined;
  }
}

/** True if an argument that names no file is the input itself. All base64 of frames begins with AA: other words are misspelt file names. */
export function isInputItself(text: string, from: string | undefined): boolean {
  const encoding = detectEncoding(text);
  return encoding !== undefined && (from !== undefined || encoding === 'hex' || /^\s*AA/.test(text));
}

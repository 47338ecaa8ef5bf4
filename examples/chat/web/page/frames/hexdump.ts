// The bytes of a frame, eight a line: offset, hex, characters. Every byte is there twice, with its index.
import { element } from './element.js';
import type { Part } from './inspect.js';

const BYTES_PER_LINE = 8;
/** The maximum number of bytes shown of a large frame. */
const MAX_BYTES = 4096;

export function hexdump(bytes: Uint8Array, parts: readonly Part[]): HTMLElement {
  const isSecret = secretBytes(parts);
  const dump = element('pre', { class: 'dump', 'aria-label': 'Bytes in hex' });
  const end = Math.min(bytes.length, MAX_BYTES);
  let skipped = 0;
  for (let at = 0; at < end; at += BYTES_PER_LINE) {
    const isWhole = (from: number): boolean => lineFrom(from).every(isSecret);
    // Of a long secret the first line is enough.
    if (isWhole(at) && isWhole(at - BYTES_PER_LINE)) skipped += BYTES_PER_LINE;
    else {
      if (skipped > 0) dump.append(element('span', { class: 'offset' }, `      ${skipped} bytes more of it\n`));
      skipped = 0;
      dump.append(...line(bytes, at, end, isSecret));
    }
  }
  if (end < bytes.length) dump.append(`… and ${bytes.length - end} bytes more`);
  return dump;
}

function line(bytes: Uint8Array, at: number, end: number, isSecret: (index: number) => boolean): (Node | string)[] {
  const cells = (show: (index: number) => string, blank: string): Node[] =>
    lineFrom(at).map((i) => element('span', i < end ? { 'data-byte': String(i) } : {}, i < end ? show(i) : blank));
  return [
    element('span', { class: 'offset' }, at.toString(16).padStart(4, '0')),
    element('span', { class: 'hex' }, ...cells((i) => (isSecret(i) ? '••' : hex(bytes[i])), '  ')),
    element('span', { class: 'ascii', 'aria-hidden': 'true' }, ...cells((i) => (isSecret(i) ? '•' : character(bytes[i])), ' ')),
    '\n',
  ];
}

/** The indices of the bytes of a line. */
function lineFrom(at: number): number[] {
  return Array.from({ length: BYTES_PER_LINE }, (_, i) => at + i);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function character(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
}

/** Determines the bytes to hide. */
function secretBytes(parts: readonly Part[]): (index: number) => boolean {
  const ranges = (list: readonly Part[]): [number, number][] =>
    list.flatMap((part) => [
      ...(part.secretFrom === undefined ? [] : [[part.secretFrom, part.end] as [number, number]]),
      ...ranges(part.parts),
    ]);
  const secrets = ranges(parts);
  return (index) => secrets.some(([from, to]) => index >= from && index < to);
}

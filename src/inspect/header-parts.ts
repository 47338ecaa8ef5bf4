// The parts of the eight-byte header.
import { judgeHeader, type ReadRules } from '../codec/read-frame.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { CRITICAL_FLAGS, FLAG_COMPRESSED, FLAG_IGNORABLE, HEADER_BYTES } from '../limits.js';
import { lastOf } from '../wire/older-engines.js';
import { createPart, type PartDraft } from './part.js';
import { bytesText } from './value-text.js';

/** The complete header fields in b[start, end); the bytes of an incomplete one are `unread`. */
export function headerParts(b: Uint8Array, start: number, end: number, rules: ReadRules): PartDraft[] {
  const parts: PartDraft[] = [];
  for (const { name, size, text } of FIELDS) {
    const at = lastOf(parts)?.end ?? start;
    if (at + size > end) {
      if (at < end) parts.push(createPart('unread', 'unread', at, end, `${bytesText(end - at)} of ${size}: ${name}`));
      break;
    }
    const part = createPart('header', name, at, at + size);
    part.type = `uint${size * 8}`;
    const value = numberAt(b, at, size);
    part.value = value;
    part.text = text(value, rules);
    parts.push(part);
  }
  return parts;
}

const FIELDS: readonly { name: string; size: number; text(value: number, rules: ReadRules): string }[] = [
  { name: 'length', size: 4, text: (value) => `${value} bytes follow` },
  { name: 'version', size: 1, text: (value) => (value === 0 ? '0 = handshake' : String(value)) },
  { name: 'type', size: 1, text: (value, { types }) => `${value} = ${types[value]?.name ?? 'unknown'}` },
  { name: 'flags', size: 2, text: flagsText },
];

function numberAt(b: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + b[at + i];
  return value;
}

function flagsText(flags: number): string {
  if (flags === 0) return 'none';
  const rest = flags & ~(FLAG_COMPRESSED | FLAG_IGNORABLE);
  const hex = (bits: number): string => `0x${bits.toString(16).padStart(4, '0')}`;
  const names = [
    ...(flags & FLAG_COMPRESSED ? ['COMPRESSED'] : []),
    ...(flags & FLAG_IGNORABLE ? ['IGNORABLE'] : []),
    ...(rest === 0 ? [] : [hex(rest)]),
  ];
  return `${hex(flags)} = ${names.join(' | ')}`;
}

/**
 * All errors of a complete header; offsets count from its first byte.
 * @param isKnown the caller knows the type, although the rules do not.
 */
export function headerErrors(b: Uint8Array, start: number, rules: ReadRules, isKnown: boolean): ProtocolError[] {
  const version = b[start + 4];
  const flags = (b[start + 6] << 8) | b[start + 7];
  const known = rules.types.findIndex((entry) => entry !== undefined && entry.handshake === (version === 0));
  const type = isKnown ? known : b[start + 5];
  const typeError = errorOf(() => judgeHeader(version, type, flags & ~CRITICAL_FLAGS, rules));
  // The flags are checked separately, as if the rest were valid.
  const flagsError = errorOf(() => judgeHeader(version === 0 ? 0 : (rules.version ?? 1), known, flags, rules));
  return [typeError, flagsError].filter((error) => error !== undefined);
}

function errorOf(check: () => unknown): ProtocolError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
}

/** The header field that contains an offset of the frame; otherwise the last part. */
export function headerPartAt(parts: readonly PartDraft[], offset: number | undefined): PartDraft {
  const start = parts[0].start + (offset ?? HEADER_BYTES);
  return parts.find((part) => part.start <= start && start < part.end) ?? lastOf(parts)!;
}

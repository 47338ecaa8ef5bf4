// Bytes of a message as a tree of fields, to be changed at any depth and written again: lengths follow, unless a wrong one is wanted.
import type { MessageTable } from '../../src/wire/table.js';

/** A field on the wire. */
export interface WireField {
  /** The tag's bytes. */
  tag: Uint8Array;
  number: number;
  wireType: number;
  /** The value's bytes behind the length; of a message or map entry its fields. */
  body: Uint8Array | WireField[];
  /** The length's bytes, where they are not those of the body. */
  length?: Uint8Array;
  /** What the fields of the body belong to. */
  table?: MessageTable | undefined;
}

/** A varint, in as many bytes as it takes or with `padding` bytes more. */
export function varint(value: number | bigint, padding = 0): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  for (let i = 0; i < padding; i++) {
    bytes[bytes.length - 1] |= 128;
    bytes.push(0);
  }
  return Uint8Array.from(bytes);
}

/** The fields of valid bytes; undefined if they are not. */
export function parse(table: MessageTable | undefined, bytes: Uint8Array): WireField[] | undefined {
  const fields: WireField[] = [];
  for (let p = 0; p < bytes.length; ) {
    const tagEnd = varintEnd(bytes, p);
    const tag = bytes.subarray(p, tagEnd);
    const value = varintAt(tag);
    const wireType = value % 8;
    let end = varintEnd(bytes, tagEnd);
    let start = tagEnd;
    if (wireType === 1) end = tagEnd + 8;
    else if (wireType === 5) end = tagEnd + 4;
    else if (wireType === 2) {
      start = end;
      end += varintAt(bytes.subarray(tagEnd, end));
    } else if (wireType !== 0) return undefined;
    if (end > bytes.length) return undefined;
    fields.push(fieldOf(table, tag, bytes.subarray(start, end)));
    p = end;
  }
  return fields;
}

function fieldOf(table: MessageTable | undefined, tag: Uint8Array, bytes: Uint8Array): WireField {
  const number = Math.floor(varintAt(tag) / 8);
  const wireType = varintAt(tag) % 8;
  const known = table?.fields.find((field) => field.number === number);
  const within = known?.message?.();
  const isEntry = known?.kind === 'map';
  const body = wireType === 2 && (within || isEntry) ? parse(isEntry ? undefined : within, bytes) : undefined;
  return { tag, number, wireType, body: body ?? bytes, table: isEntry ? undefined : within };
}

/** A copy of a field that can be changed by itself. */
export function copyOf(field: WireField): WireField {
  return { ...field, body: Array.isArray(field.body) ? field.body.map(copyOf) : field.body };
}

/** Their bytes. */
export function serialize(fields: readonly WireField[]): Uint8Array {
  const parts: Uint8Array[] = [];
  write(fields, parts);
  return new Uint8Array(Buffer.concat(parts));
}

function write(fields: readonly WireField[], parts: Uint8Array[]): number {
  let size = 0;
  for (const { tag, wireType, body, length } of fields) {
    const at = parts.push(tag, tag) - 1;
    const bodySize = Array.isArray(body) ? write(body, parts) : body.length;
    if (!Array.isArray(body)) parts.push(body);
    parts[at] = wireType === 2 ? (length ?? varint(bodySize)) : new Uint8Array(0);
    size += tag.length + parts[at].length + bodySize;
  }
  return size;
}

function varintEnd(bytes: Uint8Array, p: number): number {
  while (p < bytes.length && bytes[p] > 127) p++;
  return p + 1;
}

function varintAt(bytes: Uint8Array): number {
  let value = 0;
  for (let i = 0; i < bytes.length; i++) value += (bytes[i] & 127) * 2 ** (7 * i);
  return value;
}

// Which bytes of a frame say what: its header and, by the tables of the schema, every field of its message.
import {
  FLAG_COMPRESSED,
  HEADER_BYTES,
  Hello,
  peekFrame,
  ReceiveInfo,
  Reject,
  SendInfo,
  SendResult,
  Welcome,
} from '@im/protocol';
import type { JsonType } from '@im/protocol/json';

type Table = JsonType['generated']['table'];
type Field = Table['fields'][number];

/** A part of a frame: bytes from `start` up to, but not including, `end`; of a field its tag and length are among them. */
export interface Part {
  readonly name: string;
  /** For people; of a secret it says nothing. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly parts: readonly Part[];
  /** Where the bytes begin that nobody shall see; they end with the part. */
  readonly secretFrom?: number;
}

const MESSAGES: Readonly<Record<string, JsonType>> = { Hello, Welcome, Reject, SendInfo, ReceiveInfo, SendResult };
/** Field numbers of the entries of a map: key and value. */
const ENTRY = { key: 1, value: 2 };
const text = new TextDecoder();

/** The parts of one whole frame, in the order of their bytes. @throws ProtocolError for what is no frame, or no message in it. */
export function inspectFrame(bytes: Uint8Array): Part[] {
  const { frameBytes, version, type, typeNumber, flags } = peekFrame(bytes);
  const part = (name: string, value: string, start: number, end: number): Part => ({ name, value, start, end, parts: [] });
  const header = [
    part('length', `${frameBytes - 4} bytes follow`, 0, 4),
    part('version', version === 0 ? '0 = handshake' : String(version), 4, 5),
    part('type', `${typeNumber} = ${type ?? 'unknown'}`, 5, 6),
    part('flags', flags === 0 ? 'none' : `0x${flags.toString(16).padStart(4, '0')}`, 6, 8),
  ];
  const message = type === undefined ? undefined : MESSAGES[type];
  if (bytes.length === HEADER_BYTES) return header;
  if (message === undefined || (flags & FLAG_COMPRESSED) !== 0) {
    return [...header, part('payload', `${bytes.length - HEADER_BYTES} bytes`, HEADER_BYTES, bytes.length)];
  }
  return [...header, ...readMessage(bytes, message.generated.table, HEADER_BYTES, bytes.length)];
}

/** The fields of a message in b[at, end). Its bytes are sound: the library has read them. */
function readMessage(b: Uint8Array, { fields }: Pick<Table, 'fields'>, at: number, end: number): Part[] {
  const parts: Part[] = [];
  for (let start = at; start < end; start = parts.at(-1)!.end) {
    const [tag, afterTag] = varint(b, start);
    const number = Number(tag >> 3n);
    const [from, to] = extent(b, Number(tag & 7n), afterTag, end);
    const field = fields.find((one) => one.number === number);
    if (field === undefined)
      parts.push({ name: `field ${number}`, value: `unknown, ${to - from} bytes`, start, end: to, parts: [] });
    else parts.push(readField(b, field, start, from, to));
  }
  return parts;
}

/** A field whose tag is at `start`, and whose value is b[from, to). */
function readField(b: Uint8Array, field: Field, start: number, from: number, to: number): Part {
  const { name, kind, type, sensitive } = field;
  const place = { name: kind === 'list' ? `${name}[]` : name, start, end: to };
  if (sensitive) return { ...place, value: '[redacted]', parts: [], secretFrom: from };
  if (kind === 'map') {
    const { kind: _, ...value } = { ...field, name: 'value', number: ENTRY.value };
    const entry = { fields: [{ number: ENTRY.key, name: 'key', type: field.key! }, value] };
    return { ...place, value: 'entry', parts: readMessage(b, entry, from, to) };
  }
  if (type === 'message') {
    return { ...place, value: `${to - from} bytes`, parts: readMessage(b, field.message!(), from, to) };
  }
  const isPacked = kind === 'list' && type !== 'string' && type !== 'bytes' && (b[start] & 7) === 2;
  return { ...place, value: isPacked ? readPacked(b, field, from, to) : readValue(b, field, from, to), parts: [] };
}

function readPacked(b: Uint8Array, field: Field, from: number, to: number): string {
  const wireType = /fixed64|double/.test(field.type) ? 1 : /fixed32|float/.test(field.type) ? 5 : 0;
  const values: string[] = [];
  for (let at = from; at < to; ) {
    const [, next] = extent(b, wireType, at, to);
    values.push(readValue(b, field, at, next));
    at = next;
  }
  return values.join(', ');
}

function readValue(b: Uint8Array, field: Field, from: number, to: number): string {
  const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
  switch (field.type) {
    case 'string':
      return JSON.stringify(text.decode(b.subarray(from, to)));
    case 'bytes':
      return `${to - from} bytes`;
    case 'double':
      return String(view.getFloat64(from, true));
    case 'float':
      return String(view.getFloat32(from, true));
    case 'fixed32':
      return String(view.getUint32(from, true));
    case 'sfixed32':
      return String(view.getInt32(from, true));
    case 'fixed64':
      return String(view.getBigUint64(from, true));
    case 'sfixed64':
      return String(view.getBigInt64(from, true));
    default:
      return integer(field, varint(b, from)[0]);
  }
}

/** An integer that came as a varint. */
function integer({ name, type, enum: names }: Field, raw: bigint): string {
  if (type === 'bool') return String(raw !== 0n);
  if (type === 'sint32' || type === 'sint64') return String((raw >> 1n) ^ -(raw & 1n));
  const value = type === 'uint32' || type === 'uint64' ? raw : BigInt.asIntN(64, raw);
  if (names !== undefined) return `${value} = ${valueName(names(), Number(value))}`;
  return /(At|Time)Ms$/.test(name) && value > 0n ? `${value} = ${new Date(Number(value)).toISOString()}` : String(value);
}

/** `LOGIN` of `COMMAND_LOGIN`: all values of an enum begin with its name. */
function valueName({ name, values }: ReturnType<NonNullable<Field['enum']>>, value: number): string {
  const prefix = name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase();
  return values[value]?.replace(`${prefix}_`, '') ?? 'unknown';
}

/** Where the value of a field in b[..., end) begins and ends; `at` is behind its tag. */
function extent(b: Uint8Array, wireType: number, at: number, end: number): [from: number, to: number] {
  switch (wireType) {
    case 0:
      return [at, varint(b, at)[1]];
    case 1:
      return [at, at + 8];
    case 5:
      return [at, at + 4];
    case 2: {
      const [length, from] = varint(b, at);
      return [from, from + Number(length)];
    }
    // A group: no schema of ours has one, and what comes behind it is shown together with it.
    default:
      return [at, end];
  }
}

function varint(b: Uint8Array, start: number): [value: bigint, end: number] {
  let value = 0n;
  let at = start;
  for (let shift = 0n; ; shift += 7n) {
    value |= BigInt(b[at] & 0x7f) << shift;
    at += 1;
    if (b[at - 1] < 0x80) return [value, at];
  }
}

// The two decoders that we did not write. What they decode is turned into the form of our messages, so that it can be compared.
import { type DescField, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import protobuf from 'protobufjs';
import type { FieldTable, MessageTable } from '../../src/wire/table.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import type { Subject } from './subject.js';
import { varint } from './wire-tree.js';

/** A message in the form of ours. */
export type Message = Record<string | symbol, unknown>;

/** A decoder to compare with. */
export interface Peer {
  readonly name: string;
  /** Throws what the peer throws. */
  decode(subject: Subject, bytes: Uint8Array): Message;
}

const EMPTY = new Uint8Array(0);

// It drops what it does not know unless it is told to keep it.
protobuf.Reader.discardUnknown = false;

export const PEERS: readonly Peer[] = [
  {
    name: 'protobufjs',
    decode: ({ codec, protobufjs }, bytes) =>
      fromProtobufjs(codec.generated.table, protobufjs, protobufjs.decode(bytes) as unknown as Message),
  },
  {
    name: '@bufbuild/protobuf',
    decode: ({ codec, protobufEs }, bytes) =>
      fromProtobufEs(codec.generated.table, protobufEs, fromBinary(protobufEs, bytes) as unknown as Message),
  },
];

function fromProtobufjs(table: MessageTable, type: protobuf.Type, from: Message): Message {
  const out: Message = {};
  for (const field of table.fields) {
    const theirs = type.fieldsById[field.number].resolve();
    const { name } = theirs;
    const one = (value: unknown): unknown => {
      if (field.message) return fromProtobufjs(field.message(), theirs.resolvedType as protobuf.Type, value as Message);
      // It gives the default of bytes as a list.
      if (field.type === 'bytes') return Array.isArray(value) ? EMPTY : value;
      return isLong(field.type) ? toBigInt(field.type, value) : value;
    };
    if (field.oneof !== undefined) {
      out[field.oneof] ??= undefined;
      const chosen = from[(theirs.partOf as protobuf.OneOf).name] === name;
      if (chosen) out[field.oneof] = { $case: field.name, value: one(from[name]) };
    } else out[field.name] = plainField(field, from, name, protobufjsKey, one);
  }
  keep(out, (from.$unknowns as Uint8Array[] | undefined) ?? []);
  return out;
}

function fromProtobufEs(table: MessageTable, desc: DescMessage, from: Message): Message {
  const out: Message = {};
  const byNumber = fieldsOf(desc);
  for (const field of table.fields) {
    const theirs = byNumber.get(field.number) as DescField;
    const one = (value: unknown): unknown =>
      field.message ? fromProtobufEs(field.message(), theirs.message as DescMessage, value as Message) : value;
    if (field.oneof !== undefined) {
      out[field.oneof] ??= undefined;
      const member = from[theirs.oneof?.localName as string] as { case?: string; value?: unknown };
      if (member.case === theirs.localName) out[field.oneof] = { $case: field.name, value: one(member.value) };
    } else out[field.name] = plainField(field, from, theirs.localName, protobufEsKey, one);
  }
  const unknown = (from.$unknown as { no: number; wireType: number; data: Uint8Array }[] | undefined) ?? [];
  const parts = unknown.flatMap(({ no, wireType, data }) => [varint(no * 8 + wireType), data]);
  keep(out, parts);
  return out;
}

/** Fields by number, once a type. */
const fields = new WeakMap<DescMessage, Map<number, DescField>>();
function fieldsOf(desc: DescMessage): Map<number, DescField> {
  let map = fields.get(desc);
  if (!map) {
    map = new Map(desc.fields.map((field) => [field.number, field]));
    fields.set(desc, map);
  }
  return map;
}

type One = (value: unknown) => unknown;

function plainField(field: FieldTable, from: Message, name: string, key: (text: string, field: FieldTable) => unknown, one: One) {
  const value = from[name];
  if (field.kind === 'list') return (value as unknown[]).map(one);
  if (field.kind === 'map') {
    const entries = Object.entries(value as object);
    const map = new Map(entries.map(([k, v]) => [key(k, field), one(v)]));
    if (map.size < entries.length) throw new Error('one key of a map twice');
    return map;
  }
  if ((field.optional || field.message) && !(Object.hasOwn(from, name) && value != null)) return undefined;
  return one(value);
}

const isLong = (type: string): boolean => type.endsWith('64');

function toBigInt(type: string, value: unknown): bigint {
  if (typeof value === 'number') return BigInt(value);
  const { low, high } = value as { low: number; high: number };
  const bits = (BigInt(high) << 32n) | BigInt(low >>> 0);
  return type === 'uint64' || type === 'fixed64' ? BigInt.asUintN(64, bits) : BigInt.asIntN(64, bits);
}

/** protobufjs keys maps of 64-bit integers by eight characters, a byte each; a key that was left out by the number 0. */
function protobufjsKey(text: string, field: FieldTable): unknown {
  const type = field.key as string;
  if (!isLong(type) || text === '0') return protobufEsKey(text, field);
  return toBigInt(type, protobuf.util.longFromHash(text, false));
}

function protobufEsKey(text: string, { key: type }: FieldTable): unknown {
  if (type === 'string') return text;
  if (type === 'bool') return text === 'true';
  return isLong(type as string) ? BigInt(text) : Number(text);
}

function keep(out: Message, unknown: readonly Uint8Array[]): void {
  if (unknown.length > 0) out[UNKNOWN_FIELDS] = new Uint8Array(Buffer.concat(unknown));
}

// Writes any message by its plan: checks keys and types, marks what is newer than version 1 (../newer.ts), and writes the fields in ascending
// order of their numbers, as generated `estimate*` and `write*` functions do.
import { MAX_DEPTH } from '../../limits.js';
import { checkMember, listOf, mapOf, messageOf, requirePlain, wrongType } from '../capacity.js';
import { putDouble, putFixed32, putFixed64, putFloat, putSfixed32, putSfixed64 } from '../fixed.js';
import { putBytes, putLongSfixed64s } from '../lists.js';
import { LOW } from '../memory.js';
import { markNewer, markNewerValue } from '../newer.js';
import { isBytes } from '../scalar.js';
import { closeLength, lengthBytes, putText } from '../text.js';
import { putUnknown, skipField, tooDeep, UNKNOWN_FIELDS } from '../unknown.js';
import { pos, tagAt } from '../varint.js';
import { putBool, putInt32, putInt64, putSint32, putSint64, putUint32, putUint64, putVarint32 } from '../write-varint.js';
import { isPlain, isSet, planOf } from './fields.js';
import { newerParts } from './newer-parts.js';
import type { FieldPlan, MessagePlan } from './plan.js';
import { out, reserve } from './scratch.js';
import { BYTES, fixedBytes, isPacked, SFIXED64, STRING, tagOf, wireTypeOf } from './types.js';

type Properties = Record<PropertyKey, unknown>;

interface Writer {
  /** The properties, in the order of the schema, and their indexes. */
  readonly names: readonly string[];
  readonly indexes: ReadonlyMap<string, number>;
  /** For each property. */
  readonly parts: readonly Part[];
  /** The number of another field is between those of a oneof's members: the order of the properties is not always that of the numbers. */
  readonly isScattered: boolean;
}

/** A field, or the members of a oneof by their names. */
interface Part {
  readonly field: FieldPlan | undefined;
  readonly members: Map<string, FieldPlan>;
}

/** Room for a tag and a number, or a tag and a length, and for the head of a map entry. */
const HEAD = 32;

/** Values that cannot be written are left out. */
let lenient = false;

/** Returns the former value. */
export function setLenient(value: boolean): boolean {
  const former = lenient;
  lenient = value;
  return former;
}

/** Writes the message at `p` of the scratch memory, at depth `d`, and returns the index after it. */
export function putMessage(plan: MessagePlan, m: Properties, p: number, d: number): number {
  if (d > MAX_DEPTH) throw tooDeep(-1);
  const { names, indexes, parts, isScattered } = (plan.writer as Writer | undefined) ?? prepareWriter(plan);
  const start = p;
  let count = 0;
  let last = -1;
  let i = 0;
  for (const key in m) {
    // Nearly all messages have their properties in the order of the schema.
    if (key !== names[i]) i = indexes.get(key) ?? unknownKey();
    const value = m[key];
    if (value !== undefined) {
      const end = putPart(parts[i], value, p, d);
      if (i < last || isScattered) moveBack(start, p, end);
      else last = i;
      p = end;
    }
    i += 1;
    count += 1;
  }
  if ((count < names.length || count === 0) && !isPlain(m)) p = putInherited(names, parts, m, start, p, d);
  const unknown = m[UNKNOWN_FIELDS];
  if (unknown === undefined) return p;
  reserve(p, bytesOf(unknown).length);
  return putUnknown(unknown as Uint8Array, out, p);
}

function unknownKey(): never {
  throw wrongType();
}

/** Writes what the message inherits from accessors of a class: they are not among its keys. */
function putInherited(
  names: readonly string[],
  parts: readonly Part[],
  m: Properties,
  start: number,
  p: number,
  d: number,
): number {
  const keys = new Set<string>();
  for (const key in m) keys.add(key);
  // A Map, a Date and an empty array have no keys either.
  if (keys.size === 0) requirePlain(m);
  for (let i = 0; i < names.length; i++) {
    const value = keys.has(names[i]) ? undefined : m[names[i]];
    if (value === undefined) continue;
    const end = putPart(parts[i], value, p, d);
    moveBack(start, p, end);
    p = end;
  }
  return p;
}

/** Moves the field in [p, end), if there is one, to its place: before those with greater numbers, which follow `start`. */
function moveBack(start: number, p: number, end: number): void {
  // Tags without values cannot be walked over.
  if (p === end || lenient) return;
  const number = tagAt(out, p, end) >>> 3;
  let at = start;
  while (at < p) {
    const tag = tagAt(out, at, p);
    if (tag >>> 3 > number) break;
    at = skipField(out, at, tag, pos, p, 0);
  }
  const field = out.slice(p, end);
  out.copyWithin(at + field.length, at, p);
  out.set(field, at);
}

/** Writes a property, and marks it if it is newer. */
function putPart({ field, members }: Part, v: unknown, p: number, d: number): number {
  if (field === undefined) return putMember(members, v as Member, p, d);
  const end = putField(field, v, p, d);
  if (field.newer !== false && end !== p) mark(field, v);
  return end;
}

interface Member {
  readonly $case: string;
  readonly value: unknown;
}

function putMember(members: ReadonlyMap<string, FieldPlan>, member: Member, p: number, d: number): number {
  checkMember(member);
  const { $case, value } = member;
  const field = members.get($case) ?? unknownKey();
  const end = putValue(field, field.op, required(value), putTag(field.tag, p), d);
  if (field.newer !== false) mark(field, value);
  return end;
}

function putField(field: FieldPlan, v: unknown, p: number, d: number): number {
  const { kind, op } = field;
  if (kind === 'list') return putItems(field, listOf(v as readonly unknown[]), p, d);
  if (kind === 'map') return putEntries(field, mapOf(v as ReadonlyMap<unknown, unknown>), p, d);
  if (op === BYTES) bytesOf(v);
  return isSet(field, v) ? putValue(field, op, v, putTag(field.tag, p), d) : p;
}

/** Marks a field that was written. */
function mark({ newer, kind }: FieldPlan, v: unknown): void {
  if (typeof newer === 'object' && kind === undefined) markNewerValue(v, newer.first, newer.last);
  else markNewer();
}

function putTag(tag: number, p: number): number {
  reserve(p, HEAD);
  if (tag > 127) return putVarint32(tag, out, p);
  out[p] = tag;
  return p + 1;
}

/** Refuses null and undefined. */
function required(v: unknown): unknown {
  if (v === undefined || v === null) throw wrongType();
  return v;
}

function bytesOf(v: unknown): Uint8Array {
  if (!isBytes(v)) throw wrongType();
  return v;
}

function putValue(field: FieldPlan, op: number, v: unknown, p: number, d: number): number {
  if (op > BYTES) return putNested(field, messageOf(v as Properties), p, d);
  if (op === BYTES) {
    reserve(p, bytesOf(v).length + HEAD);
    return putBytes(v as Uint8Array, out, p);
  }
  if (op === STRING) {
    if (typeof v !== 'string') throw wrongType();
    reserve(p, v.length * 3 + HEAD);
  }
  if (!lenient) return putScalar(op, v, p);
  try {
    return putScalar(op, v, p);
  } catch {
    return p;
  }
}

function putScalar(op: number, v: unknown, p: number): number {
  switch (op) {
    case 0:
    case 1:
      return putInt32(v as number, out, p);
    case 2:
      return putUint32(v as number, out, p);
    case 3:
      return putSint32(v as number, out, p);
    case 4:
      return putInt64(v as bigint, out, p);
    case 5:
      return putUint64(v as bigint, out, p);
    case 6:
      return putSint64(v as bigint, out, p);
    case 7:
      return putBool(v as boolean, out, p);
    case 8:
      return putFixed32(v as number, out, p);
    case 9:
      return putSfixed32(v as number, out, p);
    case 10:
      return putFloat(v as number, out, p);
    case 11:
      return putFixed64(v as bigint, out, p);
    case 12:
      return putSfixed64(v as bigint, out, p);
    case 13:
      return putDouble(v as number, out, p);
    default:
      return putText(v as string, out, p);
  }
}

/** The length precedes the message: as many bytes are reserved as the last one of the field took, and the message is moved if that was wrong. */
function putNested(field: FieldPlan, m: Properties, p: number, d: number): number {
  const { reserved } = field;
  const end = putMessage(planOf(field), m, p + reserved, d + 1);
  field.reserved = lengthBytes(end - p - reserved);
  reserve(end, HEAD);
  return closeLength(out, p, reserved, end);
}

function putItems(field: FieldPlan, list: readonly unknown[], p: number, d: number): number {
  const { op, tag } = field;
  if (list.length === 0) return p;
  if (!isPacked(field)) {
    for (let i = 0; i < list.length; i++) p = putValue(field, op, list[i], putTag(tag, p), d);
    return p;
  }
  p = putTag(tag, p);
  const size = fixedBytes(op);
  reserve(p, list.length * (size || 10) + HEAD);
  if (op === SFIXED64 && LOW === 0 && list.length > 7 && !lenient) return putLongSfixed64s(list as readonly bigint[], out, p);
  const start = p;
  const reserved = lengthBytes(list.length * (size || 1));
  p += reserved;
  for (let i = 0; i < list.length; i++) p = putValue(field, op, list[i], p, d);
  return closeLength(out, start, reserved, p);
}

/** An entry is a message: key 1, value 2, both always written. */
function putEntries(field: FieldPlan, map: ReadonlyMap<unknown, unknown>, p: number, d: number): number {
  const { op, keyOp, tag } = field;
  const keyTag = tagOf(1, wireTypeOf(keyOp));
  const valueTag = tagOf(2, wireTypeOf(op));
  for (const [key, value] of map) {
    const start = putTag(tag, p);
    p = putValue(field, keyOp, required(key), putTag(keyTag, start + 1), d);
    p = putValue(field, op, required(value), putTag(valueTag, p), d);
    reserve(p, HEAD);
    p = closeLength(out, start, 1, p);
  }
  return p;
}

function prepareWriter(plan: MessagePlan): Writer {
  const properties: Record<string, Part> = Object.create(null);
  let last = '';
  let isScattered = false;
  for (const field of plan.fields) {
    const { name, oneof } = field;
    const property = oneof ?? name;
    isScattered ||= property !== last && property in properties;
    last = property;
    field.newer = newerParts(field, plan);
    properties[property] ??= { field: oneof === undefined ? field : undefined, members: new Map() };
    properties[property].members.set(name, field);
  }
  // The keys of an object, because engines compare the key of a message with them by its address.
  const names = Object.keys(properties);
  const indexes = new Map(names.map((name, i) => [name, i]));
  const writer = { names, indexes, parts: Object.values(properties), isScattered };
  plan.writer = writer;
  return writer;
}

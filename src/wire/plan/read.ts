// Decodes any message by its plan: the loop of generated `read*` functions, with a table of fields by tag in place of their `switch`.
import { MAX_DEPTH } from '../../limits.js';
import { doubleAt, fixed32At, fixed64At, floatAt, sfixed64At } from '../fixed.js';
import { bytesAt, fixedCount, tooMany } from '../lists.js';
import { textAt } from '../text.js';
import { keepUnknown, skipEntryField, tooDeep } from '../unknown.js';
import {
  LOW,
  lengthAt,
  pos,
  tagAt,
  varint32,
  varintBool,
  varintInt64,
  varintSint32,
  varintSint64,
  varintUint64,
} from '../varint.js';
import { planOf } from './fields.js';
import type { FieldPlan, MessagePlan } from './plan.js';
import { BYTES, FIXED32, fixedBytes, MESSAGE, SFIXED64, STRING, tagOf, wireTypeOf, zeroOf } from './types.js';

type Properties = Record<string, unknown>;

interface Reader {
  /** Fields by tag: those of one byte and most of two, and others. */
  readonly low: readonly (FieldPlan | undefined)[];
  readonly high: ReadonlyMap<number, FieldPlan>;
  /** A message with the defaults of its fields, except for those that need an object of their own. */
  readonly blank: Properties;
  readonly fresh: readonly FieldPlan[];
}

const LOW_TAGS = 256;

/** Functions for the types before `string`. They leave the index after a varint in `pos`. */
const READ_NUMBER: readonly ((b: Uint8Array, p: number, e: number) => unknown)[] = [
  varint32,
  varint32,
  (b, p, e) => varint32(b, p, e) >>> 0,
  varintSint32,
  varintInt64,
  varintUint64,
  varintSint64,
  varintBool,
  (b, p, e) => fixed32At(b, p, e) >>> 0,
  fixed32At,
  floatAt,
  fixed64At,
  sfixed64At,
  doubleAt,
];

/** Index after the value that `readValue` read last. */
let next = 0;

/** Reads the message in b[p, e), at depth `d`, into `into` if given. */
export function readMessage(plan: MessagePlan, b: Uint8Array, p: number, e: number, d: number, into?: Properties): Properties {
  const { low, high, blank, fresh } = (plan.reader as Reader | undefined) ?? prepareReader(plan);
  const m = into ?? newMessage(blank, fresh);
  while (p < e) {
    const at = p;
    let tag = b[p++];
    if (tag > 127) {
      tag = tagAt(b, at, e);
      p = pos;
    }
    const field = tag < LOW_TAGS ? low[tag] : high.get(tag);
    if (field === undefined) p = keepUnknown(m, plan, b, at, tag, p, e, d);
    else if (field.kind === 'list') p = readItems(field, m, b, p, e, at, d, tag);
    else if (field.kind === 'map') p = readEntry(field, m, b, p, e, at, d);
    else {
      const { name, oneof, op } = field;
      if (oneof === undefined) m[name] = readValue(field, op, b, p, e, at, d, op === MESSAGE ? m[name] : undefined);
      else m[oneof] = { $case: name, value: readValue(field, op, b, p, e, at, d, mergedMember(field, m)) };
      p = next;
    }
  }
  return m;
}

function newMessage(blank: Properties, fresh: readonly FieldPlan[]): Properties {
  const m = { ...blank };
  for (let i = 0; i < fresh.length; i++) {
    const { name, kind } = fresh[i];
    m[name] = kind === 'list' ? [] : kind === 'map' ? new Map() : new Uint8Array(0);
  }
  return m;
}

/** The same member again merges; another member replaces. */
function mergedMember({ op, name, oneof }: FieldPlan, m: Properties): unknown {
  if (op !== MESSAGE) return undefined;
  const old = m[oneof as string] as { $case: string; value: unknown } | undefined;
  return old?.$case === name ? old.value : undefined;
}

function prepareReader(plan: MessagePlan): Reader {
  const low = new Array<FieldPlan | undefined>(LOW_TAGS).fill(undefined);
  const high = new Map<number, FieldPlan>();
  const blank: Properties = {};
  const fresh: FieldPlan[] = [];
  const add = (tag: number, field: FieldPlan): void => {
    if (tag < LOW_TAGS) low[tag] = field;
    else high.set(tag, field);
  };
  for (const field of plan.fields) {
    const { number, kind, op, oneof, name } = field;
    add(tagOf(number, kind === 'map' ? 2 : wireTypeOf(op)), field);
    // "Packed and unpacked are both read."
    if (kind === 'list' && op < STRING) add(tagOf(number, 2), field);
    // Own properties, whatever they are called: `__proto__` too.
    Object.defineProperty(blank, oneof ?? name, { value: field.zero, enumerable: true, configurable: true, writable: true });
    if (kind !== undefined || (op === BYTES && oneof === undefined && !field.optional)) fresh.push(field);
  }
  const reader = { low, high, blank, fresh };
  plan.reader = reader;
  return reader;
}

/**
 * Reads one value at p, and leaves the index after it in `next`.
 * @param op its type: of the field, or of a map's key.
 * @param at where its tag begins, for errors.
 * @param old a message into which a second occurrence is merged.
 */
function readValue(
  field: FieldPlan,
  op: number,
  b: Uint8Array,
  p: number,
  e: number,
  at: number,
  d: number,
  old: unknown,
): unknown {
  let v: unknown;
  if (op < STRING) {
    v = READ_NUMBER[op](b, p, e);
    next = op < FIXED32 ? pos : p + fixedBytes(op);
    return v;
  }
  if (op === MESSAGE && d === MAX_DEPTH) throw tooDeep(at);
  const length = lengthAt(b, p, e);
  const start = pos;
  const end = start + length;
  if (op === MESSAGE) v = readMessage(planOf(field), b, start, end, d + 1, old as Properties | undefined);
  else if (op === BYTES) v = bytesAt(b, start, end);
  else v = textAt(b, start, end);
  next = end;
  return v;
}

/** Reads one element, or a packed list, and returns the index after it. */
function readItems(
  field: FieldPlan,
  m: Properties,
  b: Uint8Array,
  p: number,
  e: number,
  at: number,
  d: number,
  tag: number,
): number {
  const { op, name, maxItems } = field;
  const list = m[name] as unknown[];
  if ((tag & 7) === 2 && op < STRING) return readPacked(field, m, b, p, e, at);
  if (list.length + 1 > maxItems) throw tooMany(at, list.length + 1, maxItems);
  const item = readValue(field, op, b, p, e, at, d, undefined);
  // `push` to an empty list allocates 17 elements.
  if (list.length === 0) m[name] = [item];
  else list.push(item);
  return next;
}

function readPacked(field: FieldPlan, m: Properties, b: Uint8Array, p: number, e: number, at: number): number {
  const { op, name, maxItems } = field;
  const list = m[name] as unknown[];
  const length = lengthAt(b, p, e);
  p = pos;
  const q = p + length;
  const size = fixedBytes(op);
  if (size > 0) {
    const count = list.length + fixedCount(p, q, size, at);
    if (count > maxItems) throw tooMany(at, count, maxItems);
    // Lists of ids are long: they are copied to aligned memory, which takes two thirds of the time.
    if (op === SFIXED64 && LOW === 0 && list.length === 0 && count > 7) {
      const ids = new BigInt64Array(new Uint8Array(b.subarray(p, q)).buffer);
      const all = new Array<unknown>(count);
      for (let i = 0; i < count; i++) all[i] = ids[i];
      m[name] = all;
      return q;
    }
  }
  while (p < q) {
    if (list.length + 1 > maxItems) throw tooMany(at, list.length + 1, maxItems);
    list.push(readValue(field, op, b, p, q, at, 0, undefined));
    p = next;
  }
  return p;
}

/** An entry is a message: key 1, value 2, each of which may be missing, repeated or out of order. */
function readEntry(field: FieldPlan, m: Properties, b: Uint8Array, p: number, e: number, start: number, d: number): number {
  const { op, keyOp, maxItems } = field;
  const length = lengthAt(b, p, e);
  p = pos;
  const q = p + length;
  const keyTag = tagOf(1, wireTypeOf(keyOp));
  const valueTag = tagOf(2, wireTypeOf(op));
  let key = zeroOf(keyOp);
  let value: unknown;
  while (p < q) {
    const at = p;
    const tag = tagAt(b, p, q);
    p = pos;
    if (tag === keyTag) {
      key = readValue(field, keyOp, b, p, q, at, d, undefined);
      p = next;
    } else if (tag === valueTag) {
      value = readValue(field, op, b, p, q, at, d, value);
      p = next;
    } else p = skipEntryField(b, at, tag, p, q, d);
  }
  const map = m[field.name] as Map<unknown, unknown>;
  if (map.size === maxItems && !map.has(key)) throw tooMany(start, maxItems + 1, maxItems);
  map.set(key, value ?? (op === MESSAGE ? readMessage(planOf(field), b, 0, 0, d + 1) : zeroOf(op)));
  return p;
}

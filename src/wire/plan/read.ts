// Decodes any message by its plan: the loop of generated `read*` functions, with a table of fields by tag in place of their `switch`.
import { MAX_DEPTH } from '../../limits.js';
import { doubleAt, fixed32At, fixed64At, floatAt, sfixed64At } from '../fixed.js';
import { bytesAt, fixedCount, longSfixed64s, tooMany } from '../lists.js';
import { LOW } from '../memory.js';
import { markSuspect, textAt } from '../text.js';
import { keepUnknown, skipEntryField, tooDeep } from '../unknown.js';
import { lengthAt, pos, tagAt, varint32, varintBool, varintInt64, varintSint32, varintSint64, varintUint64 } from '../varint.js';
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
  /** Copies it. */
  readonly copy: (blank: Properties) => Properties;
  readonly fresh: readonly FieldPlan[];
}

const LOW_TAGS = 256;

/**
 * The same function many times, because engines learn the shapes of objects by the place in the code: where up to four shapes occur, a copy
 * takes 25 ns, where many do, 125 ns. The messages of a schema are distributed over these.
 */
// biome-ignore format: a copy a column
const COPIES: readonly ((blank: Properties) => Properties)[] = [
  (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }),
  (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }),
  (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }), (m) => ({ ...m }),
];
let readers = 0;

/** Index after the value that `readValue` read last. */
let next = 0;

/** Reads the message in b[p, e), at depth `d`, into `into` if given. */
export function readMessage(plan: MessagePlan, b: Uint8Array, p: number, e: number, d: number, into?: Properties): Properties {
  const reader = (plan.reader as Reader | undefined) ?? prepareReader(plan);
  const { low, high, blank, fresh } = reader;
  const m = into ?? reader.copy(blank);
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
  for (let i = 0; i < fresh.length; i++) {
    const { name, kind } = fresh[i];
    if (m[name] === undefined) m[name] = kind === 'list' ? [] : kind === 'map' ? new Map() : new Uint8Array(0);
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
  const reader = { low, high, blank, copy: COPIES[readers++ % COPIES.length], fresh };
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
  if (op < STRING) return readNumber(op, b, p, e);
  if (op === MESSAGE && d === MAX_DEPTH) throw tooDeep(at);
  const length = lengthAt(b, p, e);
  const start = pos;
  const end = start + length;
  next = end;
  if (op === STRING) return textAt(b, start, end);
  if (op === BYTES) return bytesAt(b, start, end);
  const message = readMessage(planOf(field), b, start, end, d + 1, old as Properties | undefined);
  next = end;
  return message;
}

/** Not a table of functions: engines inline the cases. */
function readNumber(op: number, b: Uint8Array, p: number, e: number): unknown {
  const v = op < FIXED32 ? readVarint(op, b, p, e) : readFixed(op, b, p, e);
  next = op < FIXED32 ? pos : p + fixedBytes(op);
  return v;
}

function readVarint(op: number, b: Uint8Array, p: number, e: number): unknown {
  switch (op) {
    case 2:
      return varint32(b, p, e) >>> 0;
    case 3:
      return varintSint32(b, p, e);
    case 4:
      return varintInt64(b, p, e);
    case 5:
      return varintUint64(b, p, e);
    case 6:
      return varintSint64(b, p, e);
    case 7:
      return varintBool(b, p, e);
    default:
      return varint32(b, p, e);
  }
}

function readFixed(op: number, b: Uint8Array, p: number, e: number): unknown {
  switch (op) {
    case 8:
      return fixed32At(b, p, e) >>> 0;
    case 9:
      return fixed32At(b, p, e);
    case 10:
      return floatAt(b, p, e);
    case 11:
      return fixed64At(b, p, e);
    case 12:
      return sfixed64At(b, p, e);
    default:
      return doubleAt(b, p, e);
  }
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
  if ((tag & 7) === 2 && op < STRING) return readPacked(field, m, b, p, e, at);
  if (op === SFIXED64) markSuspect();
  const list = m[name] as unknown[] | undefined;
  if (list !== undefined && list.length > 0) {
    if (list.length + 1 > maxItems) throw tooMany(at, list.length + 1, maxItems);
    list.push(readValue(field, op, b, p, e, at, d, undefined));
  } else {
    if (maxItems < 1) throw tooMany(at, 1, maxItems);
    // `push` to an empty list allocates 17 elements.
    m[name] = [readValue(field, op, b, p, e, at, d, undefined)];
  }
  return next;
}

function readPacked(field: FieldPlan, m: Properties, b: Uint8Array, p: number, e: number, at: number): number {
  const { op, name, maxItems } = field;
  let list = (m[name] ?? []) as unknown[];
  const length = lengthAt(b, p, e);
  p = pos;
  const q = p + length;
  const size = fixedBytes(op);
  if (size > 0) {
    const count = list.length + fixedCount(p, q, size, at);
    if (count > maxItems) throw tooMany(at, count, maxItems);
    if (op === SFIXED64 && LOW === 0 && list.length === 0 && count > 7) {
      m[name] = longSfixed64s(b, p, q);
      return q;
    }
  }
  while (p < q) {
    if (list.length + 1 > maxItems) throw tooMany(at, list.length + 1, maxItems);
    const item = readNumber(op, b, p, q);
    if (op === SFIXED64 && (item as bigint) < 1n) markSuspect();
    if (list.length === 0) list = [item];
    else list.push(item);
    p = next;
  }
  m[name] = list;
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
  const map = (m[field.name] ?? new Map()) as Map<unknown, unknown>;
  if (map.size === maxItems && !map.has(key)) throw tooMany(start, maxItems + 1, maxItems);
  map.set(key, value ?? (op === MESSAGE ? readMessage(planOf(field), b, 0, 0, d + 1) : zeroOf(op)));
  m[field.name] = map;
  return p;
}

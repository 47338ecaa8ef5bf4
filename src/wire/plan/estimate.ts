// The first pass of an encoder, for any message by its plan: checks keys and types, estimates the size (../capacity.ts), and marks what is newer
// than version 1 (../newer.ts).
import { MAX_DEPTH } from '../../limits.js';
import {
  bytesCapacity,
  capacityFor,
  checkMember,
  listOf,
  mapOf,
  messageOf,
  requirePlain,
  textCapacity,
  wrongType,
} from '../capacity.js';
import { markNewer, markNewerValue } from '../newer.js';
import { tooDeep, UNKNOWN_FIELDS } from '../unknown.js';
import { isPlain, isSet, planOf } from './fields.js';
import type { FieldPlan, MessagePlan } from './plan.js';
import { BYTES, ENUM, fixedBytes, isPacked, MESSAGE, STRING } from './types.js';

type Properties = Record<PropertyKey, unknown>;

interface Sizer {
  /** The properties, in the order of the schema, and their indexes. */
  readonly names: readonly string[];
  readonly indexes: ReadonlyMap<string, number>;
  /** A field, or the members of a oneof by their names, for each property. */
  readonly parts: readonly (SizedField | ReadonlyMap<string, SizedField>)[];
  /** Capacity for all fields of a bounded size. */
  readonly constant: number;
}

interface SizedField {
  readonly field: FieldPlan;
  readonly newer: Newer;
}

/** What of a field needs a version above that of its message: nothing, all of it, or enum values in a range. */
type Newer = false | true | { readonly first: number; readonly last: number };

/** Bytes for a tag and a length: at most 5 each. */
const HEAD = 10;
/** A tag and a number. */
const NUMBER = 15;

export function estimateMessage(plan: MessagePlan, m: Properties, d = 0): number {
  if (d > MAX_DEPTH) throw tooDeep(-1);
  const { names, indexes, parts, constant } = (plan.sizer as Sizer | undefined) ?? prepareSizer(plan);
  const plain = isPlain(m);
  let empty = true;
  let capacity = constant;
  let i = 0;
  for (const key in m) {
    empty = false;
    // Nearly all messages have their properties in the order of the schema.
    if (key !== names[i]) i = indexes.get(key) ?? unknownKey();
    if (plain) capacity += partCapacity(parts[i], m[key], d);
    i += 1;
  }
  // A Map, a Date and an empty array have no keys either.
  if (empty) requirePlain(m);
  // Inherited accessors are not among the keys.
  if (!plain) for (i = 0; i < names.length; i++) capacity += partCapacity(parts[i], m[names[i]], d);
  const unknown = m[UNKNOWN_FIELDS];
  return unknown === undefined ? capacity : capacity + bytesCapacity(unknown);
}

function partCapacity(sized: SizedField | ReadonlyMap<string, SizedField>, value: unknown, d: number): number {
  if (value === undefined) return 0;
  if (!('newer' in sized)) return memberCapacity(sized, value as Member, d);
  // This refuses a value of another type, which `mark` must not see.
  const capacity = fieldCapacity(sized.field, value, d);
  if (sized.newer !== false) mark(sized, value);
  return capacity;
}

function unknownKey(): never {
  throw wrongType();
}

interface Member {
  readonly $case: string;
  readonly value: unknown;
}

function memberCapacity(members: ReadonlyMap<string, SizedField>, member: Member, d: number): number {
  checkMember(member);
  const sized = members.get(member.$case);
  if (sized === undefined) throw wrongType();
  const capacity = valueCapacity(sized.field, sized.field.op, member.value, d);
  if (sized.newer === true) markNewer();
  else if (sized.newer !== false) markNewerValue(member.value, sized.newer.first, sized.newer.last);
  return capacity;
}

function fieldCapacity(field: FieldPlan, value: unknown, d: number): number {
  const { kind, op, keyOp } = field;
  // The value is checked when it is written.
  if (kind === undefined) return op < STRING ? 0 : valueCapacity(field, op, value, d);
  let capacity = HEAD;
  if (kind === 'map') {
    for (const [k, v] of mapOf(value as ReadonlyMap<unknown, unknown>)) {
      capacity += HEAD + valueCapacity(field, keyOp, k, d) + valueCapacity(field, op, v, d);
    }
    return capacity;
  }
  const list = listOf(value as readonly unknown[]);
  if (op < STRING) return capacity + list.length * (isPacked(field) ? fixedBytes(op) || 10 : NUMBER);
  for (const item of list) capacity += valueCapacity(field, op, item, d);
  return capacity;
}

function valueCapacity(field: FieldPlan, op: number, value: unknown, d: number): number {
  if (op < STRING) return capacityFor(value, NUMBER);
  if (op === STRING) return textCapacity(value);
  if (op === BYTES) return bytesCapacity(value);
  return HEAD + estimateMessage(planOf(field), messageOf(value as object) as Properties, d + 1);
}

function prepareSizer(plan: MessagePlan): Sizer {
  const properties = new Map<string, SizedField | Map<string, SizedField>>();
  let constant = 0;
  for (const field of plan.fields) {
    const sized = { field, newer: newerParts(field, plan) };
    if (field.oneof === undefined) {
      properties.set(field.name, sized);
      if (field.kind === undefined && field.op < STRING) constant += NUMBER;
      continue;
    }
    const members = (properties.get(field.oneof) as Map<string, SizedField> | undefined) ?? new Map<string, SizedField>();
    properties.set(field.oneof, members.set(field.name, sized));
  }
  const names = [...properties.keys()];
  const indexes = new Map(names.map((name, i) => [name, i]));
  const sizer = { names, indexes, parts: [...properties.values()], constant };
  plan.sizer = sizer;
  return sizer;
}

/** An ignorable field needs no newer version, but what is newer than the field itself does. */
function newerParts({ since = 0, ignorable, op, message, enum: table }: FieldPlan, plan: MessagePlan): Newer {
  const floor = Math.max(1, plan.since ?? 0);
  const inner = Math.max(floor, since);
  if ((since > floor && !ignorable) || (op === MESSAGE && ((message as () => MessagePlan)().since ?? 0) > inner)) return true;
  if (op !== ENUM || table === undefined) return false;
  const { since: versions = {}, ignorable: free = [] } = table();
  const numbers = Object.keys(versions)
    .map(Number)
    .filter((number) => versions[number] > inner && !free.includes(number));
  return numbers.length > 0 && { first: Math.min(...numbers), last: Math.max(...numbers) };
}

/** Marks a field outside of oneofs, if its value is written. */
function mark({ field, newer }: SizedField, value: unknown): void {
  if (newer !== true && newer !== false && field.kind === undefined) markNewerValue(value, newer.first, newer.last);
  else if (isSet(field, value)) markNewer();
}

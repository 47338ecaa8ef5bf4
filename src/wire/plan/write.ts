// The second pass of an encoder: writes any message by its plan, in ascending order of the field numbers, as generated `write*` functions do.
import { outOfRange } from '../codec-error.js';
import { putDouble, putFixed32, putFixed64, putFloat, putSfixed32, putSfixed64 } from '../fixed.js';
import { putBytes } from '../lists.js';
import { lastOf } from '../older-engines.js';
import { closeLength, lengthBytes, putText } from '../text.js';
import { putUnknown, UNKNOWN_FIELDS } from '../unknown.js';
import { LOW } from '../varint.js';
import { putBool, putInt32, putInt64, putSint32, putSint64, putUint32, putUint64, putVarint32 } from '../write-varint.js';
import { isPlain, isSet, planOf } from './fields.js';
import type { FieldPlan, MessagePlan } from './plan.js';
import { fixedBytes, isPacked, SFIXED64, tagOf, wireTypeOf } from './types.js';

type Properties = Record<PropertyKey, unknown>;

/** A field, or consecutive members of a oneof. */
interface Step {
  readonly property: string;
  readonly field: FieldPlan;
  readonly members: Map<string, FieldPlan> | undefined;
}

/** Writes the message at `p`, where there is capacity, and returns the index after it. */
export function writeMessage(plan: MessagePlan, m: Properties, b: Uint8Array, p: number): number {
  const steps = (plan.writer as readonly Step[] | undefined) ?? prepareWriter(plan);
  const end = isPlain(m) ? putKeys(steps, m, b, p) : undefined;
  p = end ?? putProperties(steps, m, b, p);
  const unknown = m[UNKNOWN_FIELDS];
  return unknown === undefined ? p : putUnknown(unknown as Uint8Array, b, p);
}

/** Visits the keys of a message, which is faster than to look for each property. Undefined if they are not in the order of the schema. */
function putKeys(steps: readonly Step[], m: Properties, b: Uint8Array, p: number): number | undefined {
  let i = 0;
  for (const key in m) {
    while (i < steps.length && steps[i].property !== key) i += 1;
    if (i === steps.length) return undefined;
    const value = m[key];
    const end = putStep(steps[i], value, b, p);
    // A member of a oneof that belongs to a later step.
    if (end === p && value !== undefined && steps[i].members !== undefined) return undefined;
    p = end;
    i += 1;
  }
  return p;
}

function putProperties(steps: readonly Step[], m: Properties, b: Uint8Array, p: number): number {
  for (let i = 0; i < steps.length; i++) p = putStep(steps[i], m[steps[i].property], b, p);
  return p;
}

function putStep({ field, members }: Step, v: unknown, b: Uint8Array, p: number): number {
  if (v === undefined) return p;
  if (members !== undefined) {
    const { $case, value } = v as { $case: string; value: unknown };
    const member = members.get($case);
    return member === undefined ? p : putValue(member, member.op, value, b, putTag(member.tag, b, p));
  }
  const { kind } = field;
  if (kind === undefined) return isSet(field, v) ? putValue(field, field.op, v, b, putTag(field.tag, b, p)) : p;
  return kind === 'list'
    ? putItems(field, v as readonly unknown[], b, p)
    : putEntries(field, v as ReadonlyMap<unknown, unknown>, b, p);
}

function prepareWriter(plan: MessagePlan): Step[] {
  const steps: Step[] = [];
  for (const field of plan.fields) {
    const last = lastOf(steps);
    if (field.oneof === undefined) steps.push({ property: field.name, field, members: undefined });
    else if (last?.property === field.oneof && last.members !== undefined) last.members.set(field.name, field);
    else steps.push({ property: field.oneof, field, members: new Map([[field.name, field]]) });
  }
  plan.writer = steps;
  return steps;
}

function putTag(tag: number, b: Uint8Array, p: number): number {
  if (tag > 127) return putVarint32(tag, b, p);
  b[p] = tag;
  return p + 1;
}

function putValue(field: FieldPlan, op: number, v: unknown, b: Uint8Array, p: number): number {
  switch (op) {
    case 0:
    case 1:
      return putInt32(v as number, b, p);
    case 2:
      return putUint32(v as number, b, p);
    case 3:
      return putSint32(v as number, b, p);
    case 4:
      return putInt64(v as bigint, b, p);
    case 5:
      return putUint64(v as bigint, b, p);
    case 6:
      return putSint64(v as bigint, b, p);
    case 7:
      return putBool(v as boolean, b, p);
    case 8:
      return putFixed32(v as number, b, p);
    case 9:
      return putSfixed32(v as number, b, p);
    case 10:
      return putFloat(v as number, b, p);
    case 11:
      return putFixed64(v as bigint, b, p);
    case 12:
      return putSfixed64(v as bigint, b, p);
    case 13:
      return putDouble(v as number, b, p);
    case 14:
      return putText(v as string, b, p);
    case 15:
      return putBytes(v as Uint8Array, b, p);
    default:
      return putMessage(field, v as Properties, b, p);
  }
}

/** The length precedes the message: as many bytes are reserved as the last one of the field took, and the message is moved if that was wrong. */
function putMessage(field: FieldPlan, m: Properties, b: Uint8Array, p: number): number {
  const { reserved } = field;
  const end = writeMessage(planOf(field), m, b, p + reserved);
  field.reserved = lengthBytes(end - p - reserved);
  return closeLength(b, p, reserved, end);
}

function putItems(field: FieldPlan, list: readonly unknown[], b: Uint8Array, p: number): number {
  const { op, tag } = field;
  if (list.length === 0) return p;
  if (!isPacked(field)) {
    for (let i = 0; i < list.length; i++) p = putValue(field, op, list[i], b, putTag(tag, b, p));
    return p;
  }
  p = putTag(tag, b, p);
  // Lists of ids are long: they are written through aligned memory.
  if (op === SFIXED64 && LOW === 0 && list.length > 7) {
    const ids = new BigInt64Array(list.length);
    for (let i = 0; i < list.length; i++) {
      ids[i] = list[i] as bigint;
      if (ids[i] !== list[i]) throw outOfRange();
    }
    return putBytes(new Uint8Array(ids.buffer), b, p);
  }
  const start = p;
  const reserved = lengthBytes(list.length * (fixedBytes(op) || 1));
  p += reserved;
  for (let i = 0; i < list.length; i++) p = putValue(field, op, list[i], b, p);
  return closeLength(b, start, reserved, p);
}

/** An entry is a message: key 1, value 2, both always written. */
function putEntries(field: FieldPlan, map: ReadonlyMap<unknown, unknown>, b: Uint8Array, p: number): number {
  const { op, keyOp, tag } = field;
  const keyTag = tagOf(1, wireTypeOf(keyOp));
  const valueTag = tagOf(2, wireTypeOf(op));
  for (const [key, value] of map) {
    const start = putTag(tag, b, p);
    p = putValue(field, keyOp, key, b, putTag(keyTag, b, start + 1));
    p = putValue(field, op, value, b, putTag(valueTag, b, p));
    p = closeLength(b, start, 1, p);
  }
  return p;
}

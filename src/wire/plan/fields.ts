import type { FieldPlan, MessagePlan } from './plan.js';
import { BYTES, DOUBLE, FLOAT, MESSAGE } from './types.js';

/** The field with a property. The generator writes only names that exist. */
export function fieldNamed({ fields }: MessagePlan, name: string): FieldPlan {
  return fields.find((field) => field.name === name) as FieldPlan;
}

/** The name of a field in paths. */
export const pathOf = ({ json, name }: FieldPlan): string => json ?? name;

/** The plan of the message that a field contains. */
export const planOf = (field: FieldPlan): MessagePlan => (field.message as () => MessagePlan)();

/** True for the value of a field outside of oneofs if it is written: it is not the default of a field without presence. */
export function isSet({ kind, op, optional, zero }: FieldPlan, v: unknown): boolean {
  if (kind === 'map') return (v as ReadonlyMap<unknown, unknown>).size > 0;
  if (optional || (op === MESSAGE && kind === undefined)) return true;
  if (kind === 'list' || op === BYTES) return (v as readonly unknown[] | Uint8Array).length > 0;
  // The bits of -0 are not all zero.
  return v !== zero || ((op === FLOAT || op === DOUBLE) && Object.is(v, -0));
}

/** True if all properties of a message are keys of `for ... in`: it inherits no accessors. */
export function isPlain(m: object): boolean {
  const prototype = Object.getPrototypeOf(m);
  return prototype === Object.prototype || prototype === null;
}

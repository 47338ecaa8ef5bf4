import type { FieldPlan, MessagePlan } from './plan.js';

/** The field with a property. The generator writes only names that exist. */
export function fieldNamed({ fields }: MessagePlan, name: string): FieldPlan {
  return fields.find((field) => field.name === name) as FieldPlan;
}

/** The name of a field in paths. */
export const pathOf = ({ json, name }: FieldPlan): string => json ?? name;

/** The plan of the message that a field contains. */
export const planOf = (field: FieldPlan): MessagePlan => (field.message as () => MessagePlan)();

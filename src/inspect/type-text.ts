// Types as the schema writes them.
import type { FieldTable } from '../wire/table.js';

/** `repeated sfixed64`, `map<uint32, fixed32>`, `im.protocol.v1.UserInfo`. */
export function typeText(field: FieldTable): string {
  if (field.kind === 'map') return `map<${field.key}, ${valueType(field)}>`;
  return field.kind === 'list' ? `repeated ${valueType(field)}` : valueType(field);
}

/** The type of one element. */
export function valueType({ type, message, enum: values }: FieldTable): string {
  return message?.().name ?? values?.().name ?? type;
}

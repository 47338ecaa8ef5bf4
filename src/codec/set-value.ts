import { isMap } from '../wire/scalar-fault.js';
import type { FieldTable } from '../wire/table.js';

/**
 * The value of a field that an encoder would write; undefined where the field is not set or has its default.
 * @param message of its types; a value of another type may come out as it is.
 */
export function setValue(field: FieldTable, message: Readonly<Record<PropertyKey, unknown>>): unknown {
  if (field.oneof !== undefined) {
    const member = message[field.oneof] as { $case?: unknown; value?: unknown } | null | undefined;
    return member?.$case === field.name ? member.value : undefined;
  }
  const value = message[field.name];
  if (field.kind === 'list') return Array.isArray(value) && value.length > 0 ? value : undefined;
  if (field.kind === 'map') return isMap(value) && value.size > 0 ? value : undefined;
  return field.optional || field.type === 'message' || !isDefault(field, value) ? value : undefined;
}

/** -0 is no default of a float: its bits are not all zero. */
function isDefault({ type }: FieldTable, value: unknown): boolean {
  if (ArrayBuffer.isView(value)) return value.byteLength === 0;
  if (value === 0) return (type !== 'double' && type !== 'float') || Object.is(value, 0);
  return value === 0n || value === '' || value === false;
}

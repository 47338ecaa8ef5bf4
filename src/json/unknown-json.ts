// Unknown binary fields in JSON: not ProtoJSON, but what keeps `decode | encode` lossless.
import { CodecError } from '../wire/codec-error.js';
import type { MessageTable } from '../wire/table.js';
import { skipField, UNKNOWN_FIELDS, type WithUnknownFields } from '../wire/unknown.js';
import { pos, tagAt } from '../wire/varint.js';
import { toBase64 } from './base64.js';
import type { ToJsonContext } from './json-options.js';
import { invalid, type Place } from './place.js';
import { bytesFromJson } from './scalar-from-json.js';

/** The key for the unknown fields of a message; no name in a schema can have a dollar sign. */
export const UNKNOWN_KEY = '$unknown';

/** The entry for the unknown fields of a message; none where they are not asked for or there are none. */
export function unknownToJson(message: WithUnknownFields, { unknownFields }: ToJsonContext): { [UNKNOWN_KEY]?: string } {
  const bytes = message[UNKNOWN_FIELDS];
  return unknownFields && bytes !== undefined && bytes.length > 0 ? { [UNKNOWN_KEY]: toBase64(bytes) } : {};
}

/**
 * Unknown fields from base64. They are written back behind the known fields as they are, so they have to be whole fields, and none
 * that the schema knows: those would reach the reader past every check.
 */
export function unknownFromJson(table: MessageTable, value: unknown, at: Place): Uint8Array {
  const bytes = bytesFromJson(value ?? '', at);
  try {
    for (let p = 0; p < bytes.length; ) {
      const tag = tagAt(bytes, p, bytes.length);
      const known = table.fields.some((field) => field.number === tag >>> 3);
      if (known) throw new CodecError(`field ${tag >>> 3} is known`, p);
      p = skipField(bytes, p, tag, pos, bytes.length, at.depth - 1);
    }
  } catch (error) {
    if (error instanceof CodecError) throw invalid(at, 'unknown_fields', `${error.text}, at byte ${error.at}`);
    throw error;
  }
  return bytes;
}

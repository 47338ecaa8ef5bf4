// Unknown fields in JSON. This is not ProtoJSON, but makes `decode | encode` lossless.
import { CodecError } from '../wire/codec-error.js';
import type { MessageTable } from '../wire/table.js';
import { skipField, UNKNOWN_FIELDS, type WithUnknownFields } from '../wire/unknown.js';
import { pos, tagAt } from '../wire/varint.js';
import { toBase64 } from './base64.js';
import type { ToJsonContext } from './json-options.js';
import { invalid, type Place } from './place.js';
import { bytesFromJson } from './scalar-from-json.js';

/** The key of the unknown fields of a message. No name in a schema can contain a dollar sign. */
export const UNKNOWN_KEY = '$unknown';

/** The entry for the unknown fields of a message; empty without the option, or without unknown fields. */
export function unknownToJson(message: WithUnknownFields, { unknownFields }: ToJsonContext): { [UNKNOWN_KEY]?: string } {
  const bytes = message[UNKNOWN_FIELDS];
  return unknownFields && bytes !== undefined && bytes.length > 0 ? { [UNKNOWN_KEY]: toBase64(bytes) } : {};
}

/**
 * Reads unknown fields from base64. Encoders write them unchanged after the known fields, so they must be complete fields, and none of the
 * schema: those would bypass all checks.
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

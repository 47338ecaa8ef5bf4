// The well-known types whose JSON is not that of an ordinary message, by the names of their tables.
import type { MessageTable } from '../wire/table.js';
import { createAnyJson } from './any-json.js';
import { durationJson } from './duration-json.js';
import { fieldMaskJson } from './field-mask-json.js';
import type { FromJsonContext, Message, ToJsonContext } from './json-options.js';
import type { JsonValue } from './json-value.js';
import type { Place } from './place.js';
import { listValueJson, structJson, valueJson } from './struct-json.js';
import { timestampJson } from './timestamp-json.js';
import { wrapperJson } from './wrapper-json.js';

/** The JSON of one well-known type. */
export interface WellKnown {
  /** @param message is of its types; fields may be left out. */
  toJson(table: MessageTable, message: Message, at: Place, context: ToJsonContext): JsonValue;
  fromJson(table: MessageTable, value: unknown, at: Place, context: FromJsonContext): Message;
}

/** The one message that null sets. */
export const VALUE = 'google.protobuf.Value';

const WELL_KNOWN: ReadonlyMap<string, WellKnown> = new Map([
  ['google.protobuf.Any', createAnyJson((name) => wellKnown(name) !== undefined)],
  ['google.protobuf.Timestamp', timestampJson],
  ['google.protobuf.Duration', durationJson],
  ['google.protobuf.FieldMask', fieldMaskJson],
  ['google.protobuf.Struct', structJson],
  [VALUE, valueJson],
  ['google.protobuf.ListValue', listValueJson],
  ...['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes'].map((name): [string, WellKnown] => [
    `google.protobuf.${name}Value`,
    wrapperJson,
  ]),
]);

/** The special JSON of a type; undefined for an ordinary message, as Empty is one. */
export function wellKnown(name: string): WellKnown | undefined {
  return WELL_KNOWN.get(name);
}

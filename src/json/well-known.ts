// Well-known types with special JSON, by the names of their tables.

import { defaultOf } from '../wire/create-message.js';
import type { ScalarName } from '../wire/table.js';
import { createAnyJson } from './any-json.js';
import type { WellKnown } from './json-options.js';
import { invalid } from './place.js';
import { scalarFromJson } from './scalar-from-json.js';
import { scalarToJson } from './scalar-to-json.js';
import { listValueJson, structJson, valueJson } from './struct-json.js';
import { durationJson, timestampJson } from './time-json.js';

/** Int32Value, StringValue and others: the JSON of their only field. */
const wrapperJson: WellKnown = {
  toJson(table, message) {
    const [field] = table.fields;
    return scalarToJson(field.type as ScalarName, message[field.name] ?? defaultOf(field));
  },

  fromJson(table, value, at) {
    const [field] = table.fields;
    return { [field.name]: scalarFromJson(field.type as ScalarName, value, at) };
  },
};

/** FieldMask: one string, with the paths in lowerCamelCase, separated by commas. */
const fieldMaskJson: WellKnown = {
  toJson(_table, message, at) {
    const { paths = [] } = message as { paths?: readonly string[] };
    const camel = paths.map((path, i) => {
      // A path that would be read back as another one has no JSON: fooBar, foo__bar, foo_3.
      if (!/^([^A-Z_,]|_[a-z])*$/.test(path)) throw invalid(at.named('paths').item(i), 'format', 'not in lower_snake_case');
      return path.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
    });
    return camel.join(',');
  },

  fromJson(_table, value, at) {
    const text = scalarFromJson('string', value, at) as string;
    if (text.includes('_')) throw invalid(at, 'format', 'not in lowerCamelCase');
    const paths = text === '' ? [] : text.split(',');
    return { paths: paths.map((path) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)) };
  },
};

/** The only message that null sets. */
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

/** The special JSON of a type; undefined for an ordinary message such as Empty. */
export function wellKnown(name: string): WellKnown | undefined {
  return WELL_KNOWN.get(name);
}

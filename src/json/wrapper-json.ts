import { defaultOf } from '../wire/create-message.js';
import type { ScalarName } from '../wire/table.js';
import { scalarFromJson } from './scalar-from-json.js';
import { scalarToJson } from './scalar-to-json.js';
import type { WellKnown } from './well-known.js';

/** Int32Value, StringValue and the others: the JSON of the one field that they have. */
export const wrapperJson: WellKnown = {
  toJson(table, message) {
    const [field] = table.fields;
    return scalarToJson(field.type as ScalarName, message[field.name] ?? defaultOf(field));
  },

  fromJson(table, value, at) {
    const [field] = table.fields;
    return { [field.name]: scalarFromJson(field.type as ScalarName, value, at) };
  },
};

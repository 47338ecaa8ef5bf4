// `@im/protocol/codecs`: encode and decode alone, as functions. No check of the rules, no frame: for a bundle that has to be small.
export * from '../generated/functions.js';
export {
  type ErrorDetails,
  type ErrorName,
  type ErrorProperties,
  type Issue,
  isProtocolError,
  ProtocolError,
} from './errors.js';
export { UNKNOWN_FIELDS, type WithUnknownFields } from './wire/unknown.js';

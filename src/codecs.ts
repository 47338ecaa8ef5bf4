// `@im/protocol/codecs`: encode and decode as functions, without checks of rules and without frames, for small bundles.
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

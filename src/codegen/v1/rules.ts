// Entry `@im/protocol/codegen/v1/rules`: the rules of buf.validate that generated code checks. For generated code alone.
export {
  binary,
  bytesContaining,
  bytesPrefix,
  bytesSuffix,
  maxBytes,
  minBytes,
  otherBytes,
  sameBytes,
  someBytes,
} from '../../wire/standard/bytes.js';
export {
  email,
  headerName,
  headerValue,
  protobufDotName,
  protobufName,
  trimmedUuid,
  ulid,
  uuid,
} from '../../wire/standard/formats.js';
export { address, hostAndPort, hostname } from '../../wire/standard/hosts.js';
export { ip, ipPrefix, ipWithPrefix } from '../../wire/standard/ip.js';
export { minItems, unique, uniqueBytes } from '../../wire/standard/items.js';
export {
  anyOf,
  inNanos,
  noAnyOf,
  noPathsOf,
  notAfterNow,
  notBeforeNow,
  pathsOf,
  samePaths,
  withinOfNow,
} from '../../wire/standard/messages.js';
export { bytesPattern, pattern } from '../../wire/standard/pattern.js';
export { hidden, notZero, type StandardRule, unlessZero, wrapped } from '../../wire/standard/rule.js';
export {
  between,
  definedOnly,
  equalTo,
  finite,
  lessThan,
  max,
  min,
  moreThan,
  noneOf,
  oneOf,
  outside,
} from '../../wire/standard/scalars.js';
export {
  contains,
  length,
  maxLength,
  maxTextBytes,
  minLength,
  minTextBytes,
  notContains,
  prefix,
  suffix,
} from '../../wire/standard/texts.js';
export { uri, uriReference } from '../../wire/standard/uri.js';

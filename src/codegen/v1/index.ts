// Entry `@im/protocol/codegen/v1`: the imports of the code that protoc-gen-im-protocol generates for applications. Do not import it in other
// code. A release may add names, and never changes one: an incompatible change adds `codegen/v2`.

/** @internal Tables of this protocol's enums. Its messages and types come from `@im/protocol`. */
export * from '../../../generated/enum-tables.js';
export { SCHEMAS } from '../../../generated/schema-text.js';
export { type ApplicationCommand, applicationCommand } from '../../codec/application-command.js';
export type { Issue } from '../../errors.js';
export { MAX_DEPTH } from '../../limits.js';
export {
  bytesCapacity,
  capacityFor,
  checkMember,
  isNotPlusZero,
  isTrue,
  listOf,
  mapOf,
  messageOf,
  numberOf,
  requirePlain,
  textCapacity,
  wrongType,
} from '../../wire/capacity.js';
export { type Codec, createCodec, decodeMessage, encodeMessage, part, type Registry } from '../../wire/codec.js';
export {
  doubleAt,
  fixed32At,
  fixed64At,
  floatAt,
  putDouble,
  putFixed32,
  putFixed64,
  putFloat,
  putSfixed32,
  putSfixed64,
  sfixed64At,
} from '../../wire/fixed.js';
export { addIssue, addNested, entryPath, isFull } from '../../wire/issues.js';
export { bytesAt, fixedCount, putBytes, putSfixed64s, tooMany, withSfixed64s } from '../../wire/lists.js';
export { markNewer } from '../../wire/newer.js';
export { enumPlan, planParts } from '../../wire/plan/plan-codec.js';
export { Schema } from '../../wire/plan/schema.js';
export {
  bytesOf,
  charsOfList,
  charsOfMap,
  exceedsBytes,
  firstRepeated,
  isBlank,
  lacksBytes,
  Names,
  NO_BYTES,
  NO_ENTRIES,
  NO_ITEMS,
} from '../../wire/rules.js';
export { type EnumTable, enumTable, type MessageTable } from '../../wire/table.js';
export { byteSet, closeLength, lengthBytes, markSuspect, putText, scanText, textAt } from '../../wire/text.js';
export { textRun } from '../../wire/text-run.js';
export {
  hasLaterMember,
  keepUnknown,
  putUnknown,
  skipEntryField,
  tooDeep,
  UNKNOWN_FIELDS,
  type WithUnknownFields,
} from '../../wire/unknown.js';
export {
  lengthAt,
  pos,
  tagAt,
  varint32,
  varintBool,
  varintInt64,
  varintSint32,
  varintSint64,
  varintUint64,
} from '../../wire/varint.js';
export {
  gotCharacter,
  gotDescending,
  gotFields,
  gotTotal,
  gotTwice,
  isValidTypeUrl,
  maxBytesViolation,
  maxItemsViolation,
  maxViolation,
  minBytesViolation,
  minItemsViolation,
  minViolation,
  typeUrlViolation,
} from '../../wire/violations.js';
export { putBool, putInt32, putInt64, putSint32, putSint64, putUint32, putUint64 } from '../../wire/write-varint.js';

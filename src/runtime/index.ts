// Entry `@im/protocol/runtime`: what code that protoc-gen-im-protocol generates is made of. For generated code alone: it is what the generator
// of the same release imports, and no more.

/** @internal What messages of applications may contain: the parts of this protocol's own messages. */
export * from '../../generated/parts.js';
export { type ApplicationCommand, applicationCommand } from '../codec/application-command.js';
export type { Issue } from '../errors.js';
export { ANY_TYPE_URL_MAX_BYTES, MAX_DEPTH } from '../limits.js';
export { maxBroken, maxBytesBroken, maxItemsBroken, minBroken, minBytesBroken, minItemsBroken } from '../wire/broken.js';
export { decodeMessage, encodeMessage } from '../wire/codec.js';
export { type Codec, createCodec } from '../wire/create-codec.js';
export { byteSet, doubt, textOf } from '../wire/doubt.js';
export { enumTable } from '../wire/enum-table.js';
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
} from '../wire/fixed.js';
export { nextHint, noteHint, openHint } from '../wire/hints.js';
export { addIssue, addNested, entryPath, isFull } from '../wire/issues.js';
export { hasLaterMember } from '../wire/later-member.js';
export { bytesAt, fixedCount, putBytes, putSfixed64s, tooMany, withSfixed64s } from '../wire/lists.js';
export { Names } from '../wire/names.js';
export type { Registry } from '../wire/registry.js';
export {
  bytesRoom,
  checkMember,
  isNotPlusZero,
  isTrue,
  listOf,
  mapOf,
  messageOf,
  numberOf,
  requirePlain,
  roomFor,
  textRoom,
  unknownKey,
  wrongType,
} from '../wire/room.js';
export {
  gotCharacter,
  gotFields,
  gotTotal,
  gotTwice,
  maxBytesText,
  maxItemsText,
  maxText,
  minBytesText,
  minItemsText,
  minText,
} from '../wire/rule-texts.js';
export {
  byteLength,
  bytesOfList,
  bytesOfMap,
  charsOfList,
  charsOfMap,
  exceedsBytes,
  firstRepeated,
  isBlank,
  lacksBytes,
  NO_BYTES,
  NO_ENTRIES,
  NO_ITEMS,
} from '../wire/rules.js';
export type { EnumTable, MessageTable } from '../wire/table.js';
export { closeLength, lengthBytes, putText, textAt } from '../wire/text.js';
export { isTypeUrl } from '../wire/type-url.js';
export { keepUnknown, putUnknown, skipEntryField, tooDeep, UNKNOWN_FIELDS, type WithUnknownFields } from '../wire/unknown.js';
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
} from '../wire/varint.js';
export { putBool, putInt32, putInt64, putSint32, putSint64, putUint32, putUint64 } from '../wire/write-varint.js';

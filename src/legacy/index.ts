// `@im/protocol/legacy`: the JSON of older systems, on connections and between services. Pure: no socket, no clock.
export { LEGACY_COMMAND } from '../limits.js';
export { isLegacyJson } from './carried.js';
export { LEGACY_CONTENT_TYPES, type LegacyContentType } from './content-types.js';
export { type DecodeLegacyOptions, decodeLegacy, type LegacyFrame } from './decode-legacy.js';
export { type EncodeLegacyOptions, encodeLegacy, encodeLegacyAll, type LegacyFrameInit } from './encode-legacy.js';
export { type FromLegacyBodyOptions, fromLegacyBody } from './from-legacy-body.js';
export { JsonMessage, type JsonMessageInit, LegacyField, type LegacyFieldInit } from './json-message.js';
export type { LegacyBody, LegacyBodyInit } from './legacy-body.js';
export type { LegacyKeyChanges, LegacyKeys } from './legacy-keys.js';
export {
  defineLegacyProfile,
  type LegacyCommandName,
  type LegacyEnvelope,
  type LegacyNumbers,
  type LegacyProfile,
  type LegacyProfileInit,
  type LegacySendCodeName,
  type LegacyTerminalName,
} from './profile.js';
export { type LegacyProfileName, legacyProfile } from './profiles.js';
export { toLegacyBodies, toLegacyBody } from './to-legacy-body.js';
export { withDescription } from './write-call.js';

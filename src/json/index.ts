// Entry `@im/protocol/json`: messages and frames as ProtoJSON.
export { type FrameInit, frameFromJSON, frameToJSON, type RawFrame } from './frame-json.js';
export type { FromJsonOptions, JsonObject, JsonType, JsonValue, ToJsonOptions } from './json-options.js';
export { messageFromJson } from './message-from-json.js';
export { messageToJson } from './message-to-json.js';
export type { Messages, Model, ModelInit, ModelName } from './model-json.js';
export { fromJSON, toJSON } from './model-json.js';
export { type ExactJson, parseJson } from './parse-json.js';

// `@im/protocol`: the models, frames, negotiation and errors. No runtime dependency; runs in Node, browsers and workers.

export {
  Any,
  type AnyInit,
  AudioContent,
  type AudioContentInit,
  Command,
  Content,
  type ContentInit,
  DrainInfo,
  type DrainInfoInit,
  ErrorCode,
  ErrorInfo,
  type ErrorInfoInit,
  FileContent,
  type FileContentInit,
  ForceLogout,
  type ForceLogoutInit,
  GroupMessage,
  type GroupMessageInit,
  HeartbeatInfo,
  type HeartbeatInfoInit,
  Hello,
  type HelloInit,
  ImageContent,
  type ImageContentInit,
  LoginInfo,
  type LoginInfoInit,
  PrivateMessage,
  type PrivateMessageInit,
  ReadReceipt,
  type ReadReceiptInit,
  Recall,
  type RecallInit,
  ReceiveInfo,
  type ReceiveInfoInit,
  Receivers,
  type ReceiversInit,
  Reject,
  type RejectInit,
  SendCode,
  SendInfo,
  type SendInfoInit,
  SendResult,
  type SendResultInit,
  SessionInfo,
  type SessionInfoInit,
  SystemMessage,
  type SystemMessageInit,
  Terminal,
  TextContent,
  type TextContentInit,
  TopicMessage,
  type TopicMessageInit,
  UserInfo,
  type UserInfoInit,
  VideoContent,
  type VideoContentInit,
  Welcome,
  type WelcomeInit,
} from '../generated/models.js';
export type { FrameMessages } from '../generated/registry.js';
export { type AnyDecoder, type AnyEncoder, packAny, type Unpacked, unpackAny } from './codec/any.js';
export {
  type ApplicationCommand,
  type ApplicationCommandOptions,
  applicationCommand,
  type PayloadCodec,
  type Requester,
} from './codec/application-command.js';
export { commandName, isKnownCommand } from './codec/command-name.js';
export { type DecodeFrameOptions, decodeFrame } from './codec/decode-frame.js';
export { encodeFrame } from './codec/encode-frame.js';
export { type Data, forDelivery } from './codec/for-delivery.js';
export { type ForwardOptions, forwardData } from './codec/forward-data.js';
export type { Frame, FrameName, FrameOf, InvalidFrame } from './codec/frame.js';
export { FrameDecoder } from './codec/frame-decoder.js';
export { FrameEncoder } from './codec/frame-encoder.js';
export { type FramePeek, peekFrame } from './codec/peek-frame.js';
export { type RedactOptions, type RedactType, redact } from './codec/redact.js';
export type { EncodeFrameOptions } from './codec/write-frame.js';
export {
  ERRORS,
  type ErrorDetails,
  type ErrorName,
  type ErrorProperties,
  errorProperties,
  type Issue,
  isProtocolError,
  ProtocolError,
} from './errors.js';
export type { Deflate } from './frame/deflate.js';
export {
  CLOSE_CODE_BASE,
  DEFAULT_HEARTBEAT_INTERVAL_MS,
  DEFAULT_LIMITS,
  DEFAULT_MAX_FRAME_BYTES,
  FEATURES,
  FIRST_APPLICATION_ERROR,
  FLAG_COMPRESSED,
  FLAG_IGNORABLE,
  HANDSHAKE_MAX_FRAME_BYTES,
  HEADER_BYTES,
  LARGEST_FRAME_BYTES,
  type Limits,
  MAX_RETRY_AFTER_MS,
  PROTOCOL_VERSION,
  PROTOCOL_VERSIONS,
} from './limits.js';
export * from './negotiate/index.js';
export type { Codec, MessageMap } from './wire/codec.js';
export { UNKNOWN_FIELDS, type WithUnknownFields } from './wire/unknown.js';

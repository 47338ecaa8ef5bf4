// `@im/protocol/frame`: frames without codecs. Of generated code it imports only constants and the error table.
export { type ErrorDetails, type ErrorName, type ErrorProperties, isProtocolError, ProtocolError } from '../errors.js';
export {
  CRITICAL_FLAGS,
  DEFAULT_LIMITS,
  DEFAULT_MAX_FRAME_BYTES,
  FIRST_APPLICATION_TYPE,
  FLAG_COMPRESSED,
  FLAG_IGNORABLE,
  HANDSHAKE_MAX_FRAME_BYTES,
  HEADER_BYTES,
  LARGEST_FRAME_BYTES,
  type Limits,
  MAX_LENGTH,
  MIN_LENGTH,
  PROTOCOL_VERSION,
} from '../limits.js';
export type { Deflate } from './deflate.js';
export { encodeRawFrame, type RawFrameOptions } from './encode-raw-frame.js';
export { type FrameCallback, FrameSplitter, type FrameSplitterOptions } from './frame-splitter.js';
export { type FrameHeader, readHeader, writeHeader } from './header.js';

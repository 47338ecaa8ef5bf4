// `@im/protocol/live`: what happens in a conversation right now. Texts that are written piece by piece, who is typing, who is online. Pure: no
// socket, no timer, no clock; time is an argument.
//
//   StreamAssembler   a client: chunks -> text        StreamWriter, writeStream   a platform: text -> chunks
//   TypingTracker     who is typing, and until when   TypingThrottle              how often one's own typing is sent
//   PresenceTracker   who is online; what to subscribe to, and when again
export { TypingThrottle } from '../codec/typing-throttle.js';
export { PresenceTracker, type PresenceTrackerOptions } from './presence-tracker.js';
export { StreamAssembler, type StreamUpdate } from './stream-assembler.js';
export { StreamWriter, type StreamWriterOptions } from './stream-writer.js';
export { type TypingEntry, TypingTracker } from './typing-tracker.js';
export { type StreamClock, type StreamPiece, writeStream } from './write-stream.js';

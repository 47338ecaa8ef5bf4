import { entry } from '../library.mjs';

export const name = '@im/protocol';
export const int64 = 'bigint';
export const isProtobuf = true;

const library = await entry('index');
const { decodeFrame, encodeFrame, FrameEncoder } = library;
const UNCHECKED = { validate: false };
const messageOf = (frame) => frame.message;

export function codec(type) {
  const { encode, decode } = library[type];
  const frame = (message) => encodeFrame(type, message);
  return {
    native: (message) => message,
    encode,
    decode,
    checked: { encode: frame, decode: (bytes) => decodeFrame(bytes), message: messageOf },
    unchecked: { encode: frame, decode: (bytes) => decodeFrame(bytes, UNCHECKED), message: messageOf },
    framed: framer(type),
  };
}

/** Many messages into one buffer, checked, and the buffer back as soon as it is written to the socket. */
function framer(type) {
  const encoder = new FrameEncoder();
  return (messages, count) => {
    for (let i = 0; i < count; i++) encoder.push(type, messages[i & (messages.length - 1)]);
    const taken = encoder.take();
    encoder.reuse(taken);
    return taken;
  };
}

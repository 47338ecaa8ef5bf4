import { entry } from '../library.mjs';

export const name = '@im/protocol';
export const int64 = 'bigint';
export const isProtobuf = true;

const UNCHECKED = { validate: false };
const messageOf = (frame) => frame.message;

export const codec = codecOf(await entry('index'));

/** The codecs of a build. @param library its entry `index`. */
export function codecOf(library) {
  const { decodeFrame, encodeFrame } = library;
  return (type) => {
    const { encode, decode } = library[type];
    const frame = (message) => encodeFrame(type, message);
    return {
      native: (message) => message,
      encode,
      decode,
      frame,
      checked: { encode: frame, decode: (bytes) => decodeFrame(bytes), message: messageOf },
      unchecked: { encode: frame, decode: (bytes) => decodeFrame(bytes, UNCHECKED), message: messageOf },
      framed: framer(library, type),
    };
  };
}

/** Many messages into one buffer, checked, and the buffer back as soon as it is written to the socket. */
function framer({ FrameEncoder }, type) {
  const encoder = new FrameEncoder();
  return (messages, count) => {
    for (let i = 0; i < count; i++) encoder.push(type, messages[i & (messages.length - 1)]);
    const taken = encoder.take();
    encoder.reuse(taken);
    return taken;
  };
}

// A binary WebSocket message of a server in one array: header and payload go out in one write, where two would cost twice.
//
//   82 7e 01 00 | 00 00 00 fc 01 07 00 00 ...
//   FIN, binary; 126: the next two bytes are the length

/** FIN and the opcode of a binary message (RFC 6455, section 5.2). Servers do not mask. */
const FINAL_BINARY = 0x82;
/** The largest length that has room in the second byte; above, 126 or 127 says how many bytes of length follow. */
const MAX_SHORT = 125;
const MAX_UINT16 = 0xffff;

/** The last frame that stood alone in its message, and that message: what is broadcast goes to many connections, one after the other. */
let lastFrame: Uint8Array | undefined;
let lastMessage: Uint8Array | undefined;

/** One WebSocket message with these frames in it. It is not to be changed: others may be sent the same. */
export function websocketFrame(frames: readonly Uint8Array[]): Uint8Array {
  if (frames.length > 1) return encode(frames);
  if (frames[0] !== lastFrame || lastMessage === undefined) {
    lastMessage = encode(frames);
    lastFrame = frames[0];
  }
  return lastMessage;
}

function encode(frames: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const frame of frames) length += frame.length;
  const headerBytes = length <= MAX_SHORT ? 2 : length <= MAX_UINT16 ? 4 : 10;
  const bytes = Buffer.allocUnsafe(headerBytes + length);
  bytes[0] = FINAL_BINARY;
  if (headerBytes === 2) bytes[1] = length;
  else if (headerBytes === 4) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeUInt32BE(0, 2);
    bytes.writeUInt32BE(length, 6);
  }
  let at = headerBytes;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}

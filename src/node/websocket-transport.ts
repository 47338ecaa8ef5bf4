// A Transport over WebSocket, by ws: a binary message holds one or more whole frames.
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Transport, TransportOwner } from '../connection/transport.js';
import { WRITE_AHEAD_BYTES } from '../limits.js';
import { concatFrames } from './tcp-transport.js';

/** "A text message closes the connection with close code 1003" (RFC 6455, section 7.4.1). */
const UNSUPPORTED_DATA = 1003;

/** @param socket on a server, the socket below the WebSocket. Undefined on a client, whose messages ws masks. */
export function websocketTransport(websocket: WebSocket, owner: TransportOwner, socket?: Duplex): Transport {
  let isClosing = false;
  let isEnded = false;
  const end = (closeCode: number | undefined, cause?: unknown): void => {
    if (isEnded) return;
    isEnded = true;
    owner.ended(closeCode, cause);
  };
  /** Closes. ws destroys the socket if the peer does not close within `closeTimeout`. */
  const close = (code?: number, reason?: string): void => {
    isClosing = true;
    websocket.resume();
    websocket.close(code, reason);
  };
  // An invalid or too large WebSocket frame: ws has already closed with the right code.
  websocket.on('error', (error) => {
    if (websocket.readyState !== websocket.CLOSED) close();
    end(undefined, error);
  });
  websocket.on('message', (data, isBinary) => {
    if (isClosing) return;
    if (isBinary) owner.received(data as Buffer);
    else {
      close(UNSUPPORTED_DATA, 'binary messages only');
      end(undefined, new Error('expected a binary message, got text'));
    }
  });
  websocket.once('close', (code) => end(code));
  const bufferedBytes = (): number => socket?.writableLength ?? websocket.bufferedAmount;
  /**
   * The data of the last unanswered ping: "MAY elect to send a Pong frame for only the most recently processed Ping frame" (RFC 6455,
   * section 5.5.3).
   */
  let ping: Buffer | undefined;
  const answerPing = (): void => {
    if (ping === undefined || websocket.readyState !== websocket.OPEN || bufferedBytes() >= WRITE_AHEAD_BYTES) return;
    websocket.pong(ping, undefined, answerPing);
    ping = undefined;
  };
  const drained = (): void => {
    answerPing();
    owner.drained();
  };
  websocket.on('ping', (data) => {
    ping = data;
    answerPing();
  });
  socket?.on('drain', drained);
  return {
    get subprotocol() {
      return websocket.protocol;
    },
    get bufferedBytes() {
      return bufferedBytes();
    },
    write(frames) {
      if (websocket.readyState !== websocket.OPEN) return;
      // ws writes header and payload separately, which costs a server a third of its fan-out.
      if (socket !== undefined) socket.write(websocketFrame(frames));
      else websocket.send(concatFrames(frames), drained);
    },
    close,
    pause: () => websocket.pause(),
    resume: () => websocket.resume(),
  };
}

// A binary WebSocket message of a server in one array, for a single write.
//
//   82 7e 01 00 | 00 00 00 fc 01 07 00 00 ...
//   FIN, binary; 126: the next two bytes are the length

/** FIN and the opcode of a binary message (RFC 6455, section 5.2). Servers do not mask. */
const FINAL_BINARY = 0x82;
/** Maximum length in the second byte. Above, 126 stands for 2 and 127 for 8 bytes of length. */
const MAX_SHORT = 125;
const MAX_UINT16 = 0xffff;

/** The last frame that was alone in its message, and the message: a broadcast writes the same frame to many connections in a row. */
let lastFrame: Uint8Array | undefined;
let lastMessage: Uint8Array | undefined;

/** A WebSocket message with these frames. It must not be changed, since it may be cached. */
function websocketFrame(frames: readonly Uint8Array[]): Uint8Array {
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

// Writes a WebSocket (RFC 6455) to a TCP connection of a capture.
import type { Direction, TcpConnection } from './tcp-connection.js';

const FIN = 0x80;
const BINARY = 2;
const CONTINUATION = 0;
const MASKED = 0x80;
/** The masking key of the client's messages; arbitrary. */
const KEY = Buffer.from([0x12, 0x34, 0x56, 0x78]);

/** The opening handshake, with or without a subprotocol. */
export function openWebSocket(tcp: TcpConnection, subprotocol?: string): void {
  const protocol = subprotocol === undefined ? '' : `Sec-WebSocket-Protocol: ${subprotocol}\r\n`;
  const common = `Upgrade: websocket\r\nConnection: Upgrade\r\n${protocol}`;
  // The key and its hash are the example of RFC 6455, section 1.3.
  const request = `GET / HTTP/1.1\r\nHost: im.test\r\n${common}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
  const answer = `HTTP/1.1 101 Switching Protocols\r\n${common}Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n`;
  tcp.send('up', Buffer.from(request));
  tcp.send('down', Buffer.from(answer));
}

/** Sends a binary message, optionally in fragments. */
export function sendMessage(tcp: TcpConnection, direction: Direction, bytes: Uint8Array, fragments = 1): void {
  const at = (i: number): number => Math.round((i * bytes.length) / fragments);
  const parts = Array.from({ length: fragments }, (_, i) => bytes.subarray(at(i), at(i + 1)));
  for (const [i, part] of parts.entries()) {
    const opcode = i === 0 ? BINARY : CONTINUATION;
    tcp.send(direction, frame((i === fragments - 1 ? FIN : 0) | opcode, direction === 'up', part));
  }
}

function frame(first: number, isMasked: boolean, payload: Uint8Array): Uint8Array {
  const mask = isMasked ? MASKED : 0;
  const { length } = payload;
  let head: Buffer;
  if (length < 126) head = Buffer.from([first, mask | length]);
  else if (length < 65_536) {
    head = Buffer.from([first, mask | 126, 0, 0]);
    head.writeUInt16BE(length, 2);
  } else {
    head = Buffer.from([first, mask | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return isMasked ? Buffer.concat([head, KEY, payload.map((byte, i) => byte ^ KEY[i % 4])]) : Buffer.concat([head, payload]);
}

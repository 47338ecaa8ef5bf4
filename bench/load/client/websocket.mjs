// As much of RFC 6455 as a client needs that wants to cost little: an upgrade written by hand, frames cut in place.

const KEY = Buffer.from('sixteen bytes...').toString('base64');
/** Any mask but 0, which servers may skip. */
const MASK = [0x37, 0xfa, 0x21, 0x3d];
const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const END_OF_HEAD = '\r\n\r\n';

export function upgradeRequest(port, path, subprotocols) {
  const head = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${KEY}`,
  ];
  if (subprotocols.length > 0) head.push(`Sec-WebSocket-Protocol: ${subprotocols.join(', ')}`);
  return head.join('\r\n') + END_OF_HEAD;
}

/** @returns where the head of the answer ends, or -1: it has not arrived whole. Throws if the server refuses. */
export function endOfUpgrade(bytes, start, end) {
  const text = bytes.latin1Slice(start, end);
  const length = text.indexOf(END_OF_HEAD);
  if (length < 0) return -1;
  if (!text.startsWith('HTTP/1.1 101 ')) throw new Error(`the server refuses the upgrade: ${text.slice(0, 200)}`);
  return start + length + END_OF_HEAD.length;
}

/**
 * Hands on the data messages that have arrived whole, and answers pings.
 * @param take (bytes, start, end)
 * @returns where the first byte stands that is not used up.
 */
export function takeMessages(bytes, start, end, take, pong) {
  let at = start;
  while (end - at >= 2) {
    const short = bytes[at + 1];
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (end - at < header) break;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const from = at + header;
    const to = from + length;
    if (to > end) break;
    takeFrame(bytes, bytes[at], from, to, take, pong);
    at = to;
  }
  return at;
}

function takeFrame(bytes, first, from, to, take, pong) {
  const opcode = first & 0x0f;
  if (first < 0x80 || opcode === CONTINUATION) throw new Error('a message in several frames');
  if (opcode === TEXT || opcode === BINARY) take(bytes, from, to);
  else if (opcode === PING) pong(masked(bytes.subarray(from, to), PONG));
  else if (opcode === CLOSE) throw new Error(`the server closes with ${to > from ? bytes.readUInt16BE(from) : 'no code'}`);
}

export function textMessage(text) {
  return masked(Buffer.from(text), TEXT);
}

export function binaryMessage(bytes) {
  return masked(bytes, BINARY);
}

function masked(payload, opcode) {
  const { length } = payload;
  if (length > 0xffff) throw new Error(`${length} bytes are more than anything here needs`);
  const header = length < 126 ? 2 : 4;
  const frame = Buffer.allocUnsafe(header + MASK.length + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (length < 126 ? length : 126);
  if (header === 4) frame.writeUInt16BE(length, 2);
  frame.set(MASK, header);
  const start = header + MASK.length;
  for (let i = 0; i < length; i++) frame[start + i] = payload[i] ^ MASK[i & 3];
  return frame;
}

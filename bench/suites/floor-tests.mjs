// Floors: the smallest programs that do the work of a line with nothing of ours. They know in advance which fields a message has, in which
// order and of which length, and refuse nothing but invalid UTF-8. What a codec takes beyond its floor is what its checks and its freedom cost.
import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { entry } from '../library.mjs';
import { MESSAGES, VARIANTS } from '../messages.mjs';
import { FLOOR } from '../report/best-peer.mjs';

const BATCH = 64;
const HEADER_BYTES = 8;

const library = await entry('index');
const { utf8Slice, latin1Slice, utf8Write } = Buffer.prototype;

const halves = new Uint32Array(2);
const whole = new BigInt64Array(halves.buffer);
/** Position after what was read last. */
let pos = 0;

export let sink;

/** @returns tests { message, operation, contender, per, run(n) }, each beside its line. Throws if a floor does not do the same as ours. */
export function floorTests() {
  return [
    decodeTest('topic-16k', decodeTopic),
    decodeTest('4k-chinese', decodeChat),
    decodeTest('4k-ascii', decodeChat),
    decodeTest('chat-ascii', decodeChat),
    ...['chat-ascii', 'chat-chinese'].map((message) => framedTest(message, writeChatFrame)),
  ];
}

function decodeTest(message, decode) {
  const { type, of } = MESSAGES[message];
  const inputs = of.map((each) => Buffer.from(library[type].encode(each)));
  for (const input of inputs) same(message, bare(decode(input)), bare(library[type].decode(input)));
  const run = (n) => {
    for (let i = 0; i < n; i++) sink = decode(inputs[i & (VARIANTS - 1)]);
  };
  return { message, operation: 'decode', contender: FLOOR, per: 1, run };
}

function framedTest(message, write) {
  const { type, of } = MESSAGES[message];
  const buffer = Buffer.allocUnsafe(2 ** 20);
  for (const each of of) same(message, buffer.subarray(0, write(each, buffer, 0)), Buffer.from(library.encodeFrame(type, each)));
  const run = (n) => {
    for (let i = 0; i < n; i++) {
      let p = 0;
      for (let j = 0; j < BATCH; j++) p = write(of[j & (VARIANTS - 1)], buffer, p);
      sink = buffer.subarray(0, p);
    }
  };
  return { message, operation: 'framed', contender: FLOOR, per: BATCH, run };
}

const DEFAULTS = ['', 0, 0n, false];

/** A message without the fields that are not set. */
function bare(value) {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array || value instanceof Map) return value;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(bare);
  const set = Object.entries(value).map(([key, each]) => [key, bare(each)]);
  return Object.fromEntries(set.filter(([, each]) => each !== undefined && !DEFAULTS.includes(each)));
}

function same(message, actual, expected) {
  if (!isDeepStrictEqual(actual, expected)) throw new Error(`the floor of ${message} does something else`);
}

function number(b, p) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = b[p++];
    value |= (byte & 127) << shift;
    if (byte < 128) {
      pos = p;
      return value;
    }
  }
}

function long(b, p) {
  let low = 0;
  let high = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = b[p++];
    const bits = byte & 127;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high = bits >>> 4;
    } else high |= bits << (shift - 32);
    if (byte < 128) break;
  }
  pos = p;
  halves[0] = low;
  halves[1] = high;
  return whole[0];
}

/** The text at p, after its length. */
function text(b, p) {
  const length = number(b, p);
  const start = pos;
  pos += length;
  if (!isUtf8(b.subarray(start, pos))) throw new Error('invalid UTF-8');
  return utf8Slice.call(b, start, pos);
}

function decodeTopic(b) {
  // All before the payload is ASCII here: one call, and a substring for each.
  const head = latin1Slice.call(b, 0, Math.min(b.length, 512));
  let p = 0;
  let bits = 0;
  const ascii = () => {
    const start = p + 2;
    p = start + b[p + 1];
    for (let i = start; i < p; i++) bits |= b[i];
    return head.substring(start, p);
  };
  const message = {
    topic: ascii(),
    tag: ascii(),
    keys: [ascii(), ascii()],
    messageGroup: ascii(),
    deliverAtMs: 0n,
    properties: new Map(),
    payload: undefined,
  };
  while (b[p] === 50) {
    p += 2;
    const key = ascii();
    message.properties.set(key, ascii());
  }
  if (bits > 127) throw new Error('not ASCII');
  const length = number(b, p + 1);
  message.payload = { $case: 'raw', value: new Uint8Array(b.buffer, b.byteOffset + pos, length) };
  return message;
}

function decodeChat(b) {
  const cmd = b[1];
  const sequence = number(b, 3);
  // The tag and the length of the private message, the tag and the length of the sender, the tag of its id.
  number(b, pos + 1);
  const userId = long(b, pos + 3);
  const terminal = b[pos + 1];
  const receiverId = long(b, pos + 3);
  number(b, pos + 1);
  const clientMessageId = text(b, pos + 1);
  const sentAtMs = long(b, pos + 1);
  number(b, pos + 1);
  const body = { $case: 'text', value: { text: text(b, pos + 1) } };
  const content = { clientMessageId, sentAtMs, body };
  return { cmd, sequence, data: { $case: 'privateMessage', value: { sender: { userId, terminal }, receiverId, content } } };
}

function putNumber(value, b, p) {
  while (value > 127) {
    b[p++] = value | 128;
    value >>>= 7;
  }
  b[p] = value;
  return p + 1;
}

function putLong(value, b, p) {
  whole[0] = value;
  let low = halves[0];
  let high = halves[1];
  while (high !== 0 || low > 127) {
    b[p++] = low | 128;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  b[p] = low;
  return p + 1;
}

function putText(value, b, p) {
  const bytes = Buffer.byteLength(value);
  p = putNumber(bytes, b, p);
  utf8Write.call(b, value, p, bytes);
  return p + bytes;
}

/** Writes the length of what follows at `at`, where a byte was left for it. */
function close(b, at, end) {
  const bytes = end - at - 1;
  if (bytes < 128) {
    b[at] = bytes;
    return end;
  }
  b.copyWithin(at + 2, at + 1, end);
  putNumber(bytes, b, at);
  return end + 1;
}

function writeChatFrame({ cmd, sequence, data: { value } }, b, start) {
  const { sender, receiverId, content } = value;
  let p = start + HEADER_BYTES;
  b[p++] = 8;
  b[p++] = cmd;
  b[p++] = 16;
  p = putNumber(sequence, b, p);
  b[p++] = 114;
  const message = p++;
  b[p++] = 10;
  const user = p++;
  b[p++] = 8;
  p = putLong(sender.userId, b, p);
  b[p++] = 16;
  b[p++] = sender.terminal;
  b[user] = p - user - 1;
  b[p++] = 16;
  p = putLong(receiverId, b, p);
  b[p++] = 82;
  const inContent = p++;
  b[p++] = 18;
  p = putText(content.clientMessageId, b, p);
  b[p++] = 24;
  p = putLong(content.sentAtMs, b, p);
  b[p++] = 82;
  const body = p++;
  b[p++] = 10;
  p = putText(content.body.value.text, b, p);
  p = close(b, body, p);
  p = close(b, inContent, p);
  p = close(b, message, p);
  b.writeUInt32BE(p - start - 4, start);
  b.writeUInt32BE(0x01070000, start + 4);
  return p;
}

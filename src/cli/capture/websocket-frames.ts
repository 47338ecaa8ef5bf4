// Reads the WebSocket frames (RFC 6455, section 5) of one direction, in chunks:
//
//   82           88           12 34 56 78  ...
//   last, binary masked, 8    mask         8 bytes, each xored with a byte of the mask
//
// Payloads are passed on as they arrive. Only the header of a frame is buffered, whatever length it announces.

/** The kinds of messages. */
export type MessageKind = 'text' | 'binary';

export interface WebsocketEvents {
  /** Bytes of a message of the wanted kind. @param isLast the message ends with them. */
  message(bytes: Uint8Array, isLast: boolean): void;
  /** A message that was skipped. */
  skipped(what: MessageKind | 'compressed'): void;
  /** An invalid frame: nothing follows. */
  broken(why: string): void;
}

const MAX_HEADER_BYTES = 14;
const MAX_CONTROL_BYTES = 125;

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const OPCODES: ReadonlySet<number> = new Set([CONTINUATION, TEXT, BINARY, CLOSE, 9, 10]);

/** The header of a frame. */
interface Head {
  readonly isLast: boolean;
  /** The three reserved bits, which extensions use. */
  readonly reserved: number;
  readonly opcode: number;
  readonly mask: Uint8Array | undefined;
  readonly payloadBytes: number;
}

export class WebsocketFrames {
  readonly #header = Buffer.alloc(MAX_HEADER_BYTES);
  #headerBytes = 0;
  #head: Head | undefined;
  /** Bytes of the payload that were read. */
  #at = 0;
  /** The message in progress. */
  #message: 'wanted' | 'other' | undefined;
  #isDone = false;

  constructor(
    private readonly wanted: MessageKind,
    private readonly events: WebsocketEvents,
  ) {}

  /** True inside a message. */
  get isInside(): boolean {
    return !this.#isDone && (this.#message !== undefined || this.#head !== undefined || this.#headerBytes > 0);
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#isDone; ) {
      if (this.#head === undefined) {
        this.#header[this.#headerBytes++] = bytes[at++];
        if (this.#headerBytes === headerBytesOf(this.#header, this.#headerBytes)) this.#begin(readHead(this.#header));
      } else {
        const to = Math.min(bytes.length, at + this.#head.payloadBytes - this.#at);
        this.#payload(this.#head, bytes.subarray(at, to));
        at = to;
      }
    }
  }

  #begin(head: Head): void {
    this.#headerBytes = 0;
    const why = this.#wrongWith(head);
    if (why !== undefined) {
      this.#isDone = true;
      this.events.broken(why);
      return;
    }
    this.#head = head;
    this.#at = 0;
    if (head.opcode === TEXT || head.opcode === BINARY) {
      const kind = head.opcode === BINARY ? 'binary' : 'text';
      this.#message = kind === this.wanted && head.reserved === 0 ? 'wanted' : 'other';
      if (this.#message === 'other') this.events.skipped(head.reserved === 0 ? kind : 'compressed');
    }
    if (head.payloadBytes === 0) this.#payload(head, Buffer.alloc(0));
  }

  #payload(head: Head, bytes: Uint8Array): void {
    const isControl = head.opcode >= CLOSE;
    const from = this.#at;
    this.#at += bytes.length;
    const isEnd = this.#at === head.payloadBytes;
    const isLast = isEnd && head.isLast && !isControl;
    const isWanted = this.#message === 'wanted' && !isControl;
    if (isEnd) this.#head = undefined;
    if (isLast) this.#message = undefined;
    if (isWanted) this.events.message(head.mask === undefined ? bytes : unmasked(bytes, head.mask, from), isLast);
    if (isEnd && head.opcode === CLOSE) this.#isDone = true;
  }

  #wrongWith({ isLast, reserved, opcode, payloadBytes }: Head): string | undefined {
    if (!OPCODES.has(opcode)) return `a frame with opcode ${opcode}`;
    if (opcode >= CLOSE && !isLast) return 'a fragmented control frame';
    if (opcode >= CLOSE && payloadBytes > MAX_CONTROL_BYTES)
      return `a control frame of ${payloadBytes} bytes, limit ${MAX_CONTROL_BYTES}`;
    // permessage-deflate sets RSV1 on the first frame of a message.
    if (reserved !== 0 && (reserved !== 4 || opcode === CONTINUATION || opcode >= CLOSE)) return `reserved bits ${reserved}`;
    if (opcode === CONTINUATION && this.#message === undefined) return 'a continuation frame without a message';
    if ((opcode === TEXT || opcode === BINARY) && this.#message !== undefined) return 'a message inside another message';
    if (!Number.isSafeInteger(payloadBytes)) return 'a frame of 2^53 bytes or more';
    return undefined;
  }
}

/** Length of a header, as far as its first `count` bytes determine it. */
function headerBytesOf(header: Uint8Array, count: number): number {
  if (count < 2) return 2;
  const length = header[1] & 0x7f;
  return 2 + (length === 127 ? 8 : length === 126 ? 2 : 0) + (header[1] >= 0x80 ? 4 : 0);
}

function readHead(header: Buffer): Head {
  const size = headerBytesOf(header, 2);
  const length = header[1] & 0x7f;
  return {
    isLast: header[0] >= 0x80,
    reserved: (header[0] >> 4) & 7,
    opcode: header[0] & 15,
    mask: header[1] >= 0x80 ? Buffer.from(header.subarray(size - 4, size)) : undefined,
    payloadBytes: length === 127 ? Number(header.readBigUInt64BE(2)) : length === 126 ? header.readUInt16BE(2) : length,
  };
}

function unmasked(bytes: Uint8Array, mask: Uint8Array, from: number): Uint8Array {
  const result = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i++) result[i] = bytes[i] ^ mask[(from + i) & 3];
  return result;
}

/** The payload bytes of the first frame in `bytes`, if it begins a binary message; else undefined. */
export function binaryStart(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < 2 || (bytes[0] & 0x7f) !== BINARY) return undefined;
  const header = Buffer.from(bytes.subarray(0, MAX_HEADER_BYTES));
  const size = headerBytesOf(header, 2);
  if (bytes.length < size) return undefined;
  const { mask, payloadBytes } = readHead(header);
  const payload = bytes.subarray(size, size + payloadBytes);
  return mask === undefined ? payload : unmasked(payload, mask, 0);
}

// A Transport over WebSocket, by ws: a binary message holds one or more whole frames.
import { type Duplex, Writable } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Transport, TransportOwner } from '../connection/transport.js';
import { WRITE_AHEAD_BYTES } from '../limits.js';
import { concatFrames } from './tcp-transport.js';

/** "A text message closes the connection with close code 1003" (RFC 6455, section 7.4.1). */
const UNSUPPORTED_DATA = 1003;

/**
 * @param websocket on a server, one of `servedClass`.
 * @param socket on a server, the socket below the WebSocket. Undefined on a client, whose messages ws masks.
 */
export function websocketTransport(websocket: WebSocket, owner: TransportOwner, socket?: Duplex): Transport {
  return new WebsocketTransport(websocket, owner, socket);
}

/** The transport of a WebSocket, and of the socket below. */
const TRANSPORT = Symbol('transport');

type Carrier<T> = T & { [TRANSPORT]: WebsocketTransport };

/**
 * The class of the WebSockets of a server: they pass their events to their transport. Listeners would be a tenth of the memory of an idle
 * connection, since ws keeps them in a hash table, and would have to be added for each login.
 */
export function servedClass(base: typeof WebSocket): typeof WebSocket {
  return class extends base {
    [TRANSPORT]: WebsocketTransport | undefined;

    override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
      const transport = this[TRANSPORT];
      if (transport === undefined) return super.emit(event, first, second);
      if (event === 'message') transport.received(first as RawData, second as boolean);
      else if (event === 'ping') transport.pinged(first as Buffer);
      else if (event === 'error') transport.failed(first as Error);
      else if (event === 'close') transport.ended(first as number);
      return true;
    }
  };
}

class WebsocketTransport implements Transport {
  readonly #websocket: WebSocket;
  readonly #owner: TransportOwner;
  readonly #socket: Duplex | undefined;
  #isClosing = false;
  #isEnded = false;
  /**
   * The data of the last unanswered ping: "MAY elect to send a Pong frame for only the most recently processed Ping frame" (RFC 6455,
   * section 5.5.3).
   */
  #ping: Buffer | undefined;

  constructor(websocket: WebSocket, owner: TransportOwner, socket: Duplex | undefined) {
    this.#websocket = websocket;
    this.#owner = owner;
    this.#socket = socket;
    if (socket === undefined) {
      websocket.on('error', (error) => this.failed(error));
      websocket.on('message', (data, isBinary) => this.received(data, isBinary));
      websocket.on('close', (code) => this.ended(code));
      websocket.on('ping', (data) => this.pinged(data));
    } else {
      (websocket as Carrier<WebSocket>)[TRANSPORT] = this;
      // One listener for all sockets, which finds the transport by `this`: a closure would be memory of each idle connection.
      (socket as Carrier<Duplex>)[TRANSPORT] = this;
      socket.on('drain', onDrain);
      endOnce(websocket);
    }
  }

  get subprotocol(): string {
    return this.#websocket.protocol;
  }

  get bufferedBytes(): number {
    return this.#socket?.writableLength ?? this.#websocket.bufferedAmount;
  }

  write(frames: Uint8Array[]): void {
    this.#send(frames, true);
  }

  writeText(text: Uint8Array): void {
    this.#send([text], false);
  }

  #send(parts: readonly Uint8Array[], binary: boolean): void {
    if (this.#websocket.readyState !== this.#websocket.OPEN) return;
    // ws writes header and payload separately, which costs a server a third of its fan-out.
    if (this.#socket !== undefined) this.#socket.write(websocketFrame(parts, binary ? FINAL_BINARY : FINAL_TEXT));
    else this.#websocket.send(concatFrames(parts), { binary }, () => this.drained());
  }

  /** ws destroys the socket if the peer does not close within `closeTimeout`. */
  close(code?: number, reason?: string): void {
    this.#isClosing = true;
    this.#websocket.resume();
    this.#websocket.close(code, reason);
  }

  pause(): void {
    this.#websocket.pause();
  }

  resume(): void {
    this.#websocket.resume();
  }

  received(data: RawData, isBinary: boolean): void {
    if (this.#isClosing) return;
    if (isBinary) this.#owner.received(data as Buffer);
    else if (this.#owner.text?.(data.toString()) !== true) {
      this.close(UNSUPPORTED_DATA, 'binary messages only');
      this.ended(undefined, new Error('expected a binary message, got text'));
    }
  }

  /** An invalid or too large WebSocket frame: ws has already closed with the right code. */
  failed(error: Error): void {
    if (this.#websocket.readyState !== this.#websocket.CLOSED) this.close();
    this.ended(undefined, error);
  }

  ended(closeCode: number | undefined, cause?: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#owner.ended(closeCode, cause);
  }

  drained(): void {
    this.#answerPing();
    this.#owner.drained();
  }

  pinged(data: Buffer): void {
    this.#ping = data;
    this.#answerPing();
  }

  #answerPing(): void {
    const websocket = this.#websocket;
    if (this.#ping === undefined || websocket.readyState !== websocket.OPEN || this.bufferedBytes >= WRITE_AHEAD_BYTES) return;
    websocket.pong(this.#ping, undefined, () => this.#answerPing());
    this.#ping = undefined;
  }
}

/**
 * Saves the second of two calls of ws, which ends its receiver at the end of the socket and again at its close: Node would make an error with a
 * stack trace for it, which nobody gets, and which is a twentieth of the processor time of a login.
 */
function endOnce(websocket: WebSocket): void {
  const { _receiver: receiver } = websocket as { _receiver?: Writable };
  if (receiver instanceof Writable) receiver.end = endUnlessEnded;
}

const { end } = Writable.prototype as { end(this: Writable): Writable };

function endUnlessEnded(this: Writable): Writable {
  return this.writableEnded ? this : end.call(this);
}

function onDrain(this: Duplex): void {
  (this as Carrier<Duplex>)[TRANSPORT].drained();
}

// A WebSocket message of a server in one array, for a single write.
//
//   82 7e 01 00 | 00 00 00 fc 01 07 00 00 ...
//   FIN, binary; 126: the next two bytes are the length

/** FIN and the opcode of a message (RFC 6455, section 5.2). Servers do not mask. */
const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;
/** Maximum length in the second byte. Above, 126 stands for 2 and 127 for 8 bytes of length. */
const MAX_SHORT = 125;
const MAX_UINT16 = 0xffff;

/**
 * The last frame or text that was alone in its message, and the message: a broadcast writes the same one to many connections in a row. An array
 * is either a frame or a text.
 */
let lastFrame: Uint8Array | undefined;
let lastMessage: Uint8Array | undefined;

/** A WebSocket message with these frames. It must not be changed, since it may be cached. */
function websocketFrame(frames: readonly Uint8Array[], opcode: number): Uint8Array {
  if (frames.length > 1) return encode(frames, opcode);
  if (frames[0] !== lastFrame || lastMessage === undefined) {
    lastMessage = encode(frames, opcode);
    lastFrame = frames[0];
  }
  return lastMessage;
}

function encode(frames: readonly Uint8Array[], opcode: number): Uint8Array {
  let length = 0;
  for (const frame of frames) length += frame.length;
  const headerBytes = length <= MAX_SHORT ? 2 : length <= MAX_UINT16 ? 4 : 10;
  const bytes = Buffer.allocUnsafe(headerBytes + length);
  bytes[0] = opcode;
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

// What goes over one direction of a connection, told from how it begins: frames, a WebSocket with frames in its messages, or something else,
// which is passed over. Where the beginning was not captured, or something is missing, it is looked for: a segment that begins as a frame does.
import { REGISTRY } from '../../../generated/registry.js';
import { foreignProtocol } from '../../frame/foreign-protocol.js';
import { isKnownHeader } from '../../inspect/cut.js';
import { LARGEST_FRAME_BYTES } from '../../limits.js';
import { PLAIN_SUBPROTOCOL } from '../../negotiate/subprotocols.js';
import { TYPES } from '../frame-row.js';
import { type Chunk, chunk } from '../input/chunk.js';
import { headEnd, MAX_HEAD_BYTES, readUpgrade } from './http-head.js';
import type { StreamReader } from './tcp-streams.js';
import { binaryStart, WebsocketFrames } from './websocket-frames.js';

/** Takes what comes out of the streams of a capture. */
export interface FlowEvents {
  chunk(chunk: Chunk): void;
  /** Something is passed over: not an error. */
  passedOver(flow: string, what: string): void;
  /** The stream is not what it began as. */
  broken(flow: string, why: string): void;
  /** The stream ends too early, or has a hole. */
  cut(flow: string, what: string): void;
}

type Mode = 'start' | 'lost' | 'frames' | 'http' | 'websocket' | 'other';

const RULES = { types: TYPES, newest: REGISTRY.version, maxFrameBytes: LARGEST_FRAME_BYTES };

/** Names of others may be of any length. */
const SHOWN_CHARS = 80;

const GET = 'GET ';
const RESPONSE = 'HTTP/1.1 ';

export class FlowReader implements StreamReader {
  #mode: Mode;
  #head = Buffer.alloc(0);
  #websocket: WebsocketFrames | undefined;
  /** While it is lost: bytes that were passed over. */
  #passed = 0;
  #messages = { text: 0, compressed: 0 };

  constructor(
    private readonly flow: string,
    isWhole: boolean,
    private readonly events: FlowEvents,
  ) {
    this.#mode = isWhole ? 'start' : 'lost';
  }

  push(bytes: Uint8Array): void {
    if (this.#mode === 'start') this.#begin(bytes);
    if (this.#mode === 'lost') this.#find(bytes);
    switch (this.#mode) {
      case 'frames':
        this.events.chunk(chunk(bytes, this.flow));
        break;
      case 'http':
        this.#readHead(bytes);
        break;
      case 'websocket':
        this.#websocket!.push(bytes);
    }
  }

  gap(bytes: number): void {
    if (this.#mode === 'other' || this.#mode === 'lost') return;
    this.events.cut(this.flow, `${bytes} bytes are missing in the capture`);
    this.#endFrames('frame');
    this.#head = Buffer.alloc(0);
    this.#mode = 'lost';
  }

  end(): void {
    if (this.#mode === 'http') this.events.passedOver(this.flow, 'HTTP that opens no WebSocket');
    if (this.#mode === 'websocket' && this.#websocket!.isInside)
      this.events.cut(this.flow, 'the stream ended inside a WebSocket message');
    this.#tellLost('no frame begins there');
    for (const [what, count] of Object.entries(this.#messages)) {
      if (count > 0) this.events.passedOver(this.flow, `${count} ${what} WebSocket message${count === 1 ? '' : 's'}`);
    }
    this.#endFrames('stream');
  }

  #begin(bytes: Uint8Array): void {
    if (bytes[0] === 0) this.#mode = 'frames';
    else if (bytes[0] === GET.charCodeAt(0) || bytes[0] === RESPONSE.charCodeAt(0)) this.#mode = 'http';
    else this.#passOver(`this looks like ${foreignProtocol(bytes[0])}`);
  }

  #find(bytes: Uint8Array): void {
    if (isKnownHeader(bytes, 0, RULES)) this.#mode = 'frames';
    else if (isKnownHeader(binaryStart(bytes) ?? new Uint8Array(0), 0, RULES)) this.#beginWebsocket();
    else if (isHttp(bytes)) this.#mode = 'http';
    else {
      this.#passed += bytes.length;
      return;
    }
    this.#tellLost('up to where a frame begins');
  }

  #tellLost(what: string): void {
    if (this.#passed > 0)
      this.events.passedOver(this.flow, `${this.#passed} bytes whose beginning is not in the capture, ${what}`);
    this.#passed = 0;
  }

  #readHead(bytes: Uint8Array): void {
    this.#head = Buffer.concat([this.#head, bytes]);
    const end = headEnd(this.#head);
    if (end === undefined) {
      if (!isHttp(this.#head)) this.#passOver(`this looks like ${foreignProtocol(this.#head[0])}`);
      else if (this.#head.length > MAX_HEAD_BYTES) this.#passOver('HTTP that opens no WebSocket');
      return;
    }
    const { isWebsocket, subprotocols } = readUpgrade(this.#head.toString('latin1', 0, end));
    const rest = this.#head.subarray(end);
    this.#head = Buffer.alloc(0);
    if (!isWebsocket) this.#passOver('HTTP that opens no WebSocket');
    else if (!isOurs(subprotocols))
      this.#passOver(`a WebSocket with the subprotocol ${subprotocols.join(', ').slice(0, SHOWN_CHARS)}`);
    else {
      this.#beginWebsocket().push(rest);
    }
  }

  #passOver(why: string): void {
    this.#mode = 'other';
    this.#head = Buffer.alloc(0);
    this.events.passedOver(this.flow, why);
  }

  #endFrames(end: 'frame' | 'stream'): void {
    if (this.#mode === 'frames' || this.#mode === 'websocket' || end === 'stream') {
      this.events.chunk(chunk(new Uint8Array(0), this.flow, end));
    }
  }

  #beginWebsocket(): WebsocketFrames {
    this.#mode = 'websocket';
    this.#websocket = new WebsocketFrames({
      binary: (bytes, isLast) => this.events.chunk(chunk(bytes, this.flow, isLast ? 'frame' : undefined)),
      passedOver: (what) => {
        this.#messages[what]++;
      },
      broken: (why) => {
        this.#mode = 'other';
        this.events.broken(this.flow, `no WebSocket any more: ${why}`);
      },
    });
    return this.#websocket;
  }
}

function isHttp(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, RESPONSE.length)).toString('latin1');
  return [GET, RESPONSE].some((text) => start.startsWith(text.slice(0, start.length)));
}

/** A client may offer no subprotocol, and a server pick none. */
function isOurs(subprotocols: readonly string[]): boolean {
  return (
    subprotocols.length === 0 ||
    subprotocols.some((name) => name === PLAIN_SUBPROTOCOL || name.startsWith(`${PLAIN_SUBPROTOCOL}.v`))
  );
}

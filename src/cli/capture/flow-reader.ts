// Reads one direction of a connection. Its first bytes decide what it carries: frames, a WebSocket with frames in its messages, or another
// protocol, which is skipped. If the beginning was not captured, or after a gap, the reader looks for a segment that begins with a frame.
import { REGISTRY } from '../../../generated/registry.js';
import { foreignProtocol } from '../../frame/framing-error.js';
import { isKnownHeader } from '../../inspect/region.js';
import { LARGEST_FRAME_BYTES } from '../../limits.js';
import { PLAIN_SUBPROTOCOL } from '../../negotiate/subprotocols.js';
import { type Chunk, chunk } from '../input/chunk.js';
import { TYPES } from '../read-one.js';
import { counted } from './connections.js';
import type { Exchange } from './exchange.js';
import {
  type AfterHead,
  HttpMessages,
  isHttpStart,
  isWholeHttpStart,
  type RequestHead,
  type ResponseHead,
} from './http-messages.js';
import type { StreamReader } from './tcp-stream.js';
import { binaryStart, type MessageKind, WebsocketFrames } from './websocket-frames.js';

/** Receives the content of the streams of a capture. */
export interface FlowEvents {
  chunk(chunk: Chunk): void;
  /** Content was skipped: not an error. */
  skipped(flow: string, what: string): void;
  /** The stream no longer follows the protocol that it began with. */
  broken(flow: string, why: string): void;
  /** The stream ends too early, or has a gap. */
  truncated(flow: string, what: string): void;
  /** The direction has ended. */
  ended(direction: FlowContext): void;
}

/** One direction of a connection. */
export interface FlowContext {
  readonly key: string;
  readonly flow: string;
  /** False where the capture begins in the middle of the connection. */
  readonly isWhole: boolean;
  readonly exchange: Exchange;
  /** The WebSocket messages to read. */
  readonly wanted: MessageKind;
  /** Bytes that all directions together buffer while they wait for the other side. */
  readonly buffered: { bytes: number };
  readonly events: FlowEvents;
}

/** `lost`: looking for the next frame. `undecided`: a client has asked for a WebSocket, and the server has not answered. */
type Mode = 'start' | 'lost' | 'frames' | 'http' | 'undecided' | 'websocket' | 'skipped';

const RULES = { types: TYPES, newest: REGISTRY.version, maxFrameBytes: LARGEST_FRAME_BYTES };

/** Subprotocol names may be of any length. */
const SHOWN_CHARS = 80;

/** Maximum bytes buffered until servers respond, with the overhead of each wait. Beyond that, the request alone decides. */
const MAX_BUFFERED_BYTES = 1 << 26;
const WAIT_OVERHEAD_BYTES = 256;

const NO_WEBSOCKET = 'HTTP without a WebSocket';

export class FlowReader implements StreamReader {
  #mode: Mode;
  #http = this.#newHttp();
  /** Requests or responses other than those of the WebSocket. */
  #heads = 0;
  /** What the client sent after its WebSocket request. */
  #buffered: Uint8Array[] = [];
  #websocket: WebsocketFrames | undefined;
  /** Bytes skipped while `lost`. */
  #lostBytes = 0;
  #messages = { text: 0, binary: 0, compressed: 0 };
  #isEnded = false;

  constructor(private readonly context: FlowContext) {
    this.#mode = context.isWhole ? 'start' : 'lost';
    if (!context.isWhole) context.exchange.loseOrder();
  }

  push(bytes: Uint8Array): void {
    if (this.#mode === 'start') this.#begin(bytes);
    if (this.#mode === 'lost') this.#find(bytes);
    let rest: Uint8Array | undefined = bytes;
    while (rest !== undefined && rest.length > 0) rest = this.#read(rest);
  }

  /** Returns the bytes left for the next mode. */
  #read(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#mode === 'http') return this.#readHttp(bytes);
    if (this.#mode === 'undecided') return this.#buffer(bytes);
    if (this.#mode === 'frames') this.#chunk(bytes);
    else if (this.#mode === 'websocket') this.#websocket!.push(bytes);
    return undefined;
  }

  gap(bytes: number): void {
    if (this.#mode === 'undecided') this.#decide();
    if (this.#mode === 'skipped') return;
    const { flow, exchange, events } = this.context;
    events.truncated(flow, `${counted(bytes, 'byte')} missing in the capture`);
    exchange.loseOrder();
    if (this.#mode === 'frames' || this.#mode === 'websocket') this.#chunk(new Uint8Array(0), 'frame');
    this.#http = this.#newHttp();
    this.#mode = 'lost';
  }

  unread(bytes: number, why: string): void {
    if (this.#mode !== 'skipped') this.#reportSkipped(`${counted(bytes, 'byte')} ${why}`);
  }

  end(): void {
    this.#isEnded = true;
    if (this.#mode === 'undecided') this.#wait();
    else this.#finish();
    this.context.events.ended(this.context);
  }

  #finish(): void {
    const { flow, events } = this.context;
    if (this.#mode === 'http') this.#reportSkipped(NO_WEBSOCKET);
    if (this.#mode === 'websocket' && this.#websocket!.isInside)
      events.truncated(flow, 'the stream ended inside a WebSocket message');
    this.#reportLost('no frame found');
    for (const [what, count] of Object.entries(this.#messages)) {
      if (count > 0) this.#reportSkipped(counted(count, `${what} WebSocket message`));
    }
    this.#chunk(new Uint8Array(0), 'stream');
  }

  #begin(bytes: Uint8Array): void {
    if (bytes[0] === 0) this.#mode = 'frames';
    else if (isHttpStart(bytes)) this.#mode = 'http';
    else this.#skip(`this looks like ${foreignProtocol(bytes[0])}`);
  }

  #find(bytes: Uint8Array): void {
    if (isKnownHeader(bytes, 0, RULES)) this.#mode = 'frames';
    else if (isKnownHeader(binaryStart(bytes) ?? new Uint8Array(0), 0, RULES)) this.#beginWebsocket();
    else if (isWholeHttpStart(bytes)) this.#mode = 'http';
    else {
      this.#lostBytes += bytes.length;
      return;
    }
    this.#reportLost('before the first frame');
  }

  #reportLost(what: string): void {
    if (this.#lostBytes > 0) this.#reportSkipped(`${counted(this.#lostBytes, 'byte')} of a stream without a beginning: ${what}`);
    this.#lostBytes = 0;
  }

  #newHttp(): HttpMessages {
    return new HttpMessages((head) => ('method' in head ? this.#request(head) : this.#response(head)));
  }

  #request({ method, isWebsocket, subprotocols, body }: RequestHead): AfterHead {
    this.context.exchange.request(method);
    this.#heads++;
    if (!isWebsocket) return body;
    this.context.exchange.offered = subprotocols;
    this.#mode = 'undecided';
    return 'upgrade';
  }

  #response({ status, isWebsocket, subprotocols, body }: ResponseHead): AfterHead {
    const { exchange } = this.context;
    if (isWebsocket) {
      this.#reportHttp('response', this.#heads);
      exchange.accept(subprotocols);
      this.#openWebsocket();
      return 'upgrade';
    }
    if (status === 101) return 'rest';
    // Interim responses such as 100 Continue come before the response.
    if (status < 200) return body;
    this.#heads++;
    const method = exchange.response();
    // A tunnel after CONNECT may carry HTTP that opens a WebSocket.
    return method === 'HEAD' || (method === 'CONNECT' && status < 300) ? 0 : body;
  }

  #readHttp(bytes: Uint8Array): Uint8Array | undefined {
    const end = this.#http.push(bytes);
    if (end?.isUpgrade === false) {
      const isHttp = this.#heads > 0 || isHttpStart(end.rest);
      this.#skip(isHttp ? NO_WEBSOCKET : `this looks like ${foreignProtocol(end.rest[0])}`);
    }
    return end?.rest;
  }

  /** What follows a WebSocket request: another request if it was refused, else WebSocket frames. */
  #buffer(bytes: Uint8Array): Uint8Array | undefined {
    const { exchange, buffered } = this.context;
    if (this.#buffered.length === 0 && isHttpStart(bytes)) {
      this.#mode = 'http';
      this.#http = this.#newHttp();
      return bytes;
    }
    // Copied, so that it does not keep a chunk of the input alive.
    this.#buffered.push(Buffer.from(bytes));
    buffered.bytes += bytes.length;
    if (exchange.picked !== undefined || buffered.bytes > MAX_BUFFERED_BYTES) this.#decide();
    else if (this.#buffered.length === 1) exchange.whenDecided(() => this.#decide());
    return undefined;
  }

  /** The client has closed its direction; the server may still respond. */
  #wait(): void {
    const { exchange, buffered } = this.context;
    buffered.bytes += WAIT_OVERHEAD_BYTES;
    const decide = (): void => {
      buffered.bytes -= WAIT_OVERHEAD_BYTES;
      this.#decide();
    };
    if (exchange.picked !== undefined || buffered.bytes > MAX_BUFFERED_BYTES) decide();
    else exchange.whenDecided(decide);
  }

  /** The server has opened the WebSocket, or will not respond any more. */
  #decide(): void {
    if (this.#mode !== 'undecided') return;
    const { exchange, buffered } = this.context;
    const bytes = Buffer.concat(this.#buffered);
    this.#buffered = [];
    buffered.bytes -= bytes.length;
    if (exchange.isRefused) this.#skip(NO_WEBSOCKET);
    else {
      this.#reportHttp('request', this.#heads - 1);
      this.#openWebsocket();
      this.#websocket?.push(bytes);
    }
    if (this.#isEnded) this.#finish();
  }

  #openWebsocket(): void {
    const { subprotocols } = this.context.exchange;
    if (isOurs(subprotocols)) this.#beginWebsocket();
    else this.#skip(`a WebSocket with the subprotocol ${subprotocols.join(', ').slice(0, SHOWN_CHARS)}`);
  }

  #reportHttp(what: string, count: number): void {
    if (count > 0) this.#reportSkipped(`${counted(count, `HTTP ${what}`)} before the WebSocket`);
  }

  #skip(why: string): void {
    this.#mode = 'skipped';
    this.#reportSkipped(why);
  }

  #reportSkipped(what: string): void {
    this.context.events.skipped(this.context.flow, what);
  }

  #chunk(bytes: Uint8Array, end?: Chunk['end']): void {
    this.context.events.chunk(chunk(bytes, this.context.flow, end));
  }

  #beginWebsocket(): void {
    const { flow, events, wanted } = this.context;
    this.#mode = 'websocket';
    this.#websocket = new WebsocketFrames(wanted, {
      message: (bytes, isLast) => this.#chunk(bytes, isLast ? 'frame' : undefined),
      skipped: (what) => {
        this.#messages[what]++;
      },
      broken: (why) => {
        this.#mode = 'skipped';
        events.broken(flow, `invalid WebSocket frame: ${why}`);
      },
    });
  }
}

/** Clients may offer no subprotocol, and servers may pick none: then it may be ours. */
function isOurs(subprotocols: readonly string[]): boolean {
  return (
    subprotocols.length === 0 ||
    subprotocols.some((name) => name === PLAIN_SUBPROTOCOL || name.startsWith(`${PLAIN_SUBPROTOCOL}.v`))
  );
}

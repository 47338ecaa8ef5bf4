// What goes over one direction of a connection, found out from how it begins: frames, a WebSocket with frames in its messages, or something
// else, which is passed over. Where the beginning was not captured, or something is missing, it is looked for: a segment that begins as a
// frame does.
import { REGISTRY } from '../../../generated/registry.js';
import { foreignProtocol } from '../../frame/framing-error.js';
import { isKnownHeader } from '../../inspect/cut.js';
import { LARGEST_FRAME_BYTES } from '../../limits.js';
import { PLAIN_SUBPROTOCOL } from '../../negotiate/subprotocols.js';
import { TYPES } from '../frame-row.js';
import { type Chunk, chunk } from '../input/chunk.js';
import { counted } from './connections.js';
import type { Exchange } from './exchange.js';
import {
  type Behind,
  HttpMessages,
  isHttpStart,
  isWholeHttpStart,
  type RequestHead,
  type ResponseHead,
} from './http-messages.js';
import type { StreamReader } from './tcp-stream.js';
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
  /** Nothing follows. */
  ended(direction: FlowContext): void;
}

/** What a direction of a connection has to do with. */
export interface FlowContext {
  readonly key: string;
  readonly flow: string;
  /** False where the capture begins in the middle of the connection. */
  readonly isWhole: boolean;
  readonly exchange: Exchange;
  /** What all directions keep while they wait for the other side. */
  readonly held: { bytes: number };
  readonly events: FlowEvents;
}

/** `undecided`: a client has asked for a WebSocket, and the server has not answered. */
type Mode = 'start' | 'lost' | 'frames' | 'http' | 'undecided' | 'websocket' | 'other';

const RULES = { types: TYPES, newest: REGISTRY.version, maxFrameBytes: LARGEST_FRAME_BYTES };

/** Names of others may be of any length. */
const SHOWN_CHARS = 80;

/** So much waits for answers of servers, with what each waiting takes besides; then it is judged by the request alone. */
const MAX_HELD_BYTES = 1 << 26;
const WAIT_BYTES = 256;

const NO_WEBSOCKET = 'HTTP that opens no WebSocket';

export class FlowReader implements StreamReader {
  #mode: Mode;
  #http = this.#newHttp();
  /** Requests or answers that had nothing to do with the WebSocket. */
  #heads = 0;
  /** What the client sent behind its request for a WebSocket. */
  #held: Uint8Array[] = [];
  #websocket: WebsocketFrames | undefined;
  /** While it is lost: bytes that were passed over. */
  #passed = 0;
  #messages = { text: 0, compressed: 0 };
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

  /** Returns what is left for the mode that follows. */
  #read(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#mode === 'http') return this.#readHttp(bytes);
    if (this.#mode === 'undecided') return this.#hold(bytes);
    if (this.#mode === 'frames') this.#chunk(bytes);
    else if (this.#mode === 'websocket') this.#websocket!.push(bytes);
    return undefined;
  }

  gap(bytes: number): void {
    if (this.#mode === 'undecided') this.#decide();
    if (this.#mode === 'other') return;
    const { flow, exchange, events } = this.context;
    events.cut(flow, `${counted(bytes, 'byte')} ${bytes === 1 ? 'is' : 'are'} missing in the capture`);
    exchange.loseOrder();
    if (this.#mode === 'frames' || this.#mode === 'websocket') this.#chunk(new Uint8Array(0), 'frame');
    this.#http = this.#newHttp();
    this.#mode = 'lost';
  }

  unread(bytes: number, why: string): void {
    if (this.#mode !== 'other') this.#passedOver(`${counted(bytes, 'byte')} ${why}`);
  }

  end(): void {
    this.#isEnded = true;
    if (this.#mode === 'undecided') this.#wait();
    else this.#finish();
    this.context.events.ended(this.context);
  }

  #finish(): void {
    const { flow, events } = this.context;
    if (this.#mode === 'http') this.#passedOver(NO_WEBSOCKET);
    if (this.#mode === 'websocket' && this.#websocket!.isInside) events.cut(flow, 'the stream ended inside a WebSocket message');
    this.#reportPassed('no frame begins there');
    for (const [what, count] of Object.entries(this.#messages)) {
      if (count > 0) this.#passedOver(counted(count, `${what} WebSocket message`));
    }
    this.#chunk(new Uint8Array(0), 'stream');
  }

  #begin(bytes: Uint8Array): void {
    if (bytes[0] === 0) this.#mode = 'frames';
    else if (isHttpStart(bytes)) this.#mode = 'http';
    else this.#passOver(`this looks like ${foreignProtocol(bytes[0])}`);
  }

  #find(bytes: Uint8Array): void {
    if (isKnownHeader(bytes, 0, RULES)) this.#mode = 'frames';
    else if (isKnownHeader(binaryStart(bytes) ?? new Uint8Array(0), 0, RULES)) this.#beginWebsocket();
    else if (isWholeHttpStart(bytes)) this.#mode = 'http';
    else {
      this.#passed += bytes.length;
      return;
    }
    this.#reportPassed('up to where a frame begins');
  }

  #reportPassed(what: string): void {
    if (this.#passed > 0) this.#passedOver(`${counted(this.#passed, 'byte')} whose beginning is not in the capture, ${what}`);
    this.#passed = 0;
  }

  #newHttp(): HttpMessages {
    return new HttpMessages((head) => ('method' in head ? this.#request(head) : this.#response(head)));
  }

  #request({ method, isWebsocket, subprotocols, body }: RequestHead): Behind {
    this.context.exchange.request(method);
    this.#heads++;
    if (!isWebsocket) return body;
    this.context.exchange.offered = subprotocols;
    this.#mode = 'undecided';
    return 'upgrade';
  }

  #response({ status, isWebsocket, subprotocols, body }: ResponseHead): Behind {
    const { exchange } = this.context;
    if (isWebsocket) {
      this.#reportHttp('answer', this.#heads);
      exchange.accept(subprotocols);
      this.#open();
      return 'upgrade';
    }
    if (status === 101) return 'rest';
    // "100 Continue" and its like come before an answer.
    if (status < 200) return body;
    this.#heads++;
    const method = exchange.answer();
    // What a proxy passes on behind CONNECT may be HTTP that opens a WebSocket.
    return method === 'HEAD' || (method === 'CONNECT' && status < 300) ? 0 : body;
  }

  #readHttp(bytes: Uint8Array): Uint8Array | undefined {
    const end = this.#http.push(bytes);
    if (end?.isUpgrade === false) {
      const isHttp = this.#heads > 0 || isHttpStart(end.rest);
      this.#passOver(isHttp ? NO_WEBSOCKET : `this looks like ${foreignProtocol(end.rest[0])}`);
    }
    return end?.rest;
  }

  /** What follows a request for a WebSocket: another request, if it was refused; or what goes over the WebSocket. */
  #hold(bytes: Uint8Array): Uint8Array | undefined {
    const { exchange, held } = this.context;
    if (this.#held.length === 0 && isHttpStart(bytes)) {
      this.#mode = 'http';
      this.#http = this.#newHttp();
      return bytes;
    }
    // Copied, as what waits in a stream.
    this.#held.push(Buffer.from(bytes));
    held.bytes += bytes.length;
    if (exchange.picked !== undefined || held.bytes > MAX_HELD_BYTES) this.#decide();
    else if (this.#held.length === 1) exchange.whenDecided(() => this.#decide());
    return undefined;
  }

  /** The client has ended, and the server may still answer. */
  #wait(): void {
    const { exchange, held } = this.context;
    held.bytes += WAIT_BYTES;
    const decide = (): void => {
      held.bytes -= WAIT_BYTES;
      this.#decide();
    };
    if (exchange.picked !== undefined || held.bytes > MAX_HELD_BYTES) decide();
    else exchange.whenDecided(decide);
  }

  /** The server has opened the WebSocket, or nothing more is known of that. */
  #decide(): void {
    if (this.#mode !== 'undecided') return;
    const { exchange, held } = this.context;
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    held.bytes -= bytes.length;
    if (exchange.isRefused) this.#passOver(NO_WEBSOCKET);
    else {
      this.#reportHttp('request', this.#heads - 1);
      this.#open();
      this.#websocket?.push(bytes);
    }
    if (this.#isEnded) this.#finish();
  }

  #open(): void {
    const { subprotocols } = this.context.exchange;
    if (isOurs(subprotocols)) this.#beginWebsocket();
    else this.#passOver(`a WebSocket with the subprotocol ${subprotocols.join(', ').slice(0, SHOWN_CHARS)}`);
  }

  #reportHttp(what: string, count: number): void {
    if (count > 0) this.#passedOver(`${counted(count, `HTTP ${what}`)} before the WebSocket`);
  }

  #passOver(why: string): void {
    this.#mode = 'other';
    this.#passedOver(why);
  }

  #passedOver(what: string): void {
    this.context.events.passedOver(this.context.flow, what);
  }

  #chunk(bytes: Uint8Array, end?: Chunk['end']): void {
    this.context.events.chunk(chunk(bytes, this.context.flow, end));
  }

  #beginWebsocket(): void {
    const { flow, events } = this.context;
    this.#mode = 'websocket';
    this.#websocket = new WebsocketFrames({
      binary: (bytes, isLast) => this.#chunk(bytes, isLast ? 'frame' : undefined),
      passedOver: (what) => {
        this.#messages[what]++;
      },
      broken: (why) => {
        this.#mode = 'other';
        events.broken(flow, `no WebSocket any more: ${why}`);
      },
    });
  }
}

/** A client may offer no subprotocol, and a server pick none. */
function isOurs(subprotocols: readonly string[]): boolean {
  return (
    subprotocols.length === 0 ||
    subprotocols.some((name) => name === PLAIN_SUBPROTOCOL || name.startsWith(`${PLAIN_SUBPROTOCOL}.v`))
  );
}

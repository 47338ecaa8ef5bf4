// The HTTP/1 messages of one direction of a connection (RFC 9112), as far as needed to find the WebSocket upgrade (RFC 6455, section 4). Heads
// are reported, bodies are skipped; at most one head is buffered.

/** What follows a head; `upgrade` = HTTP ends here. */
export type AfterHead = Body | 'upgrade';

/** What comes next: a head, its body, or the parts of a chunked body (RFC 9112, section 7.1). */
type State = 'head' | 'body' | 'size' | 'chunk' | 'trailer' | 'rest';

export class HttpMessages {
  #state: State = 'head';
  /** The received part of a head, or of a line between chunks. */
  #buffered = Buffer.alloc(0);
  /** Remaining bytes of the body or chunk. */
  #left = 0;

  /** @param onHead returns what follows the head. */
  constructor(private readonly onHead: (head: RequestHead | ResponseHead) => AfterHead) {}

  /**
   * Reads the next bytes.
   * @returns the bytes that follow HTTP once it has ended, with an upgrade or with bytes that are not HTTP.
   */
  push(bytes: Uint8Array): { readonly rest: Buffer; readonly isUpgrade: boolean } | undefined {
    let rest: Buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    while (rest.length > 0) {
      if (this.#state === 'rest') return undefined;
      if (this.#state === 'body' || this.#state === 'chunk') {
        const size = Math.min(this.#left, rest.length);
        this.#left -= size;
        rest = rest.subarray(size);
        if (this.#left === 0) this.#state = this.#state === 'body' ? 'head' : 'size';
        continue;
      }
      this.#buffered = this.#buffered.length === 0 ? Buffer.from(rest) : Buffer.concat([this.#buffered, rest]);
      const end = this.#state === 'head' ? this.#headEnd() : lineEnd(this.#buffered);
      if (end === undefined) {
        const isFine = this.#buffered.length <= MAX_HEAD_BYTES && (this.#state !== 'head' || isHttpStart(this.#buffered));
        return isFine ? undefined : this.#notHttp();
      }
      const text = this.#buffered.toString('latin1', 0, end);
      if (this.#state === 'head') {
        const head = isHttpStart(this.#buffered) ? readHead(text) : undefined;
        if (head === undefined) return this.#notHttp();
        const body = this.onHead(head);
        if (body === 'upgrade') return { rest: this.#takeBuffered(end), isUpgrade: true };
        this.#skip(body);
      } else if (!this.#line(text.trim())) return this.#notHttp();
      rest = this.#takeBuffered(end);
    }
    return undefined;
  }

  #headEnd(): number | undefined {
    // A server should ignore an empty line before the request line (RFC 9112, section 2.2).
    let start = 0;
    while (this.#buffered[start] === 13 || this.#buffered[start] === 10) start++;
    this.#buffered = this.#buffered.subarray(start);
    return headEnd(this.#buffered);
  }

  #skip(body: Body): void {
    if (body === 'chunks') this.#state = 'size';
    else if (body === 'rest') this.#state = 'rest';
    else {
      this.#left = body;
      this.#state = body > 0 ? 'body' : 'head';
    }
  }

  /** Reads a line between chunks. Returns false if it is not HTTP. */
  #line(line: string): boolean {
    if (this.#state === 'trailer') {
      if (line === '') this.#state = 'head';
      return true;
    }
    const size = /^([0-9a-f]{1,12})[ \t]*(;|$)/i.exec(line)?.[1];
    if (size === undefined) return false;
    // Includes the line break after the chunk.
    this.#left = Number.parseInt(size, 16) + 2;
    this.#state = this.#left > 2 ? 'chunk' : 'trailer';
    return true;
  }

  #notHttp(): { readonly rest: Buffer; readonly isUpgrade: boolean } {
    return { rest: this.#takeBuffered(0), isUpgrade: false };
  }

  #takeBuffered(from: number): Buffer {
    const rest = this.#buffered.subarray(from);
    this.#buffered = Buffer.alloc(0);
    return rest;
  }
}

function lineEnd(bytes: Buffer): number | undefined {
  const at = bytes.indexOf(10);
  return at < 0 ? undefined : at + 1;
}

/** A longer head is not a WebSocket upgrade. */
const MAX_HEAD_BYTES = 16_384;

/** The body: its length in bytes, chunked, or everything up to the end of the connection. */
type Body = number | 'chunks' | 'rest';

interface Head {
  readonly body: Body;
  /** It requests or opens a WebSocket. */
  readonly isWebsocket: boolean;
  /** Names in Sec-WebSocket-Protocol: what a client offers, or what the server picked. */
  readonly subprotocols: readonly string[];
}

export interface RequestHead extends Head {
  readonly method: string;
}

export interface ResponseHead extends Head {
  readonly status: number;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE'].map((name) => `${name} `);
const RESPONSE = 'HTTP/1.';
const LONGEST_START = 8;

/** True if the bytes are, as far as they go, the beginning of a request or a response. */
export function isHttpStart(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, LONGEST_START)).toString('latin1');
  return [RESPONSE, ...METHODS].some((text) => start.startsWith(text.slice(0, start.length)));
}

/** The same, but too few bytes are not enough. */
export function isWholeHttpStart(bytes: Uint8Array): boolean {
  return bytes.length >= LONGEST_START && isHttpStart(bytes);
}

/** Position after the empty line that ends a head. A single LF may end a line (RFC 9112, section 2.2). */
function headEnd(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3;
  }
  return undefined;
}

/** Undefined if the text is not an HTTP/1 head. */
function readHead(text: string): RequestHead | ResponseHead | undefined {
  const [start, ...lines] = text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const fields = lines.map((line) => /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*)$/.exec(line) ?? ['', '', '']);
  const valuesOf = (name: string): string[] =>
    fields
      .filter(([, field]) => field.toLowerCase() === name)
      .flatMap(([, , value]) => value.split(','))
      .map((value) => value.trim())
      .filter((value) => value !== '');
  const hasUpgrade = valuesOf('upgrade').some((value) => value.toLowerCase() === 'websocket');
  const subprotocols = valuesOf('sec-websocket-protocol');
  const isChunked = valuesOf('transfer-encoding').at(-1)?.toLowerCase() === 'chunked';
  const length = valuesOf('content-length').at(-1);
  const sized = length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;

  const [, method, minor] = /^([!#$%&'*+.^_`|~\w-]+) +\S+ +HTTP\/1\.(\d)$/.exec(start) ?? [];
  if (method !== undefined) {
    // A request without either has no body (RFC 9112, section 6.3).
    const body = isChunked ? 'chunks' : (sized ?? 0);
    return { method, isWebsocket: method === 'GET' && minor !== '0' && hasUpgrade, subprotocols, body };
  }
  const status = Number(/^HTTP\/1\.\d (\d{3})( |$)/.exec(start)?.[1]);
  if (Number.isNaN(status)) return undefined;
  const hasNone = status < 200 || status === 204 || status === 304;
  const body = hasNone ? 0 : isChunked ? 'chunks' : (sized ?? 'rest');
  return { status, isWebsocket: status === 101 && hasUpgrade, subprotocols, body };
}

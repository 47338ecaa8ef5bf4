// The HTTP of one direction: hands out the heads, and passes over what stands between them. It keeps no more than a head.
/** What stands behind a head: `upgrade` = HTTP ends here. */
export type Behind = Body | 'upgrade';

/** What is in front: a head, its body, or the parts of a body in chunks (RFC 9112, section 7.1). */
type State = 'head' | 'body' | 'size' | 'chunk' | 'trailer' | 'rest';

export class HttpMessages {
  #state: State = 'head';
  /** Of a head, or of a line between chunks, what has come. */
  #kept = Buffer.alloc(0);
  /** Bytes of a body that are still to come. */
  #left = 0;

  /** @param onHead says what stands behind a head. */
  constructor(private readonly onHead: (head: RequestHead | ResponseHead) => Behind) {}

  /**
   * Takes the next bytes.
   * @returns what follows HTTP, once it has ended: behind an upgrade, or with what is not HTTP.
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
      this.#kept = this.#kept.length === 0 ? Buffer.from(rest) : Buffer.concat([this.#kept, rest]);
      const end = this.#state === 'head' ? this.#headEnd() : lineEnd(this.#kept);
      if (end === undefined) {
        const isFine = this.#kept.length <= MAX_HEAD_BYTES && (this.#state !== 'head' || isHttpStart(this.#kept));
        return isFine ? undefined : this.#notHttp();
      }
      const text = this.#kept.toString('latin1', 0, end);
      if (this.#state === 'head') {
        const head = isHttpStart(this.#kept) ? readHead(text) : undefined;
        if (head === undefined) return this.#notHttp();
        const behind = this.onHead(head);
        if (behind === 'upgrade') return { rest: this.#takeKept(end), isUpgrade: true };
        this.#skip(behind);
      } else if (!this.#line(text.trim())) return this.#notHttp();
      rest = this.#takeKept(end);
    }
    return undefined;
  }

  #headEnd(): number | undefined {
    // "A server SHOULD ignore at least one empty line received prior to the request-line."
    let start = 0;
    while (this.#kept[start] === 13 || this.#kept[start] === 10) start++;
    this.#kept = this.#kept.subarray(start);
    return headEnd(this.#kept);
  }

  #skip(body: Body): void {
    if (body === 'chunks') this.#state = 'size';
    else if (body === 'rest') this.#state = 'rest';
    else {
      this.#left = body;
      this.#state = body > 0 ? 'body' : 'head';
    }
  }

  /** A line between chunks. False for none of HTTP. */
  #line(line: string): boolean {
    if (this.#state === 'trailer') {
      if (line === '') this.#state = 'head';
      return true;
    }
    const size = /^([0-9a-f]{1,12})[ \t]*(;|$)/i.exec(line)?.[1];
    if (size === undefined) return false;
    // The line break behind the chunk counts with it.
    this.#left = Number.parseInt(size, 16) + 2;
    this.#state = this.#left > 2 ? 'chunk' : 'trailer';
    return true;
  }

  #notHttp(): { readonly rest: Buffer; readonly isUpgrade: boolean } {
    return { rest: this.#takeKept(0), isUpgrade: false };
  }

  #takeKept(from: number): Buffer {
    const rest = this.#kept.subarray(from);
    this.#kept = Buffer.alloc(0);
    return rest;
  }
}

function lineEnd(bytes: Buffer): number | undefined {
  const at = bytes.indexOf(10);
  return at < 0 ? undefined : at + 1;
}

// The heads of HTTP messages (RFC 9112), as far as it takes to find the one with which a connection becomes a WebSocket (RFC 6455, section 4).

/** A longer head opens no WebSocket. */
const MAX_HEAD_BYTES = 16_384;

/** What stands behind a head: so many bytes, chunks, or all up to the end of the connection. */
type Body = number | 'chunks' | 'rest';

interface Head {
  readonly body: Body;
  /** It opens a WebSocket, or asks for one. */
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

/** True for the beginning of a request or a response, as far as there are bytes. */
export function isHttpStart(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, LONGEST_START)).toString('latin1');
  return [RESPONSE, ...METHODS].some((text) => start.startsWith(text.slice(0, start.length)));
}

/** The same, where all of the beginning has to be there. */
export function isWholeHttpStart(bytes: Uint8Array): boolean {
  return bytes.length >= LONGEST_START && isHttpStart(bytes);
}

/** Position behind the empty line at the end of a head. "A recipient MAY recognize a single LF as a line terminator." */
function headEnd(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3;
  }
  return undefined;
}

/** Undefined for what is no head of HTTP/1. */
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
    // "A request without either has no body."
    const body = isChunked ? 'chunks' : (sized ?? 0);
    return { method, isWebsocket: method === 'GET' && minor !== '0' && hasUpgrade, subprotocols, body };
  }
  const status = Number(/^HTTP\/1\.\d (\d{3})( |$)/.exec(start)?.[1]);
  if (Number.isNaN(status)) return undefined;
  const hasNone = status < 200 || status === 204 || status === 304;
  const body = hasNone ? 0 : isChunked ? 'chunks' : (sized ?? 'rest');
  return { status, isWebsocket: status === 101 && hasUpgrade, subprotocols, body };
}

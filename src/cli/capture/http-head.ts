// The heads of HTTP messages (RFC 9112), as far as it takes to find the one with which a connection becomes a WebSocket (RFC 6455, section 4).

/** A longer head opens no WebSocket. */
export const MAX_HEAD_BYTES = 16_384;

/** What stands behind a head: so many bytes, chunks, or all up to the end of the connection. */
export type Body = number | 'chunks' | 'rest';

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
export function headEnd(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3;
  }
  return undefined;
}

/** Undefined for what is no head of HTTP/1. */
export function readHead(text: string): RequestHead | ResponseHead | undefined {
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

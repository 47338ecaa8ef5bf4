// Reads the head of a WebSocket handshake without node:http, whose parser would be a sixth of the processor time of a login.
//
//   GET /ws HTTP/1.1\r\nHost: im.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n ... \r\n\r\n
import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Browsers send less than 1 KiB, and their cookies. */
const MAX_BYTES = 4096;
/**
 * A handshake as clients send it. Tabs, empty values, spaces after a value and bytes beyond ASCII are left to node:http, as is a path with a
 * fragment.
 */
const HEAD = /^GET \/[!"$-~]* HTTP\/1\.1\r\n(?:[A-Za-z0-9-]+: ?[!-~](?:[ -~]*[!-~])?\r\n)+\r\n$/;
const METHOD = 'GET ';
const VERSION = ' HTTP/1.1';
const END_OF_LINE = '\r\n';
/** V8 copies slices of up to this many characters. */
const COPIED_CHARACTERS = 12;
/** "keep-alive, Upgrade" is what Firefox sends. */
const CONNECTION_UPGRADE = /^(?:keep-alive, ?)?upgrade$/i;
/** Headers with which a body may follow, or an answer is expected before the handshake; and the one that node:http makes a list of. */
const UNUSUAL = ['content-length', 'transfer-encoding', 'expect', 'set-cookie'];

/** A request that makes the other forms of its headers when they are read. Their names are in lower case. */
class Handshake extends IncomingMessage {}
Object.defineProperties(Handshake.prototype, {
  rawHeaders: {
    get(this: Handshake) {
      return Object.entries(this.headers).flat();
    },
    // The constructor of IncomingMessage sets an empty list.
    set() {},
  },
  headersDistinct: {
    get(this: Handshake) {
      return Object.fromEntries(Object.entries(this.headers).map(([name, value]) => [name, [value]]));
    },
  },
});

/**
 * Reads a handshake: the whole head in one chunk, each header once, and nothing after it.
 * @returns undefined for anything else, valid or not: node:http decides about it.
 */
export function readUpgrade(socket: Socket, chunk: Buffer): IncomingMessage | undefined {
  if (chunk.length > MAX_BYTES) return undefined;
  const text = chunk.toString('latin1');
  if (!HEAD.test(text)) return undefined;
  const endOfLine = text.indexOf(END_OF_LINE);
  const headers = readHeaders(text, endOfLine + END_OF_LINE.length, chunk);
  if (headers === undefined || !isHandshake(headers)) return undefined;
  const request = new Handshake(socket);
  request.method = 'GET';
  request.url = chunk.toString('latin1', METHOD.length, endOfLine - VERSION.length);
  request.httpVersion = '1.1';
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  request.headers = headers;
  request.complete = true;
  return request;
}

/**
 * @param text a HEAD.
 * @param at the first header.
 * @param bytes the same head.
 * @returns undefined if a header occurs twice: node:http knows which of them to join.
 */
function readHeaders(text: string, at: number, bytes: Buffer): IncomingHttpHeaders | undefined {
  const headers: IncomingHttpHeaders = {};
  const last = text.length - END_OF_LINE.length;
  for (let start = at; start < last; ) {
    const colon = text.indexOf(':', start);
    const end = text.indexOf(END_OF_LINE, colon);
    const name = text.slice(start, colon).toLowerCase();
    if (headers[name] !== undefined) return undefined;
    const value = text[colon + 1] === ' ' ? colon + 2 : colon + 1;
    // A longer slice of a string would keep the whole head alive, as long as the connection.
    headers[name] = end - value <= COPIED_CHARACTERS ? text.slice(value, end) : bytes.toString('latin1', value, end);
    start = end + END_OF_LINE.length;
  }
  return headers;
}

function isHandshake(headers: IncomingHttpHeaders): boolean {
  const { host, connection, upgrade } = headers;
  if (host === undefined || connection === undefined || upgrade === undefined) return false;
  if (!CONNECTION_UPGRADE.test(connection) || upgrade.toLowerCase() !== 'websocket') return false;
  return UNUSUAL.every((name) => headers[name] === undefined);
}

// Heads of WebSocket handshakes, read with and without node:http.
import { createServer, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readUpgrade } from '../../src/node/read-upgrade.js';
import { SEED } from '../seed.js';

const CHROMIUM = [
  'GET /ws?room=5&name=%E4%BD%A0 HTTP/1.1',
  'Host: im.example.com:8080',
  'Connection: Upgrade',
  'Pragma: no-cache',
  'Cache-Control: no-cache',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Upgrade: websocket',
  'Origin: https://im.example.com',
  'Sec-WebSocket-Version: 13',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Cookie: a=1; b="2"',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
  'Sec-WebSocket-Protocol: im.v2, im.v1, im',
];
const FIREFOX = CHROMIUM.map((line) => (line.startsWith('Connection') ? 'Connection: keep-alive, Upgrade' : line));
const SHORT = ['GET / HTTP/1.1', 'Host:a', 'connection: upgrade', 'UPGRADE: WebSocket'];

const headOf = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
const read = (head: string): IncomingMessage | undefined => readUpgrade(new Socket(), Buffer.from(head, 'latin1'));

const partsOf = ({ method, url, httpVersion, headers }: IncomingMessage) => ({ method, url, httpVersion, headers });

/** What node:http reads; undefined if it is no upgrade. */
async function readByNode(head: string): Promise<IncomingMessage | undefined> {
  const server = createServer();
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  try {
    return await new Promise((resolve) => {
      server.on('upgrade', (request, _socket, rest) => resolve(rest.length === 0 ? request : undefined));
      server.on('request', () => resolve(undefined));
      server.on('clientError', () => resolve(undefined));
      server.emit('connection', socket);
      socket.push(Buffer.from(head, 'latin1'));
      // An incomplete head is followed by nothing.
      setImmediate(() => setImmediate(() => resolve(undefined)));
    });
  } finally {
    socket.destroy();
  }
}

describe('readUpgrade', () => {
  it.each([
    ['Chromium', CHROMIUM],
    ['Firefox', FIREFOX],
    ['a client with few headers', SHORT],
  ])('reads the handshake of %s as node:http does', async (_, lines) => {
    const head = headOf(lines);
    const expected = await readByNode(head);
    expect(expected).toBeDefined();
    const request = read(head)!;
    expect(partsOf(request)).toEqual(partsOf(expected!));
    expect(request.headersDistinct).toEqual(expected!.headersDistinct);
    const lowerCase = expected!.rawHeaders.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text));
    expect(request.rawHeaders).toEqual(lowerCase);
  });

  it('returns a request with the socket', () => {
    const socket = new Socket();
    onTestFinished(() => void socket.destroy());
    const request = readUpgrade(socket, Buffer.from(headOf(SHORT)))!;
    expect(request.socket).toBe(socket);
    expect([request.complete, request.httpVersionMajor, request.httpVersionMinor]).toEqual([true, 1, 1]);
  });

  it.each([
    ['another method', ['POST / HTTP/1.1', ...SHORT.slice(1)]],
    ['HTTP/1.0', ['GET / HTTP/1.0', ...SHORT.slice(1)]],
    ['an absolute URL', ['GET http://a/ HTTP/1.1', ...SHORT.slice(1)]],
    ['a fragment', ['GET /#a HTTP/1.1', ...SHORT.slice(1)]],
    ['no Host', SHORT.filter((line) => !line.startsWith('Host'))],
    ['no Upgrade', SHORT.slice(0, 3)],
    ['another Upgrade', [...SHORT.slice(0, 3), 'Upgrade: h2c']],
    ['no Connection', SHORT.filter((line) => !line.startsWith('connection'))],
    ['another Connection', [...SHORT.slice(0, 2), 'Connection: keep-alive', SHORT[3]]],
    ['a header twice', [...SHORT, 'Host: b']],
    ['a header twice, in other letters', [...SHORT, 'hOST: b']],
    ['a header of every object', [...SHORT, 'constructor: a']],
    ['Content-Length', [...SHORT, 'Content-Length: 0']],
    ['Transfer-Encoding', [...SHORT, 'Transfer-Encoding: chunked']],
    ['Expect', [...SHORT, 'Expect: 100-continue']],
    ['Set-Cookie', [...SHORT, 'Set-Cookie: a=1']],
    ['an empty value', [...SHORT, 'A:']],
    ['a tab', [...SHORT, 'A:\tb']],
    ['a space after a value', [...SHORT, 'A: b ']],
    ['two spaces before a value', [...SHORT, 'A:  b']],
    ['a space before the colon', [...SHORT, 'A : b']],
    ['a folded line', [...SHORT, 'A: b', ' c']],
    ['a name with an underscore', [...SHORT, 'A_b: c']],
    ['a byte beyond ASCII', [...SHORT, 'A: \xe9']],
    ['NUL', [...SHORT, 'A: b\0c']],
    ['a lone line feed', [...SHORT, 'A: b\nHost2: c']],
    ['a lone carriage return', [...SHORT, 'A: b\rc']],
  ])('leaves to node:http: %s', (_, lines) => {
    expect(read(headOf(lines))).toBeUndefined();
  });

  it.each([
    ['an incomplete head', headOf(SHORT).slice(0, -1)],
    ['bytes after the head', `${headOf(SHORT)}\x82`],
    ['an empty line before the head', `\r\n${headOf(SHORT)}`],
    ['a second request', headOf(SHORT) + headOf(SHORT)],
  ])('leaves to node:http: %s', (_, head) => {
    expect(read(head)).toBeUndefined();
  });

  it.each([
    [4095, true],
    [4096, true],
    [4097, false],
  ])('a head of %i bytes: %s', (bytes, isRead) => {
    const rest = bytes - headOf([...SHORT, 'A: ']).length;
    const head = headOf([...SHORT, `A: ${'b'.repeat(rest)}`]);
    expect(head).toHaveLength(bytes);
    expect(read(head) !== undefined).toBe(isRead);
  });

  it('ends in time for spaces that lead nowhere', () => {
    expect(read(headOf([...SHORT, `A: b${' '.repeat(4000)}\0`]))).toBeUndefined();
  });

  it(`reads nothing that node:http reads otherwise (seed ${SEED})`, async () => {
    const damage = fc.record({
      lines: fc.constantFrom(CHROMIUM, FIREFOX, SHORT),
      at: fc.nat(900),
      remove: fc.nat(3),
      insert: fc.constantFrom(...'|a|A|:| |\t|,|/|#|-|_|\r|\n|\r\n|\r\n\r\n|\0|\x7f|\xe9'.split('|')),
      repeated: fc.option(fc.nat(13), { freq: 1 }),
    });
    let readHeads = 0;
    await fc.assert(
      fc.asyncProperty(damage, async ({ lines, at, remove, insert, repeated }) => {
        const whole = headOf(repeated === null ? lines : [...lines, lines[1 + (repeated % (lines.length - 1))]]);
        const place = at % (whole.length + 1);
        const head = whole.slice(0, place) + insert + whole.slice(place + remove);
        const request = read(head);
        if (request === undefined) return;
        readHeads += 1;
        const expected = await readByNode(head);
        expect(expected, head).toBeDefined();
        expect(partsOf(request)).toEqual(partsOf(expected!));
      }),
      { seed: SEED, numRuns: 3000 },
    );
    // The others are left to node:http.
    expect(readHeads).toBeGreaterThan(300);
  });
});

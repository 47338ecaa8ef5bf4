// HTTP before a WebSocket: both directions of a connection are judged together.
import { describe, expect, it } from 'vitest';
import { HEARTBEAT } from '../cli.js';
import { decodeCapture } from './exit-code.js';
import { ipv4, pcap, tcp } from './write-capture.js';

const CLIENT = '10.0.0.1:5000';
const SERVER = '10.0.0.2:9000';
const UP = `${CLIENT} > ${SERVER}`;
const DOWN = `${SERVER} > ${CLIENT}`;
/** A heartbeat in a binary message, with a mask of zeros and without. */
const masked = Buffer.from(`829100000000${HEARTBEAT}`, 'hex');
const plain = Buffer.from(`8211${HEARTBEAT}`, 'hex');

type Part = readonly ['up' | 'down', string | Buffer];

/** What both sides sent, in the order of the capture. @param last the flags with which they end. */
function captured(parts: readonly Part[], { syn = true, ends = false } = {}): Buffer {
  const sides = { up: { from: CLIENT, to: SERVER, number: 0 }, down: { from: SERVER, to: CLIENT, number: 7000 } };
  const packets: Buffer[] = [];
  const send = (side: 'up' | 'down', bytes: Buffer, flags: 'SYN' | 'ACK' | 'FIN'): void => {
    const { from, to, number } = sides[side];
    packets.push(ipv4(tcp(bytes, { from, to, number, flags }), { from, to }));
    sides[side].number += bytes.length + (flags === 'SYN' ? 1 : 0);
  };
  const finished = (side: 'up' | 'down', i: number): boolean => ends && parts.slice(i + 1).every(([other]) => other !== side);
  if (syn) for (const side of ['up', 'down'] as const) send(side, Buffer.alloc(0), 'SYN');
  for (const [i, [side, bytes]] of parts.entries()) send(side, Buffer.from(bytes as string), finished(side, i) ? 'FIN' : 'ACK');
  return pcap(packets, { link: 101 });
}

const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
const request = (offer = 'im.v1, im', path = '/'): string =>
  head(`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Protocol: ${offer}`);
const accepted = (...lines: string[]): string =>
  head('HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', ...lines);
const OURS = accepted('Sec-WebSocket-Protocol: im.v1');
const answer = (status: string, body = '', ...lines: string[]): string =>
  head(`HTTP/1.1 ${status}`, ...(lines.length > 0 ? lines : [`Content-Length: ${body.length}`])) + body;

const both: Part[] = [
  ['up', masked],
  ['down', plain],
];
const BEATS = [`${UP} HEARTBEAT`, `${DOWN} HEARTBEAT`];
const sorted = (frames: readonly string[]): string[] => [...frames].sort();
const before = (what: string, flow: string): string => `skipped: ${flow}: ${what} before the WebSocket`;

describe('HTTP before the upgrade', () => {
  it.each<[string, Part[], string[]]>([
    [
      'a 401, and the client asks again',
      [
        ['up', request()],
        ['down', answer('401 Unauthorized', 'no')],
        ['up', request()],
        ['down', OURS],
      ],
      [before('1 HTTP response', DOWN), before('1 HTTP request', UP)],
    ],
    [
      'a tunnel through a proxy that wants a password',
      [
        ['up', head('CONNECT x:80 HTTP/1.1')],
        ['down', answer('407 Proxy Authentication Required', 'no')],
        ['up', head('CONNECT x:80 HTTP/1.1')],
        ['down', head('HTTP/1.1 200 Connection established')],
        ['up', request()],
        ['down', OURS],
      ],
      [before('2 HTTP responses', DOWN), before('2 HTTP requests', UP)],
    ],
    [
      'a 200 for something else, with a body in chunks',
      [
        ['up', head('GET /health HTTP/1.1', 'Host: x')],
        ['down', answer('200 OK', '5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n', 'Transfer-Encoding: chunked')],
        ['up', request()],
        ['down', OURS],
      ],
      [before('1 HTTP response', DOWN), before('1 HTTP request', UP)],
    ],
    [
      'a 100',
      [
        ['up', request()],
        ['down', head('HTTP/1.1 100 Continue') + OURS],
      ],
      [],
    ],
    [
      'a 103',
      [
        ['up', request()],
        ['down', head('HTTP/1.1 103 Early Hints', 'Link: x')],
        ['down', OURS],
      ],
      [],
    ],
    [
      'a login by POST, whose body looks like a head',
      [
        ['up', `${head('POST /login HTTP/1.1', 'Content-Length: 22')}GET / HTTP/1.1\r\n\r\n\r\n\r\n`],
        ['down', answer('204 No Content')],
        ['up', request()],
        ['down', OURS],
      ],
      [before('1 HTTP response', DOWN), before('1 HTTP request', UP)],
    ],
    [
      'a body with an empty line behind it, as old clients send it',
      [
        ['up', `${head('POST /login HTTP/1.1', 'Content-Length: 1')}x\r\n\r\n${request()}`],
        ['down', answer('200 OK') + OURS],
      ],
      [before('1 HTTP response', DOWN), before('1 HTTP request', UP)],
    ],
    [
      'requests that were sent at once',
      [
        ['up', head('HEAD /a HTTP/1.1') + head('OPTIONS * HTTP/1.1') + request('im.v1', '/refused') + request()],
        ['down', answer('200 OK', '', 'Content-Length: 500') + answer('200 OK', 'x') + answer('503 Busy', 'later') + OURS],
      ],
      [before('3 HTTP responses', DOWN), before('3 HTTP requests', UP)],
    ],
    [
      'a redirection without a body, and a 304',
      [
        ['up', request()],
        ['down', answer('302 Found')],
        ['up', head('GET / HTTP/1.1')],
        ['down', answer('304 Not Modified', '', 'Content-Length: 500')],
        ['up', request()],
        ['down', OURS],
      ],
      [before('2 HTTP responses', DOWN), before('2 HTTP requests', UP)],
    ],
  ])('%s: then it is a WebSocket', (_name, parts, said) => {
    for (const ends of [false, true]) {
      const result = decodeCapture(captured([...parts, ...both], { ends }));
      expect([result.code, sorted(result.frames), result.said]).toEqual([0, sorted(BEATS), said]);
      // One direction before the other.
      const order = [...parts, ...both].sort(([a], [b]) => (a === b ? 0 : a === 'up' ? -1 : 1));
      const other = decodeCapture(captured(order, { ends }));
      expect([other.code, sorted(other.frames), sorted(other.said)]).toEqual([0, sorted(BEATS), sorted(said)]);
    }
  });

  it('in pieces of any size', () => {
    const parts: Part[] = [
      ['up', request()],
      ['down', answer('401 Unauthorized', '3\r\nno!\r\n0\r\n\r\n', 'Transfer-Encoding: Chunked')],
      ['up', request()],
      ['down', OURS],
      ...both,
    ];
    for (const size of [1, 7]) {
      const pieces = parts.flatMap(([side, bytes]) => {
        const all = Buffer.from(bytes as string);
        return Array.from(
          { length: Math.ceil(all.length / size) },
          (_, i): Part => [side, all.subarray(i * size, (i + 1) * size)],
        );
      });
      const { code, frames } = decodeCapture(captured(pieces));
      expect([code, sorted(frames)]).toEqual([0, sorted(BEATS)]);
    }
  });

  it.each<[string, string, string]>([
    ['names in any case', head('GET / HTTP/1.1', 'upgrade: WebSocket', 'SEC-WEBSOCKET-PROTOCOL: im.v1'), OURS],
    [
      'offers in several fields',
      head('GET / HTTP/1.1', 'Upgrade: websocket', 'Sec-WebSocket-Protocol: mqtt', 'Sec-WebSocket-Protocol: im.v1'),
      OURS,
    ],
    ['folded lines', head('GET / HTTP/1.1', 'Upgrade: h2c,', '\twebsocket', 'Sec-WebSocket-Protocol: x,', ' im.v1'), OURS],
    ['lines without CR', request().replaceAll('\r\n', '\n'), OURS.replaceAll('\r\n', '\n')],
    ['a server that picks none', request(), accepted()],
    ['a client that offers none', head('GET / HTTP/1.1', 'Upgrade: websocket'), accepted()],
  ])('heads with %s', (_name, sent, received) => {
    const { code, frames, said } = decodeCapture(captured([['up', sent], ['down', received], ...both]));
    expect([code, sorted(frames), said]).toEqual([0, sorted(BEATS), []]);
  });

  const foreign = (name: string): string[] =>
    [DOWN, UP].map((flow) => `skipped: ${flow}: a WebSocket with the subprotocol ${name}`);
  const NONE = 'the capture has no connection that carries frames';

  it('the server picks what both sides speak', () => {
    const mqtt = accepted('Sec-WebSocket-Protocol: mqtt');
    for (const order of [
      [['up', request('im.v1, mqtt')], ['down', mqtt], ...both],
      [
        ['up', request('im.v1, mqtt')],
        ['up', masked],
        ['down', mqtt],
        ['down', plain],
      ],
      [
        ['down', mqtt],
        ['down', plain],
        ['up', request('im.v1, mqtt')],
        ['up', masked],
      ],
    ] as Part[][]) {
      for (const ends of [false, true]) {
        const { code, frames, said } = decodeCapture(captured(order, { ends }));
        expect([code, frames, sorted(said)]).toEqual([1, [], sorted([...foreign('mqtt'), NONE])]);
      }
    }
  });

  it('a server that picks none leaves it at what the client offered', () => {
    const { code, said } = decodeCapture(captured([['up', request('chat')], ['down', accepted()], ...both]));
    expect([code, sorted(said)]).toEqual([1, sorted([...foreign('chat'), NONE])]);
  });

  it('another protocol than WebSocket, or a tunnel, is skipped', () => {
    for (const [sent, received] of [
      [head('GET / HTTP/1.1', 'Upgrade: h2c'), head('HTTP/1.1 101 Switching Protocols', 'Upgrade: h2c')],
      [head('CONNECT x:443 HTTP/1.1'), answer('200 OK', '', 'Content-Length: 0')],
      [request(), answer('401 Unauthorized', 'no')],
    ]) {
      const { code, frames, said } = decodeCapture(captured([['up', sent], ['down', received], ...both]));
      expect([code, frames]).toEqual([1, []]);
      expect(sorted(said)).toEqual(sorted([...[UP, DOWN].map((flow) => `skipped: ${flow}: HTTP without a WebSocket`), NONE]));
    }
  });

  it('of one direction alone is judged by that', () => {
    const sent = decodeCapture(
      captured([
        ['up', request()],
        ['up', masked],
      ]),
    );
    expect(sent).toEqual({ code: 0, frames: [BEATS[0]], said: [] });
    const received = decodeCapture(
      captured([
        ['down', answer('401 Unauthorized', 'no')],
        ['down', OURS],
        ['down', plain],
      ]),
    );
    expect(received).toEqual({ code: 0, frames: [BEATS[1]], said: [before('1 HTTP response', DOWN)] });
  });

  it('may lie in the middle of the connection where the capture begins', () => {
    const parts: Part[] = [['down', answer('200 OK')], ['up', request()], ['down', OURS], ...both];
    const { code, frames } = decodeCapture(captured(parts, { syn: false }));
    expect([code, sorted(frames)]).toEqual([0, sorted(BEATS)]);
  });

  it('thousands of requests in one segment are read', () => {
    const many = request('im').repeat(7000);
    const refused = answer('401 Unauthorized').repeat(7000);
    const parts: Part[] = [
      ['up', many.slice(0, 60_000)],
      ['up', many.slice(60_000) + request()],
      ['down', refused + OURS],
      ...both,
    ];
    const { code, frames } = decodeCapture(captured(parts.flatMap(split)));
    expect([code, sorted(frames)]).toEqual([0, sorted(BEATS)]);
  });
});

/** In segments that IP can carry. */
function split([side, bytes]: Part): Part[] {
  const all = Buffer.from(bytes as string);
  return Array.from(
    { length: Math.ceil(all.length / 60_000) },
    (_, i): Part => [side, all.subarray(i * 60_000, (i + 1) * 60_000)],
  );
}

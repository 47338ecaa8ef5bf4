// WebSockets in a capture, with frames as ws writes them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { WebsocketFrames } from '../../../src/cli/capture/websocket-frames.js';
import { SEED } from '../../seed.js';
import { HEARTBEAT, LOGIN, MESSAGE } from '../cli.js';
import { readCapture } from './read-capture.js';
import { ipv4, pcap, tcp } from './write-capture.js';

interface FrameOptions {
  readonly fin?: boolean;
  readonly opcode?: number;
  readonly mask?: boolean;
  readonly rsv1?: boolean;
}
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };

/** A frame, by ws. */
function frame(data: string | Buffer, { fin = true, opcode = 2, mask = false, rsv1 = false }: FrameOptions = {}): Buffer {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'hex') : Buffer.from(data);
  return Buffer.concat(Sender.frame(bytes, { fin, opcode, mask, rsv1, readOnly: true }));
}

/** What comes out: messages in hex, `…` for one that has not ended. */
function read(bytes: Buffer, cuts: readonly number[] = []): { messages: string[]; diagnostics: string[]; isInside: boolean } {
  const messages = [''];
  const diagnostics: string[] = [];
  const frames = new WebsocketFrames('binary', {
    message: (part, isLast) => {
      messages[messages.length - 1] += Buffer.from(part).toString('hex');
      if (isLast) messages.push('');
    },
    skipped: (what) => diagnostics.push(what),
    broken: (why) => diagnostics.push(`broken: ${why}`),
  });
  let at = 0;
  for (const end of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  const last = messages.pop()!;
  return { messages: last === '' ? messages : [...messages, `${last}…`], diagnostics, isInside: frames.isInside };
}

describe('frames of a WebSocket', () => {
  it(`come out as ws sent them: masked or not, in parts, with others between, cut anywhere (seed ${SEED})`, () => {
    const size = fc.oneof(fc.nat(300), fc.constantFrom(0, 125, 126, 127, 65_535, 65_536));
    const control = fc.record({ opcode: fc.constantFrom(9, 10), data: fc.uint8Array({ maxLength: 125 }) });
    const message = fc.record({
      parts: fc.array(fc.tuple(size, fc.array(control, { maxLength: 2 })), { minLength: 1, maxLength: 4 }),
      isText: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 30 }),
        (list, mask, cuts) => {
          const bytes: Buffer[] = [];
          const expected: string[] = [];
          for (const { parts, isText } of list) {
            const data = parts.map(([length], i) => Buffer.alloc(length, i + 1));
            for (const [i, part] of data.entries()) {
              bytes.push(frame(part, { mask, opcode: i > 0 ? 0 : isText ? 1 : 2, fin: i === data.length - 1 }));
              for (const { opcode, data } of parts[i][1]) bytes.push(frame(Buffer.from(data), { opcode, mask }));
            }
            if (!isText) expected.push(Buffer.concat(data).toString('hex'));
          }
          const result = read(Buffer.concat(bytes), cuts);
          expect(result.messages).toEqual(expected);
          expect(result.diagnostics).toEqual(list.filter(({ isText }) => isText).map(() => 'text'));
          expect(result.isInside).toBe(false);
        },
      ),
      { seed: SEED },
    );
  });

  it.each([
    ['an opcode of nobody', frame('00', { opcode: 3 }), 'a frame with opcode 3'],
    ['a ping in parts', frame('', { opcode: 9, fin: false }), 'a fragmented control frame'],
    ['a ping of 126 bytes', frame(Buffer.alloc(126), { opcode: 9 }), 'a control frame of 126 bytes, limit 125'],
    ['bits of an extension', Buffer.from('a200', 'hex'), 'reserved bits 2'],
    ['a ping that is compressed', frame('', { opcode: 9, rsv1: true }), 'reserved bits 4'],
    ['nothing to go on with', frame('00', { opcode: 0 }), 'a continuation frame without a message'],
    ['a message in a message', Buffer.concat([frame('', { fin: false }), frame('')]), 'a message inside another message'],
    ['a length beyond 2^53', Buffer.from('827f0020000000000000', 'hex'), 'a frame of 2^53 bytes or more'],
  ])('%s is reported', (_name, bytes, why) => {
    const { messages, diagnostics } = read(Buffer.concat([frame(HEARTBEAT), bytes, frame(HEARTBEAT)]));
    expect(diagnostics).toEqual([`broken: ${why}`]);
    expect(messages[0]).toBe(HEARTBEAT);
    expect(messages.length).toBeLessThan(3);
  });

  it('nothing is allocated for what a header announces, and it is said that it does not end', () => {
    const before = process.memoryUsage().arrayBuffers;
    const { messages, isInside } = read(Buffer.from('827f001fffffffffffff0102', 'hex'));
    expect([messages, isInside]).toEqual([['0102…'], true]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });

  it('behind a Close nothing counts', () => {
    expect(read(Buffer.concat([frame(HEARTBEAT), frame('03e8', { opcode: 8 }), Buffer.from('ffffff', 'hex')]))).toEqual({
      messages: [HEARTBEAT],
      diagnostics: [],
      isInside: false,
    });
  });
});

const CLIENT = '10.0.0.1:5000';
const SERVER = '10.0.0.2:9000';
const UP = `${CLIENT} > ${SERVER}`;
const DOWN = `${SERVER} > ${CLIENT}`;

/** A capture of what both sides sent, a segment each. @param syn false = it begins in the middle. */
function captured(up: readonly Buffer[], down: readonly Buffer[], syn = true): Buffer {
  const side = (from: string, to: string, parts: readonly Buffer[]): Buffer[] => {
    let number = 0;
    const all = syn ? [ipv4(tcp(Buffer.alloc(0), { from, to, number: number++, flags: 'SYN' }), { from, to })] : [];
    for (const part of parts) {
      all.push(ipv4(tcp(part, { from, to, number }), { from, to }));
      number += part.length;
    }
    return all;
  };
  return pcap([...side(CLIENT, SERVER, up), ...side(SERVER, CLIENT, down)], { link: 101 });
}

const request = (subprotocol = 'im.v1, im', path = '/'): Buffer =>
  Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n${subprotocol === '' ? '' : `Sec-WebSocket-Protocol: ${subprotocol}\r\n`}\r\n`,
  );
const response = (subprotocol = 'im.v1', status = '101 Switching Protocols'): Buffer =>
  Buffer.from(
    `HTTP/1.1 ${status}\r\nupgrade: websocket\r\nConnection: Upgrade\r\n${subprotocol === '' ? '' : `sec-websocket-protocol:${subprotocol}\r\n`}\r\n`,
  );

describe('a WebSocket in a capture', () => {
  const up = [frame(LOGIN, { mask: true }), frame(MESSAGE, { mask: true })];
  const down = [frame(HEARTBEAT + HEARTBEAT)];

  it.each([
    ['a segment each', [request(), ...up], [response(), ...down]],
    ['all in one segment', [Buffer.concat([request(), ...up])], [Buffer.concat([response(), ...down])]],
    ['a byte a segment', [...Buffer.concat([request(), ...up])].map((byte) => Buffer.from([byte])), [response(), ...down]],
    ['of any subprotocol of ours', [request('other, im'), ...up], [response('im'), ...down]],
    ['of none', [request(''), ...up], [response(''), ...down]],
  ])('%s', async (_name, sent, received) => {
    const { flows, diagnostics } = await readCapture(captured(sent, received), 'pcap');
    expect(diagnostics).toEqual([]);
    expect(Object.fromEntries(flows)).toEqual({ [UP]: [LOGIN, MESSAGE, '', ''], [DOWN]: [HEARTBEAT + HEARTBEAT, '', ''] });
  });

  it.each([
    [
      'of another subprotocol',
      request('chat'),
      response('chat'),
      'a WebSocket with the subprotocol chat',
      'a WebSocket with the subprotocol chat',
    ],
    [
      'that is refused',
      Buffer.from('GET /?token=abc HTTP/1.1\r\n\r\n'),
      response('', '404 Not Found'),
      'HTTP without a WebSocket',
      'HTTP without a WebSocket',
    ],
    [
      'whose head does not end',
      Buffer.from(`GET / HTTP/1.1\r\n${'x'.repeat(17_000)}`),
      Buffer.from('HTTP/1.1 2'),
      'HTTP without a WebSocket',
      'HTTP without a WebSocket',
    ],
    [
      'that is something else',
      Buffer.from('SSH-2.0-x\r\n'),
      Buffer.from('Hello'),
      'this looks like an SSH banner',
      'this looks like an HTTP response, or an HTTP request (HEAD)',
    ],
  ])('%s is skipped, and said to be', async (_name, sent, received, upText, downText) => {
    const { flows, diagnostics } = await readCapture(captured([sent, ...up], [received, ...down]), 'pcap');
    expect([...flows.values()].flat().join('')).toBe('');
    expect(diagnostics).toHaveLength(3);
    expect(diagnostics).toEqual(
      expect.arrayContaining([
        `warn: skipped: ${UP}: ${upText}`,
        `warn: skipped: ${DOWN}: ${downText}`,
        'invalid: the capture has no connection that carries frames',
      ]),
    );
  });

  it('has messages that are not read: they are counted', async () => {
    const text = frame(Buffer.from('{}'), { opcode: 1, mask: true });
    const compressed = frame('0102', { rsv1: true });
    const capture = captured([request(), text, ...up, text], [response(), compressed, ...down]);
    expect((await readCapture(capture, 'pcap')).diagnostics).toEqual([
      `warn: skipped: ${UP}: 2 text WebSocket messages`,
      `warn: skipped: ${DOWN}: 1 compressed WebSocket message`,
    ]);
  });

  it('that ends inside a message, or is broken, is reported', async () => {
    const capture = captured(
      [request(), frame(HEARTBEAT, { mask: true, fin: false })],
      [response(), ...down, Buffer.from('f2', 'hex'), Buffer.from('00')],
    );
    expect((await readCapture(capture, 'pcap')).diagnostics).toEqual([
      `invalid: ${DOWN}: invalid WebSocket frame: reserved bits 7`,
      `truncated: ${UP}: the stream ended inside a WebSocket message`,
    ]);
  });

  it('may have begun before the capture: it is read from the first frame on that begins a segment', async () => {
    const half = frame(MESSAGE, { mask: true }).subarray(10);
    const capture = captured([half, frame('', { opcode: 9, mask: true }), ...up], [Buffer.from('0102', 'hex'), ...down], false);
    const { flows, diagnostics } = await readCapture(capture, 'pcap');
    expect(Object.fromEntries(flows)).toEqual({ [UP]: [LOGIN, MESSAGE, '', ''], [DOWN]: [HEARTBEAT + HEARTBEAT, '', ''] });
    expect(diagnostics).toEqual([
      `warn: skipped: ${UP}: ${half.length + 6} bytes of a stream without a beginning: before the first frame`,
      `warn: skipped: ${DOWN}: 2 bytes of a stream without a beginning: before the first frame`,
    ]);
  });

  it('and so may frames on TCP', async () => {
    const half = Buffer.from(MESSAGE, 'hex').subarray(3);
    const { flows, diagnostics } = await readCapture(
      captured([half, Buffer.from(LOGIN, 'hex')], [Buffer.alloc(40, 7)], false),
      'pcap',
    );
    expect(Object.fromEntries(flows)).toEqual({ [UP]: [LOGIN, ''], [DOWN]: ['', ''] });
    expect(diagnostics).toEqual([
      `warn: skipped: ${UP}: 35 bytes of a stream without a beginning: before the first frame`,
      `warn: skipped: ${DOWN}: 40 bytes of a stream without a beginning: no frame found`,
    ]);
  });

  it('with a hole in it goes on with the next frame that begins a segment', async () => {
    const parts = [request(), ...up, frame(MESSAGE, { mask: true }), frame(HEARTBEAT, { mask: true })];
    const whole = captured(parts, [response()]);
    // The second message is not in the capture.
    let at = 24;
    for (let i = 0; i < 3; i++) at += 16 + whole.readUInt32LE(at + 8);
    const capture = Buffer.concat([whole.subarray(0, at), whole.subarray(at + 16 + whole.readUInt32LE(at + 8))]);
    const { flows, diagnostics } = await readCapture(capture, 'pcap');
    expect(flows.get(UP)).toEqual([LOGIN, '', MESSAGE, HEARTBEAT, '', '']);
    expect(diagnostics).toEqual([`truncated: ${UP}: ${up[1].length} bytes missing in the capture`]);
  });
});

it('what is skipped is reported of twenty connections, and not of thousands', async () => {
  const packets = Array.from({ length: 100 }, (_, i) => {
    const from = `10.0.0.1:${5000 + i}`;
    return [
      ipv4(tcp(Buffer.alloc(0), { from, number: 0, flags: 'SYN' }), { from }),
      ipv4(tcp(Buffer.from('SSH'), { from }), { from }),
    ];
  });
  const { diagnostics } = await readCapture(pcap(packets.flat(), { link: 101 }), 'pcap');
  expect(diagnostics).toHaveLength(22);
  expect(diagnostics.slice(-2)).toEqual([
    'warn: 80 more like these are not shown',
    'invalid: the capture has no connection that carries frames',
  ]);
});

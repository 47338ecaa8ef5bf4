// Segments of TCP, put together whatever order they come in.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flowText, type Segment } from '../../../src/cli/capture/ip.js';
import { TcpStreams } from '../../../src/cli/capture/tcp-streams.js';
import { SEED } from '../../seed.js';

const KEY = Buffer.from('0a0000010a00000213882328', 'hex').toString('latin1');
const [FIN, SYN, RST, ACK] = [1, 2, 4, 16];

const segment = (number: number, text: string | Uint8Array, flags = ACK, key = KEY, lost = 0, ack = 0): Segment => ({
  key,
  number: number >>> 0,
  ack,
  flags,
  payload: Buffer.from(text as string, 'latin1'),
  lost,
});

/** What comes out of segments: of each stream that was opened, its bytes, with `[n]` for n that are missing, `(n)` for n that are not read, and `.` for its end. */
function streamsOf(segments: readonly Segment[], isEnd = true): string[] {
  const found: string[] = [];
  const streams = new TcpStreams((key, isWhole) => {
    const i = found.push(`${flowText(key)}${isWhole ? '' : ' …'} `) - 1;
    const add = (text: string): void => {
      found[i] += text;
    };
    return {
      push: (bytes) => add(Buffer.from(bytes).toString('latin1')),
      gap: (bytes) => add(`[${bytes}]`),
      unread: (bytes) => add(`(${bytes})`),
      end: () => add('.'),
    };
  });
  for (const one of segments) streams.push(one);
  if (isEnd) streams.end();
  return found;
}

const NAME = '10.0.0.1:5000 > 10.0.0.2:9000';
const syn = (number: number): Segment => segment(number, '', SYN);

describe('segments of TCP', () => {
  it(`come out as they were sent: cut anyhow, in disorder, again, overlapping, over the end of the numbers (seed ${SEED})`, () => {
    const text = fc.uint8Array({ minLength: 1, maxLength: 400 });
    const pieces = fc.array(fc.tuple(fc.nat(), fc.nat(60), fc.nat()), { maxLength: 40 });
    fc.assert(
      fc.property(text, pieces, fc.nat(0xffffffff), fc.nat(40), (bytes, more, first, step) => {
        // All of it in steps, and pieces of it besides, in any order.
        const starts = Array.from({ length: Math.ceil(bytes.length / (step + 1)) }, (_, i) => i * (step + 1));
        const all: [at: number, size: number, place: number][] = [
          ...starts.map((at, i): [number, number, number] => [at, step + 1, i * 2 ** 24]),
          ...more.map(([at, size, place]): [number, number, number] => [at % bytes.length, size, place]),
        ];
        const sent = all.sort((a, b) => a[2] - b[2]).map(([at, size]) => segment(first + 1 + at, bytes.subarray(at, at + size)));
        const end = segment(first + 1 + bytes.length, '', ACK | FIN);
        expect(streamsOf([syn(first), ...sent, end], false)).toEqual([`${NAME} ${Buffer.from(bytes).toString('latin1')}.`]);
        // The end may come first as well.
        expect(streamsOf([syn(first), end, ...sent, ...sent], false)).toEqual([
          `${NAME} ${Buffer.from(bytes).toString('latin1')}.`,
        ]);
      }),
      { seed: SEED },
    );
  });

  it.each([
    [
      'a beginning that is captured twice',
      [syn(0), segment(1, 'ab'), syn(0), segment(1, 'ab'), segment(3, 'c')],
      [`${NAME} abc.`],
    ],
    ['bytes with the first segment', [segment(0, 'ab', SYN), segment(3, 'c')], [`${NAME} abc.`]],
    ['a capture that begins in the middle', [segment(7, 'ab'), segment(9, 'c')], [`${NAME} … abc.`]],
    ['the byte that keeps a connection alive', [syn(0), segment(1, 'ab'), segment(2, 'b'), segment(3, 'c')], [`${NAME} abc.`]],
    ['ports that are used again', [syn(0), segment(1, 'ab'), syn(500), segment(501, 'c')], [`${NAME} ab.`, `${NAME} c.`]],
    [
      'ports that are used again, behind an end',
      [syn(0), segment(1, 'a', FIN), syn(500), segment(501, 'c')],
      [`${NAME} a.`, `${NAME} c.`],
    ],
    [
      'what comes again behind the end',
      [syn(0), segment(1, 'ab', ACK | FIN), segment(1, 'ab', ACK | FIN), segment(4, '')],
      [`${NAME} ab.`],
    ],
    ['a reset', [syn(0), segment(1, 'ab'), segment(3, '', RST), segment(1, 'ab')], [`${NAME} ab.`]],
    ['a hole up to the end', [syn(0), segment(1, 'ab'), segment(9, 'c'), segment(20, 'd')], [`${NAME} ab[6]c[10]d.`]],
    ['a hole up to a reset', [syn(0), segment(5, 'c'), segment(6, '', RST)], [`${NAME} [4]c.`]],
    ['a hole at the beginning', [syn(0), segment(5, 'c')], [`${NAME} [4]c.`]],
    ['bytes that were not captured', [syn(0), segment(1, 'ab', ACK, KEY, 3), segment(6, 'c')], [`${NAME} ab[3]c.`]],
    [
      'bytes that were not captured, and came again',
      [syn(0), segment(1, 'ab'), segment(1, 'a', ACK, KEY, 3), segment(5, 'c')],
      [`${NAME} ab[2]c.`],
    ],
    ['no bytes at all', [syn(0), segment(1, ''), segment(1, '', FIN)], [`${NAME} .`]],
  ] as [string, Segment[], string[]][])('%s', (_name, segments, expected) => {
    expect(streamsOf(segments)).toEqual(expected);
  });

  it('a hole is waited for as long as 256 segments are behind it', () => {
    const behind = (count: number): Segment[] => Array.from({ length: count }, (_, i) => segment(2 + i, 'x'));
    expect(streamsOf([syn(0), ...behind(256)], false)).toEqual([`${NAME} `]);
    expect(streamsOf([syn(0), ...behind(256), segment(1, 'a')], false)).toEqual([`${NAME} a${'x'.repeat(256)}`]);
    expect(streamsOf([syn(0), ...behind(257)], false)).toEqual([`${NAME} [1]${'x'.repeat(257)}`]);
  });

  it('all that waits is at most 64 MiB', () => {
    // A piece takes 256 bytes besides.
    const large = Buffer.alloc((1 << 20) - 256, 'x');
    const waiting = (count: number): Segment[] => Array.from({ length: count }, (_, i) => segment(2 + i * large.length, large));
    expect(streamsOf([syn(0), ...waiting(64)], false)[0]).toHaveLength(NAME.length + 1);
    expect(streamsOf([syn(0), ...waiting(65)], false)[0]).toHaveLength(NAME.length + 4 + 65 * large.length);
    // What has come out, or was given up, waits no more.
    const filled = waiting(64).flatMap((one, i) => (i === 0 ? [one, segment(1, 'a')] : [one]));
    expect(streamsOf([syn(0), ...filled, segment(2 + 64 * large.length, '', FIN), ...waiting(64)], false)).toHaveLength(1);
  });

  it('65536 streams are remembered; the one that was quiet for longest ends', () => {
    const keyOf = (i: number): string =>
      Buffer.from([10, i >> 16, (i >> 8) & 255, i & 255, 10, 0, 0, 2, 1, 2, 3, 4]).toString('latin1');
    const some = Array.from({ length: 65_536 }, (_, i) => segment(0, '', SYN, keyOf(i)));
    expect(streamsOf(some, false).filter((text) => text.endsWith('.'))).toEqual([]);
    const more = [...some, segment(1, 'a', ACK, keyOf(0)), segment(0, '', SYN, keyOf(65_536))];
    expect(streamsOf(more, false).filter((text) => text.endsWith('.'))).toEqual(['10.0.0.1:258 > 10.0.0.2:772 .']);
  });
});

import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FrameSplitter } from '../../src/frame/index.js';
import { hex, join, toHex } from './hex.js';
import { everyByte, outcomeOf, textThrownBy, thrownBy } from './outcome.js';

// Three frames as one sees them: a heartbeat of 10 bytes, one without a payload, one of 13 bytes with flags.
const HEARTBEAT = '00 00 00 06 01 07 00 00 08 02';
const EMPTY = '00 00 00 04 00 40 00 00';
const FLAGGED = '00 00 00 09 01 c8 00 02 61 62 63 64 65';
const ALL = [HEARTBEAT, EMPTY, FLAGGED];

/** A splitter, and the frames that it delivered. */
function collector(options?: { maxFrameBytes?: number }) {
  const frames: string[] = [];
  const splitter = new FrameSplitter(options);
  const push = (...groups: string[]) =>
    splitter.push(hex(...groups), (buffer, start, end) => void frames.push(toHex(buffer, start, end)));
  return { splitter, frames, push };
}

describe('FrameSplitter', () => {
  it('reads nothing from an empty stream', () => {
    const { splitter, frames, push } = collector();
    push('');
    splitter.end();
    expect(frames).toEqual([]);
  });

  it('reads a single frame in one chunk', () => {
    const { splitter, frames, push } = collector();
    push(HEARTBEAT);
    splitter.end();
    expect(frames).toEqual([HEARTBEAT]);
  });

  it('reads a single frame without a payload', () => {
    const { frames, push } = collector();
    push(EMPTY);
    expect(frames).toEqual([EMPTY]);
  });

  it('reads a single frame in many chunks, empty ones among them', () => {
    const { frames, push } = collector();
    for (const piece of ['00 00', '', '00', '09 01 c8', '', '00 02 61 62', '63 64']) push(piece);
    expect(frames).toEqual([]);
    push('65');
    push('');
    expect(frames).toEqual([FLAGGED]);
  });

  it('reads several frames in one chunk', () => {
    const { frames, push } = collector();
    push(...ALL);
    expect(frames).toEqual(ALL);
  });

  it('reads several frames in as many chunks', () => {
    const { frames, push } = collector();
    for (const frame of ALL) push(frame);
    expect(frames).toEqual(ALL);
  });

  it('reads a chunk that ends one frame, has a whole one and begins another', () => {
    const { frames, push } = collector();
    push('00 00 00 06 01 07');
    push('00 00 08 02', EMPTY, '00 00 00 09 01');
    expect(frames).toEqual([HEARTBEAT, EMPTY]);
    push('c8 00 02 61 62 63 64 65');
    expect(frames).toEqual(ALL);
  });

  it('reads the same frames wherever the stream is cut in two', () => {
    const stream = hex(...ALL);
    for (let cut = 0; cut <= stream.length; cut++) expect(outcomeOf(stream, [cut])).toEqual({ frames: ALL });
  });

  it('reads the same frames wherever the stream is cut in three', () => {
    const stream = hex(...ALL);
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        expect(outcomeOf(stream, [first, second])).toEqual({ frames: ALL });
      }
    }
  });

  it('reads the same frames byte by byte', () => {
    const stream = hex(...ALL);
    expect(outcomeOf(stream, everyByte(stream))).toEqual({ frames: ALL });
  });

  it('reads a thousand frames in one chunk', () => {
    const frames = Array.from({ length: 1000 }, (_, i) => ALL[i % 3]);
    expect(outcomeOf(hex(...frames), [])).toEqual({ frames });
  });

  it('reads a thousand frames byte by byte', () => {
    const frames = Array.from({ length: 1000 }, (_, i) => ALL[i % 3]);
    const stream = hex(...frames);
    expect(outcomeOf(stream, everyByte(stream))).toEqual({ frames });
  });

  it('reads frames of 255, 256, 65535, 65536 and 1048576 bytes', () => {
    const heads = ['00 00 00 fb', '00 00 00 fc', '00 00 ff fb', '00 00 ff fc', '00 0f ff fc'];
    const sizes = [255, 256, 65_535, 65_536, 1_048_576];
    const stream = join(...sizes.map((size, i) => join(hex(heads[i], '01 07 00 00'), new Uint8Array(size - 8).fill(i + 1))));
    for (const chunkBytes of [stream.length, 1460, 7]) {
      const found: number[] = [];
      const splitter = new FrameSplitter();
      for (let at = 0; at < stream.length; at += chunkBytes) {
        splitter.push(stream.slice(at, at + chunkBytes), (buffer, start, end) => {
          expect(buffer.subarray(start + 8, end).every((byte) => byte === found.length + 1)).toBe(true);
          found.push(end - start);
        });
      }
      splitter.end();
      expect(found).toEqual(sizes);
    }
  });

  it('reads the largest frame that there is', () => {
    const splitter = new FrameSplitter({ maxFrameBytes: 16_777_219 });
    let size = 0;
    splitter.push(join(hex('00 ff ff ff 01 07 00 00'), new Uint8Array(16_777_211)), (_, start, end) => (size = end - start));
    expect(size).toBe(16_777_219);
  });

  it('hands out a frame that lies within a chunk in place', () => {
    const chunk = hex(HEARTBEAT, EMPTY);
    const calls: [boolean, number, number][] = [];
    new FrameSplitter().push(chunk, (buffer, start, end) => void calls.push([buffer === chunk, start, end]));
    expect(calls).toEqual([
      [true, 0, 10],
      [true, 10, 18],
    ]);
  });

  it('hands out a frame that spans chunks in a buffer of its own, and the next one in place', () => {
    const splitter = new FrameSplitter();
    const chunk = hex('07 00 00 08 02', EMPTY);
    const calls: [boolean, number][] = [];
    splitter.push(hex('00 00 00 06 01'), () => void calls.push([false, 0]));
    splitter.push(chunk, (buffer, start, end) => void calls.push([buffer === chunk, end - start]));
    expect(calls).toEqual([
      [false, 10],
      [true, 8],
    ]);
  });

  it('does not keep or change the chunk', () => {
    const { splitter, frames } = collector();
    const onFrame = (buffer: Uint8Array, start: number, end: number) => void frames.push(toHex(buffer, start, end));
    const chunk = hex('00 00 00 06 01');
    splitter.push(chunk, onFrame);
    expect(toHex(chunk)).toBe('00 00 00 06 01');
    chunk.set(hex('07 00 00 08 02'));
    splitter.push(chunk, onFrame);
    expect(frames).toEqual([HEARTBEAT]);
    expect(toHex(chunk)).toBe('07 00 00 08 02');
  });

  it('does not judge version, type and flags', () => {
    const frames = ['00 00 00 04 ff ff ff ff', '00 00 00 04 00 00 00 00', '00 00 00 04 7c 00 80 fc'];
    expect(outcomeOf(hex(...frames), [])).toEqual({ frames });
  });

  it.each([
    ['a Buffer', Buffer.from('00000004004000000000000601', 'hex')],
    ['a subarray of a larger array', hex('ff ff', EMPTY, '00 00 00 06 01 ff').subarray(2, 15)],
    ['an array of another realm', runInNewContext('new Uint8Array([0, 0, 0, 4, 0, 64, 0, 0, 0, 0, 0, 6, 1])') as Uint8Array],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(13)).map((_, i) => [0, 0, 0, 4, 0, 64, 0, 0, 0, 0, 0, 6, 1][i])],
  ])('takes %s', (_, chunk) => {
    const { splitter, frames, push } = collector();
    expect(chunk).toHaveLength(13);
    splitter.push(chunk, (buffer, start, end) => void frames.push(toHex(buffer, start, end)));
    push('07 00 00 08 02');
    splitter.end();
    expect(frames).toEqual([EMPTY, HEARTBEAT]);
  });

  it.each([
    ['text', 'string'],
    [[0, 0, 0, 4], 'Array'],
    [new ArrayBuffer(8), 'ArrayBuffer'],
    [new Uint16Array(4), 'Uint16Array'],
    [new DataView(new ArrayBuffer(8)), 'DataView'],
    [undefined, 'undefined'],
    [null, 'Null'],
  ])('refuses %s as a chunk, and goes on', (chunk, kind) => {
    const { splitter, frames, push } = collector();
    push('00 00 00 06 01');
    expect(thrownBy(() => splitter.push(chunk as never, () => {}))).toEqual(
      new TypeError(`FrameSplitter.push expects a Uint8Array, got ${kind}`),
    );
    push('07 00 00 08 02');
    expect(frames).toEqual([HEARTBEAT]);
  });

  describe('counts', () => {
    it('the bytes that it holds', () => {
      const { splitter, push } = collector();
      const pending = ['', '00', '00 00 06 01', '07 00 00 08', '02', `${EMPTY} 00 00`].map((piece) => {
        push(piece);
        return splitter.pendingBytes;
      });
      expect(pending).toEqual([0, 1, 5, 9, 0, 2]);
    });

    it('the bytes that it has delivered', () => {
      const { splitter, push } = collector();
      const read = ['', '00', '00 00 06 01', '07 00 00 08', '02', `${EMPTY} 00 00`].map((piece) => {
        push(piece);
        return splitter.bytesRead;
      });
      expect(read).toEqual([0, 0, 0, 0, 10, 18]);
    });

    it('inside onFrame the frame as delivered and the rest of the chunk as not held', () => {
      const stream = hex(...ALL);
      for (const cut of stream.keys()) {
        const splitter = new FrameSplitter();
        const seen: [number, number, number][] = [];
        const onFrame = (_: Uint8Array, start: number, end: number) =>
          void seen.push([splitter.bytesRead - (end - start), splitter.bytesRead, splitter.pendingBytes]);
        splitter.push(stream.slice(0, cut), onFrame);
        splitter.push(stream.slice(cut), onFrame);
        expect(seen).toEqual([
          [0, 10, 0],
          [10, 18, 0],
          [18, 31, 0],
        ]);
      }
    });
  });

  describe('end', () => {
    it('passes between two frames, and the stream may go on', () => {
      const { splitter, frames, push } = collector();
      splitter.end();
      push(HEARTBEAT);
      splitter.end();
      splitter.end();
      push(EMPTY);
      splitter.end();
      expect(frames).toEqual([HEARTBEAT, EMPTY]);
    });

    it.each([
      [1, 'the header of a frame: got 1 of 8 bytes'],
      [3, 'the header of a frame: got 3 of 8 bytes'],
      [4, 'a frame: got 4 of 13 bytes'],
      [5, 'a frame: got 5 of 13 bytes'],
      [7, 'a frame: got 7 of 13 bytes'],
      [8, 'a frame: got 8 of 13 bytes'],
      [12, 'a frame: got 12 of 13 bytes'],
    ])('says that a frame is truncated after %i bytes', (length, text) => {
      const stream = join(hex(HEARTBEAT), hex(FLAGGED).slice(0, length));
      const message = `[TRUNCATED] the stream ended inside ${text}, at byte 10`;
      const error = { code: 'TRUNCATED', offset: 10, limit: length < 4 ? 8 : 13, actual: length, message };
      expect(outcomeOf(stream, [])).toEqual({ frames: [HEARTBEAT], error });
      expect(outcomeOf(stream, everyByte(stream))).toEqual({ frames: [HEARTBEAT], error });
    });

    it('ends the splitter where a frame is truncated', () => {
      const { splitter, push } = collector();
      push(HEARTBEAT, '00 00');
      expect(textThrownBy(() => splitter.end())).toBe(
        '[TRUNCATED] the stream ended inside the header of a frame: got 2 of 8 bytes, at byte 10',
      );
      const again =
        '[TRUNCATED] the decoder is dead since byte 10: the stream ended inside the header of a frame: got 2 of 8 bytes, at byte 10';
      expect(textThrownBy(() => splitter.end())).toBe(again);
      expect(textThrownBy(() => push('00 04'))).toBe(again);
    });
  });
});

describe('pushFrom', () => {
  const frames = [hex('00 00 00 04 01 07 00 00'), hex('00 00 00 05 01 07 00 00 01'), hex('00 00 00 04 01 07 00 02')];

  it('stops behind a frame without a copy of the rest, and goes on there, for any chunking', () => {
    const all = Uint8Array.from(frames.flatMap((frame) => [...frame]));
    for (let size = 1; size <= all.length; size++) {
      const splitter = new FrameSplitter();
      const seen: number[][] = [];
      for (let at = 0; at < all.length; at += size) {
        const chunk = all.subarray(at, at + size);
        let to = 0;
        do {
          const before = seen.length;
          to = splitter.pushFrom(chunk, to, (buffer, start, end) => {
            seen.push([...buffer.subarray(start, end)]);
            return false;
          });
          expect(seen.length).toBeLessThanOrEqual(before + 1);
          if (to < chunk.length) expect(splitter.pendingBytes).toBe(0);
        } while (to < chunk.length);
      }
      expect(seen).toEqual(frames.map((frame) => [...frame]));
      splitter.end();
    }
  });
});

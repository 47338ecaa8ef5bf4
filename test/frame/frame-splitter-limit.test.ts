import { describe, expect, it } from 'vitest';
import { FrameSplitter } from '../../src/frame/index.js';
import { hex, join, toHex } from './hex.js';
import { everyByte, outcomeOf, textThrownBy, thrownBy } from './outcome.js';

describe('FrameSplitter.maxFrameBytes', () => {
  it('is 1 MiB unless told otherwise', () => {
    expect(new FrameSplitter().maxFrameBytes).toBe(1_048_576);
    expect(new FrameSplitter({ maxFrameBytes: undefined }).maxFrameBytes).toBe(1_048_576);
    expect(new FrameSplitter({ maxFrameBytes: 16_384 }).maxFrameBytes).toBe(16_384);
  });

  it.each([7, 16_777_220, 8.5, Number.NaN, Number.POSITIVE_INFINITY, '100'])('refuses %s', (value) => {
    const error = new RangeError(`maxFrameBytes is an integer from 8 to 16777219, got ${value}`);
    expect(() => new FrameSplitter({ maxFrameBytes: value as number })).toThrow(error);
    const splitter = new FrameSplitter();
    expect(() => {
      splitter.maxFrameBytes = value as number;
    }).toThrow(error);
    expect(splitter.maxFrameBytes).toBe(1_048_576);
  });

  it.each([8, 9, 16_777_218, 16_777_219])('takes %i', (value) => {
    expect(new FrameSplitter({ maxFrameBytes: value }).maxFrameBytes).toBe(value);
  });

  const frame = '00 00 00 06 01 07 00 00 08 02';

  it.each([10, 11])('lets a frame of 10 bytes through at %i', (maxFrameBytes) => {
    const stream = hex(frame, frame);
    expect(outcomeOf(stream, [], { maxFrameBytes })).toEqual({ frames: [frame, frame] });
    expect(outcomeOf(stream, everyByte(stream), { maxFrameBytes })).toEqual({ frames: [frame, frame] });
  });

  it('refuses a frame of 10 bytes at 9, whatever the chunking', () => {
    const stream = hex('00 00 00 05 01 07 00 00 08', frame);
    const message = '[FRAME_TOO_LARGE] frame of 10 bytes, limit 9, at byte 9';
    const expected = {
      frames: ['00 00 00 05 01 07 00 00 08'],
      error: { code: 'FRAME_TOO_LARGE', offset: 9, limit: 9, actual: 10, message },
    };
    for (const cut of stream.keys()) expect(outcomeOf(stream, [cut], { maxFrameBytes: 9 })).toEqual(expected);
    expect(outcomeOf(stream, everyByte(stream), { maxFrameBytes: 9 })).toEqual(expected);
  });

  it.each([
    ['00 0f ff fb', 1_048_575, undefined],
    ['00 0f ff fc', 1_048_576, undefined],
    ['00 0f ff fd', 1_048_577, '[FRAME_TOO_LARGE] frame of 1048577 bytes, limit 1048576, at byte 0'],
  ])('holds by default: length %s, a frame of %i bytes', (length, frameBytes, message) => {
    const splitter = new FrameSplitter();
    const sizes: number[] = [];
    const stream = join(hex(length, '01 07 00 00'), new Uint8Array(frameBytes - 8));
    const error = thrownBy(() => splitter.push(stream, (_, start, end) => void sizes.push(end - start)));
    if (message === undefined) expect([error, sizes]).toEqual([undefined, [frameBytes]]);
    else expect([error, sizes]).toMatchObject([{ code: 'FRAME_TOO_LARGE', message, limit: 1_048_576, actual: 1_048_577 }, []]);
  });

  it('is kept at four bytes, before the rest of the header', () => {
    const splitter = new FrameSplitter({ maxFrameBytes: 16_384 });
    splitter.push(hex('00 00 3f'), () => {});
    expect(textThrownBy(() => splitter.push(hex('fd'), () => {}))).toBe(
      '[FRAME_TOO_LARGE] frame of 16385 bytes, limit 16384, at byte 0',
    );
  });

  it('holds from the next frame on when set inside onFrame, whatever the chunking', () => {
    const small = '00 00 00 04 00 41 00 00';
    const stream = hex(small, frame, small, frame);
    const message = '[FRAME_TOO_LARGE] frame of 10 bytes, limit 9, at byte 26';
    for (const cuts of [[], everyByte(stream), ...Array.from(stream.keys(), (cut) => [cut])]) {
      const splitter = new FrameSplitter({ maxFrameBytes: 8 });
      const frames: string[] = [];
      const error = thrownBy(() => {
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          splitter.push(stream.slice(at, cut), (buffer, start, end) => {
            frames.push(toHex(buffer, start, end));
            splitter.maxFrameBytes = [10, 10, 9][frames.length - 1];
          });
          at = cut;
        }
      });
      expect(frames).toEqual([small, frame, small]);
      expect(error).toMatchObject({ code: 'FRAME_TOO_LARGE', offset: 26, message });
    }
  });

  it('holds from the next frame on when set between two pushes', () => {
    const splitter = new FrameSplitter({ maxFrameBytes: 10 });
    const frames: string[] = [];
    const onFrame = (buffer: Uint8Array, start: number, end: number) => void frames.push(toHex(buffer, start, end));
    splitter.push(hex('00 00 00 06 01'), onFrame);
    splitter.maxFrameBytes = 8;
    splitter.push(hex('07 00 00 08 02'), onFrame);
    expect(frames).toEqual([frame]);
    expect(textThrownBy(() => splitter.push(hex(frame), onFrame))).toBe(
      '[FRAME_TOO_LARGE] frame of 10 bytes, limit 8, at byte 10',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { FrameSplitter } from '../../src/frame/index.js';
import { hex, join, toHex } from './hex.js';
import { textThrownBy, thrownBy } from './outcome.js';

const FRAMES = ['00 00 00 06 01 07 00 00 08 02', '00 00 00 04 00 40 00 00', '00 00 00 05 01 07 00 00 61'];
const STREAM = hex(...FRAMES);
const NOTHING = new Uint8Array(0);

/** Collects frames, and does something after each. */
function collector(after: (count: number) => unknown) {
  const frames: string[] = [];
  const splitter = new FrameSplitter();
  const onFrame = (buffer: Uint8Array, start: number, end: number) => {
    frames.push(toHex(buffer, start, end));
    return after(frames.length);
  };
  return { splitter, frames, push: (chunk: Uint8Array) => splitter.push(chunk, onFrame) };
}

describe('onFrame that returns false', () => {
  it('stops the push; the next goes on with the rest, for which an empty chunk will do', () => {
    const { splitter, frames, push } = collector(() => false);
    push(STREAM);
    expect([frames, splitter.bytesRead, splitter.pendingBytes]).toEqual([FRAMES.slice(0, 1), 10, 17]);
    push(NOTHING);
    expect([frames, splitter.bytesRead, splitter.pendingBytes]).toEqual([FRAMES.slice(0, 2), 18, 9]);
    push(NOTHING);
    expect([frames, splitter.bytesRead, splitter.pendingBytes]).toEqual([FRAMES, 27, 0]);
    splitter.end();
  });

  it('stops after a frame that spans chunks, wherever the stream is cut', () => {
    for (const cut of STREAM.keys()) {
      const { splitter, frames, push } = collector(() => false);
      push(STREAM.slice(0, cut));
      push(STREAM.slice(cut));
      for (let i = 0; i < 3; i++) push(NOTHING);
      expect(frames).toEqual(FRAMES);
      splitter.end();
    }
  });

  it('keeps its own copy of the rest of the chunk', () => {
    const { frames, push } = collector((count) => count !== 1);
    const chunk = STREAM.slice();
    push(chunk);
    chunk.fill(0xff);
    push(NOTHING);
    expect(frames).toEqual(FRAMES);
  });

  it('keeps later chunks behind the rest, in order', () => {
    const { splitter, frames, push } = collector(() => false);
    push(STREAM);
    push(STREAM.slice(0, 13));
    push(STREAM.slice(13));
    expect(frames).toEqual(FRAMES);
    expect(splitter.pendingBytes).toBe(27);
    for (let i = 0; i < 3; i++) push(NOTHING);
    expect(frames).toEqual([...FRAMES, ...FRAMES]);
  });

  it('stops for false alone', () => {
    for (const value of [undefined, null, 0, '', true, Number.NaN]) {
      const { frames, push } = collector(() => value);
      push(STREAM);
      expect(frames).toEqual(FRAMES);
    }
  });

  it('leaves broken framing behind it to the next push', () => {
    const { frames, push } = collector(() => false);
    push(join(hex(FRAMES[0]), hex('00 00 00 00')));
    expect(frames).toEqual(FRAMES.slice(0, 1));
    expect(textThrownBy(() => push(NOTHING))).toBe(
      '[FRAME_TOO_SHORT] length field of a frame: got 0, at least 4, at byte 10: this looks like the legacy form of an 8-byte length and JSON text',
    );
  });

  it('lets the limit that is set then hold for the rest', () => {
    const { splitter, frames, push } = collector((count) => count !== 1);
    push(STREAM);
    splitter.maxFrameBytes = 8;
    expect(textThrownBy(() => push(NOTHING))).toBe('[FRAME_TOO_LARGE] frame of 9 bytes, limit 8, at byte 18');
    expect(frames).toEqual(FRAMES.slice(0, 2));
  });

  it('costs memory once, however many frames are taken one at a time', () => {
    const count = 20_000;
    const stream = new Uint8Array(count * 8);
    for (let at = 0; at < stream.length; at += 8) stream.set(hex('00 00 00 04 01 07 00 00'), at);
    const buffers = new Set<Uint8Array>();
    const splitter = new FrameSplitter();
    for (let i = 0; i < count; i++) {
      splitter.push(i === 0 ? stream : NOTHING, (buffer) => {
        buffers.add(buffer);
        return false;
      });
    }
    expect([splitter.bytesRead, splitter.pendingBytes, buffers.size]).toEqual([160_000, 0, 2]);
  });
});

describe('onFrame that throws', () => {
  const failure = new Error('of the application');

  it('ends the push with its error; the frame counts as delivered and the rest is kept', () => {
    for (const cut of STREAM.keys()) {
      const { splitter, frames, push } = collector(() => {
        throw failure;
      });
      const errors = [STREAM.slice(0, cut), STREAM.slice(cut), NOTHING, NOTHING, NOTHING].map((chunk) =>
        thrownBy(() => push(chunk)),
      );
      expect(errors.filter((error) => error !== undefined)).toEqual([failure, failure, failure]);
      expect(frames).toEqual(FRAMES);
      expect([splitter.bytesRead, splitter.pendingBytes]).toEqual([27, 0]);
      splitter.end();
    }
  });

  it('does not lose what another push brings', () => {
    const { frames, push } = collector((count) => {
      if (count === 2) throw failure;
    });
    expect(() => push(STREAM)).toThrow(failure);
    push(STREAM);
    expect(frames).toEqual([...FRAMES, ...FRAMES]);
  });
});

describe('inside onFrame', () => {
  it.each([
    ['push', (splitter: FrameSplitter) => splitter.push(STREAM, () => {})],
    ['end', (splitter: FrameSplitter) => splitter.end()],
  ])('%s is an error of usage, and nothing is lost', (method, call) => {
    for (const cut of [0, 5, 12]) {
      const errors: unknown[] = [];
      const { splitter, frames, push } = collector(() => {
        errors.push(thrownBy(() => call(splitter)));
      });
      push(STREAM.slice(0, cut));
      push(STREAM.slice(cut));
      expect(errors).toEqual(Array(3).fill(new Error(`FrameSplitter.${method} was called from inside onFrame`)));
      expect(frames).toEqual(FRAMES);
    }
  });
});

describe('end after a stop', () => {
  it('is an error of usage while whole frames are kept, and they can still be had', () => {
    const { splitter, frames, push } = collector((count) => count !== 1);
    push(STREAM);
    expect(thrownBy(() => splitter.end())).toEqual(
      new Error(
        'FrameSplitter.end was called before the frames that onFrame stopped in front of were delivered: push an empty chunk',
      ),
    );
    push(NOTHING);
    expect(frames).toEqual(FRAMES);
    splitter.end();
  });

  it('is one for a single whole frame, too', () => {
    const { splitter, frames, push } = collector(() => false);
    push(STREAM.slice(0, 18));
    expect(thrownBy(() => splitter.end())).toBeInstanceOf(Error);
    push(NOTHING);
    expect(frames).toEqual(FRAMES.slice(0, 2));
    splitter.end();
  });

  it('says that a frame is truncated', () => {
    const { splitter, push } = collector(() => false);
    push(STREAM.slice(0, 13));
    expect(textThrownBy(() => splitter.end())).toBe(
      '[TRUNCATED] the stream ended inside the header of a frame: got 3 of 8 bytes, at byte 10',
    );
  });

  it('says what is broken', () => {
    const { splitter, push } = collector(() => false);
    push(join(hex(FRAMES[0]), hex('16 03 01')));
    const text =
      'a frame begins with 0x00, got 0x16 at byte 10: this looks like a TLS ClientHello: the peer speaks TLS to a port without it';
    expect(textThrownBy(() => splitter.end())).toBe(`[FOREIGN_PROTOCOL] ${text}`);
    expect(textThrownBy(() => push(NOTHING))).toBe(`[FOREIGN_PROTOCOL] the decoder is dead since byte 10: ${text}`);
  });
});

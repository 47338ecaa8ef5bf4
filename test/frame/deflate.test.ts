import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deflate } from '../../src/frame/index.js';
import { createDeflate as createNodeDeflate } from '../../src/node/deflate.js';
import { createDeflate as createWebDeflate } from '../../src/pako/deflate.js';
import { SEED } from '../seed.js';
import { ascii, hex, join, sameBytes, toHex } from './hex.js';
import { thrownBy } from './outcome.js';

const node = createNodeDeflate();
const web = createWebDeflate();
const both: [string, Deflate, Deflate][] = [
  ['node:zlib', node, web],
  ['pako', web, node],
];

// Streams made by hand from RFC 1951. Stored: 01 = final block, type 00; length, its complement, the bytes.
const STORED_ABC = hex('01 03 00 fc ff 61 62 63');
/** The same block, not marked as final. */
const UNFINISHED_ABC = hex('00 03 00 fc ff 61 62 63');
/** Fixed Huffman codes, final, nothing in it but the end of the block. */
const NOTHING = hex('03 00');
/** 1 MiB of zeros in a block that is not final, and behind it an empty stored block, which ends at a byte. */
const ZEROS_1_MIB = join(hex('ec c1 31 01 00 00 00 c2 a0 f5 4f 6d 08 5f a0'), new Uint8Array(1016), hex('3e 03 00 00 ff ff'));

const plain = (size: number, byte = 0x61) => new Uint8Array(size).fill(byte);

/** Bytes that do not compress: a linear congruential generator. */
function noise(size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  });
}

describe.each(both)('createDeflate on %s', (_, codec, other) => {
  const inflate = (bytes: Uint8Array, maxBytes = 1_048_568) => codec.inflate(bytes, maxBytes);

  it('inflates streams written by hand', () => {
    expect(toHex(inflate(STORED_ABC))).toBe('61 62 63');
    expect(toHex(inflate(join(UNFINISHED_ABC, STORED_ABC)))).toBe('61 62 63 61 62 63');
    expect(toHex(inflate(join(UNFINISHED_ABC, NOTHING)))).toBe('61 62 63');
    expect(inflate(NOTHING)).toHaveLength(0);
    // Fixed Huffman codes of 'a', of a match of length 3 and distance 1, and of the end of the block.
    expect(toHex(inflate(hex('4b 04 02 00')))).toBe('61 61 61 61');
  });

  it('deflates nothing to a whole stream', () => {
    expect(toHex(codec.deflate(hex('')))).toBe('03 00');
  });

  it.each([
    ['nothing', hex('')],
    ['one byte', hex('00')],
    ['text', ascii('{"text":"hello hello hello hello"}')],
    ['a little less than a chunk', plain(16_383)],
    ['a chunk', plain(16_384)],
    ['a little more than a chunk', plain(16_385)],
    ['two chunks', noise(32_768)],
    ['1 MiB that does not compress', noise(1_048_568)],
  ])('takes %s there and back, through the other implementation too', (_name, bytes) => {
    const deflated = codec.deflate(bytes);
    expect(sameBytes(inflate(deflated), bytes)).toBe(true);
    expect(sameBytes(other.inflate(deflated, 1_048_568), bytes)).toBe(true);
  });

  it('gives plain arrays that keep nothing large alive', () => {
    const deflated = codec.deflate(ascii('hello hello hello'));
    const inflated = inflate(deflated);
    for (const bytes of [deflated, inflated]) {
      expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
      expect(bytes.buffer.byteLength).toBe(bytes.length);
    }
    expect(Object.getPrototypeOf(inflate(codec.deflate(noise(100_000))))).toBe(Uint8Array.prototype);
  });

  it('takes a Buffer, a subarray and an array of another realm, and leaves them as they are', () => {
    for (const stream of [
      Buffer.from(STORED_ABC),
      join(hex('ff ff'), STORED_ABC, hex('ff')).subarray(2, 10),
      runInNewContext('new Uint8Array([1, 3, 0, 0xfc, 0xff, 0x61, 0x62, 0x63])') as Uint8Array,
    ]) {
      expect(toHex(inflate(stream))).toBe('61 62 63');
      expect(toHex(stream)).toBe(toHex(STORED_ABC));
      expect(other.inflate(codec.deflate(stream), 100)).toEqual(STORED_ABC);
    }
  });

  it('keeps no state between two calls, after an error neither', () => {
    expect(() => inflate(hex('07'))).toThrow();
    expect(() => inflate(UNFINISHED_ABC)).toThrow();
    expect(toHex(inflate(STORED_ABC))).toBe('61 62 63');
    expect(codec.deflate(plain(100))).toEqual(codec.deflate(plain(100)));
  });

  const refusal = (bytes: Uint8Array, maxBytes?: number) => thrownBy(() => inflate(bytes, maxBytes));

  describe('refuses', () => {
    it.each([
      ['no bytes', hex(''), 0],
      ['the first byte alone', hex('01'), 1],
      ['a stream without its last byte', STORED_ABC.slice(0, 7), 7],
      ['a stream without its final block', UNFINISHED_ABC, 8],
      ['a stream that was flushed and not ended', join(UNFINISHED_ABC, hex('00 00 00 ff ff')), 13],
    ])('%s as unfinished', (_name, bytes, offset) => {
      expect(refusal(bytes)).toMatchObject({
        code: 'MALFORMED_PAYLOAD',
        message: `[MALFORMED_PAYLOAD] compressed payload: the DEFLATE stream has not ended at byte ${offset}, where the payload ends`,
        offset,
      });
    });

    it('every beginning of a stream as unfinished', () => {
      const stream = codec.deflate(join(noise(500), plain(40_000)));
      for (let length = 0; length < stream.length; length++) {
        const offset = length;
        expect(refusal(stream.subarray(0, length))).toMatchObject({ code: 'MALFORMED_PAYLOAD', offset });
      }
    });

    it.each([
      ['one byte', hex('00'), 1],
      ['three bytes', hex('ff ff ff'), 3],
      ['a second stream', STORED_ABC, 8],
    ])('%s behind the stream', (_name, behind, actual) => {
      expect(refusal(join(STORED_ABC, behind))).toMatchObject({
        code: 'MALFORMED_PAYLOAD',
        message: `[MALFORMED_PAYLOAD] compressed payload: got ${actual} bytes after the DEFLATE stream, limit 0, at byte 8`,
        offset: 8,
        limit: 0,
        actual,
      });
    });

    it.each([0, 1, 16_383, 16_384, 16_385, 32_768, 100_000])('bytes behind a stream of %i bytes', (size) => {
      for (const bytes of [plain(size), noise(size)]) {
        const stream = codec.deflate(bytes);
        const offset = stream.length;
        expect(refusal(join(stream, hex('03 00')))).toMatchObject({ code: 'MALFORMED_PAYLOAD', offset, limit: 0, actual: 2 });
      }
    });

    it.each([
      ['a block of the type that does not exist', hex('07'), 1, 'invalid block type'],
      ['a stored block whose lengths differ', hex('01 03 00 fc fe 61 62 63'), 8, 'invalid stored block lengths'],
      ['a match from before the beginning', hex('4b 04 42 00'), 4, 'invalid distance too far back'],
      ['a zlib header', hex('78 9c 4b 4c 4a 06 00 02 4d 01 27'), 11, 'invalid stored block lengths'],
      ['a gzip header', hex('1f 8b 08 00 00 00 00 00 00 03'), 10, 'invalid block type'],
    ])('%s as damaged', (_name, bytes, length, reason) => {
      const message = `[MALFORMED_PAYLOAD] compressed payload of ${length} bytes: the DEFLATE stream is damaged: ${reason}`;
      expect(refusal(bytes)).toMatchObject({ code: 'MALFORMED_PAYLOAD', message });
    });

    it.each([-1, Number.NaN, Number.NEGATIVE_INFINITY])('the limit %s', (maxBytes) => {
      expect(refusal(STORED_ABC, maxBytes)).toEqual(new RangeError(`maxBytes is 0 or more, got ${maxBytes}`));
    });
  });

  describe('keeps the limit', () => {
    it.each([1, 3, 1000, 16_383, 16_384, 16_385, 32_768, 1_048_568])(
      'of %i bytes: at it and above, not one byte over',
      (size) => {
        for (const bytes of [plain(size), noise(size)]) {
          const stream = codec.deflate(bytes);
          expect(sameBytes(inflate(stream, size + 1), bytes)).toBe(true);
          expect(sameBytes(inflate(stream, size), bytes)).toBe(true);
          const limit = size - 1;
          expect(refusal(stream, limit)).toMatchObject({
            code: 'DECOMPRESSED_TOO_LARGE',
            message: `[DECOMPRESSED_TOO_LARGE] compressed payload of ${stream.length} bytes inflates to more than the limit of ${limit} bytes`,
            limit,
          });
        }
      },
    );

    it('of 0 bytes', () => {
      expect(inflate(NOTHING, 0)).toHaveLength(0);
      expect(refusal(STORED_ABC, 0)).toMatchObject({
        code: 'DECOMPRESSED_TOO_LARGE',
        message: '[DECOMPRESSED_TOO_LARGE] compressed payload of 8 bytes inflates to more than the limit of 0 bytes',
      });
    });

    it('or has none where it is infinite', () => {
      expect(inflate(STORED_ABC, Number.POSITIVE_INFINITY)).toHaveLength(3);
    });

    it('without unpacking a bomb of 1 GiB', () => {
      const bomb = join(...Array<Uint8Array>(1024).fill(ZEROS_1_MIB), NOTHING);
      const before = process.memoryUsage().arrayBuffers;
      expect(refusal(bomb, 100_000)).toMatchObject({ code: 'DECOMPRESSED_TOO_LARGE', limit: 100_000 });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    });

    it('before it looks at what is behind the stream or missing from it', () => {
      const stream = codec.deflate(plain(100_000));
      expect(refusal(join(stream, hex('00')), 50_000)).toMatchObject({ code: 'DECOMPRESSED_TOO_LARGE' });
      expect(refusal(stream.subarray(0, -1), 50_000)).toMatchObject({ code: 'DECOMPRESSED_TOO_LARGE' });
    });
  });
});

describe(`node:zlib and pako (seed ${SEED})`, () => {
  const outcome = (codec: Deflate, bytes: Uint8Array, maxBytes: number) => {
    let inflated: string | undefined;
    const error = thrownBy(() => {
      inflated = Buffer.from(codec.inflate(bytes, maxBytes)).toString('latin1');
    });
    return { inflated, error: error === undefined ? undefined : (error as Error).message };
  };

  it('agree on every byte string: result, code and text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(200), (bytes, maxBytes) => {
        expect(outcome(web, bytes, maxBytes)).toEqual(outcome(node, bytes, maxBytes));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it('agree on streams that were damaged, cut, or continued, at any limit', () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(40_000).map((size) => plain(size)),
      fc.nat(20_000).map((size) => join(noise(size), plain(size))),
    );
    const damage = fc.record({
      at: fc.nat(60_000),
      byte: fc.nat(255),
      length: fc.nat(60_000),
      behind: fc.uint8Array({ maxLength: 3 }),
    });
    fc.assert(
      fc.property(content, damage, fc.nat(3), fc.nat(50_000), (bytes, { at, byte, length, behind }, kind, maxBytes) => {
        const stream = node.deflate(bytes).slice();
        if (kind === 1) stream[at % stream.length] = byte;
        const cut = kind === 2 ? stream.subarray(0, length % stream.length) : stream;
        const whole = kind === 3 ? join(cut, behind) : cut;
        expect(outcome(web, whole, maxBytes)).toEqual(outcome(node, whole, maxBytes));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { beginsWithText, TextSplitter, withLength } from '../../../src/node/legacy/text-splitter.js';
import { framed } from './older-client.js';

const LENGTHS = [4, 8] as const;

function split(stream: Uint8Array, lengthBytes: 4 | 8, chunkBytes: number, maxBytes = 1000): string[] {
  const splitter = new TextSplitter(lengthBytes);
  const texts: string[] = [];
  for (let at = 0; at < stream.length; at += chunkBytes)
    texts.push(...splitter.push(stream.subarray(at, at + chunkBytes), maxBytes));
  return texts;
}

describe.each(LENGTHS)('a length of %i bytes', (lengthBytes) => {
  const texts = ['{"cmd":1}', '{"cmd":3,"data":"你好 😀"}', '{}', `{"x":"${'y'.repeat(900)}"}`];
  const stream = Buffer.concat(texts.map((text) => framed(text, lengthBytes)));

  it('is written as it is read', () => {
    for (const text of texts) expect(Buffer.from(withLength(text, lengthBytes))).toEqual(framed(text, lengthBytes));
  });

  it('gives the same texts for any chunks', () => {
    for (const chunkBytes of [1, 2, 3, 5, 7, 8, 9, 13, 64, 500, stream.length])
      expect(split(stream, lengthBytes, chunkBytes)).toEqual(texts);
  });

  it('is refused above the limit as soon as it is complete', () => {
    const text = `{"x":"${'y'.repeat(90)}"}`;
    const size = lengthBytes + text.length;
    expect(split(framed(text, lengthBytes), lengthBytes, 1, size)).toEqual([text]);
    expect(split(framed(text, lengthBytes), lengthBytes, 1, size + 1)).toEqual([text]);
    const header = framed(text, lengthBytes).subarray(0, lengthBytes);
    expect(() => split(header, lengthBytes, 1, size - 1)).toThrow(
      expect.objectContaining({ code: 'FRAME_TOO_LARGE', limit: size - 1, actual: size, offset: 0 }),
    );
    expect(() => split(Buffer.concat([framed('{}', lengthBytes), header]), lengthBytes, 100, size - 1)).toThrow(
      expect.objectContaining({ code: 'FRAME_TOO_LARGE', offset: lengthBytes + 2 }),
    );
  });

  it.each([0n, -1n, -(2n ** 31n)])('of %i is refused', (length) => {
    const bytes = Buffer.alloc(lengthBytes);
    if (lengthBytes === 8) bytes.writeBigInt64BE(length);
    else bytes.writeInt32BE(Number(length));
    expect(() => split(bytes, lengthBytes, 3)).toThrow(
      expect.objectContaining({ code: 'FRAME_TOO_SHORT', limit: 1, actual: Number(length) }),
    );
  });

  it('allocates nothing for bytes that have not arrived', () => {
    const splitter = new TextSplitter(lengthBytes);
    const start = new Uint8Array(lengthBytes + 10);
    new DataView(start.buffer).setUint32(lengthBytes - 4, 1_000_000_000);
    const before = process.memoryUsage().arrayBuffers;
    expect([...splitter.push(start, 2_000_000_000)]).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
  });

  it('and invalid UTF-8 is MALFORMED_PAYLOAD', () => {
    const bytes = framed('ab', lengthBytes);
    bytes[bytes.length - 1] = 0xff;
    expect(() => split(bytes, lengthBytes, 100)).toThrow(
      expect.objectContaining({ code: 'MALFORMED_PAYLOAD', offset: lengthBytes }),
    );
  });
});

it('4 GiB in 8 bytes are refused', () => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(2n ** 32n);
  expect(() => split(bytes, 8, 8)).toThrow(expect.objectContaining({ code: 'FRAME_TOO_LARGE', actual: 2 ** 32 + 8 }));
});

describe('the first bytes decide', () => {
  it.each<[4 | 8, number[], boolean | undefined]>([
    [4, [0, 0, 0, 9], undefined],
    [4, [0, 0, 0, 9, 0x7b], true],
    [4, [0, 0, 0, 9, 1], false],
    [4, [0, 0, 0, 0, 0], false],
    [8, [0, 0, 0], undefined],
    [8, [0, 0, 0, 0], true],
    [8, [0, 0, 1], false],
    [8, [0, 0, 0, 9], false],
    [8, [0xff], false],
  ])('%i bytes: %j', (lengthBytes, bytes, expected) => {
    expect(beginsWithText(Uint8Array.from(bytes), lengthBytes)).toBe(expected);
  });
});

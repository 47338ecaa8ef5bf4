// Hostile streams: memory within a multiple of what was sent, and none for what was only announced.
import { expect, test } from 'vitest';
import { FrameDecoder } from '../../src/codec/frame-decoder.js';
import { hex, join } from '../frame/hex.js';
import { keptMemory } from '../kept-memory.js';
import { thrownBy } from '../thrown-by.js';

const MIB = 1_048_576;

function filled(pattern: Uint8Array, size = MIB): Uint8Array {
  const bytes = new Uint8Array(size - (size % pattern.length));
  for (let at = 0; at < bytes.length; at += pattern.length) bytes.set(pattern, at);
  return bytes;
}

test('1 MiB of empty frames is returned by one push', () => {
  const chunk = filled(hex('00 00 00 04 01 04 00 00'));
  const decoder = new FrameDecoder();
  const { result, bytes } = keptMemory(() => decoder.push(chunk));
  expect(result).toHaveLength(131_072);
  expect(decoder.pendingBytes).toBe(0);
  expect(bytes).toBeLessThan(32 * MIB);
});

test('1 MiB of empty frames that break rules are 131,072 invalid frames, each with its error text', () => {
  const chunk = filled(hex('00 00 00 04 01 07 00 00'));
  const { result, bytes } = keptMemory(() => new FrameDecoder().push(chunk));
  expect(result).toHaveLength(131_072);
  expect(result[131_071]).toMatchObject({ type: 'invalid', offset: MIB - 8, error: { code: 'INVALID_MESSAGE' } });
  expect(bytes).toBeLessThan(256 * MIB);
});

test('frames that are not returned yet cost the decoder only their bytes', () => {
  const chunk = filled(hex('00 00 00 04 01 07 00 00'));
  const decoder = new FrameDecoder({ limits: { maxFramesPerPush: 100 } });
  const { result, bytes } = keptMemory(() => decoder.push(chunk));
  expect(result).toHaveLength(100);
  expect(decoder.pendingBytes).toBe(MIB - 800);
  expect(bytes).toBeLessThan(4 * MIB);
});

test('an announced frame of 16 MiB - 1 costs nothing until its bytes arrive', () => {
  const decoder = new FrameDecoder({ limits: { maxFrameBytes: 16_777_219 } });
  const { bytes } = keptMemory(() => decoder.push(hex('00 ff ff ff 01 07 00 00')));
  expect(decoder.pendingBytes).toBe(8);
  expect(bytes).toBeLessThan(4 * MIB);
  expect(thrownBy(() => new FrameDecoder().push(hex('00 ff ff ff'))).code).toBe('FRAME_TOO_LARGE');
});

test('a frame of 1 MiB that arrives byte by byte is read, and its memory is freed', () => {
  const frame = join(hex('00 0f ff fc 01 0a 00 00 62 f4 ff 3f'), new Uint8Array(MIB - 12));
  const decoder = new FrameDecoder({ validate: false });
  const frames: unknown[] = [];
  const byte = new Uint8Array(1);
  const { bytes } = keptMemory(() => {
    for (let i = 0; i < frame.length; i++) {
      byte[0] = frame[i];
      for (const { type } of decoder.push(byte)) frames.push(type);
    }
  });
  expect(frames).toEqual(['TopicMessage']);
  expect(bytes).toBeLessThan(0.9 * MIB);
});

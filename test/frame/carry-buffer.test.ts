import { describe, expect, it } from 'vitest';
import { CarryBuffer } from '../../src/frame/carry-buffer.js';
import { hex, toHex } from './hex.js';

const held = (carry: CarryBuffer) => toHex(carry.bytes, carry.start, carry.end);

describe('CarryBuffer', () => {
  it('takes no memory before its first byte', () => {
    expect(new CarryBuffer().bytes).toHaveLength(0);
  });

  it('holds what is appended, in order', () => {
    const carry = new CarryBuffer();
    carry.append(hex('01 02 03 04'), 1, 3, 0);
    carry.append(hex('05'), 0, 1, 0);
    expect(held(carry)).toBe('02 03 05');
    expect(carry.length).toBe(3);
  });

  it('copies pieces of any size', () => {
    const source = Uint8Array.from({ length: 200 }, (_, i) => i);
    for (const size of [1, 31, 32, 33, 64, 200]) {
      const carry = new CarryBuffer();
      for (let at = 0; at < 200; at += size) carry.append(source, at, Math.min(200, at + size), 0);
      expect(held(carry)).toBe(toHex(source));
    }
  });

  it('lets go of its front', () => {
    const carry = new CarryBuffer();
    carry.append(hex('01 02 03 04'), 0, 4, 0);
    carry.keepLast(1);
    carry.append(hex('05'), 0, 1, 0);
    expect(held(carry)).toBe('04 05');
    carry.keepLast(0);
    expect(carry.length).toBe(0);
  });

  it('grows by doubling, never above what is known to come', () => {
    const carry = new CarryBuffer();
    const capacities: number[] = [];
    for (let i = 0; i < 100; i++) {
      carry.append(new Uint8Array(1000), 0, 1000, 100_000);
      capacities.push(carry.bytes.length);
    }
    expect([...new Set(capacities)]).toEqual([2000, 6000, 14_000, 30_000, 62_000, 100_000]);
  });

  it('does not grow to what is announced, only to twice what has come', () => {
    const carry = new CarryBuffer();
    carry.append(new Uint8Array(8), 0, 8, 16_777_219);
    expect(carry.bytes).toHaveLength(1024);
    carry.append(new Uint8Array(5000), 0, 5000, 16_777_219);
    expect(carry.bytes).toHaveLength(10_016);
  });

  it('moves to the front instead of growing where there is room', () => {
    const carry = new CarryBuffer();
    carry.append(new Uint8Array(1000).fill(1), 0, 1000, 0);
    const before = carry.bytes;
    carry.keepLast(10);
    carry.append(new Uint8Array(100).fill(2), 0, 100, 0);
    expect(carry.bytes).toBe(before);
    expect(held(carry)).toBe(toHex(new Uint8Array(110).fill(1, 0, 10).fill(2, 10)));
  });

  it.each([
    [65_535, true],
    [65_536, true],
    [65_537, false],
  ])('keeps an empty buffer up to 65536 bytes: %i', (bytes, kept) => {
    const carry = new CarryBuffer();
    carry.append(new Uint8Array(bytes), 0, bytes, 0);
    expect(carry.bytes).toHaveLength(bytes);
    carry.keepLast(0);
    expect(carry.bytes).toHaveLength(kept ? bytes : 0);
  });

  it('gives a large buffer back when little is left in it and more comes', () => {
    const carry = new CarryBuffer();
    carry.append(new Uint8Array(1_000_000).fill(7), 0, 1_000_000, 0);
    carry.keepLast(3);
    carry.append(hex('08'), 0, 1, 0);
    expect(carry.bytes).toHaveLength(1024);
    expect(held(carry)).toBe('07 07 07 08');
  });

  it.each([0, 0.5, 0.9, 1])(
    'moves fewer bytes than twice what is appended, when a share of %d is consumed on the way',
    (share) => {
      const carry = new CarryBuffer();
      let moved = 0;
      for (let i = 0; i < 100_000; i++) {
        const { start, bytes, length } = carry;
        carry.append(hex('01 02'), 0, 2, 0);
        if (carry.bytes !== bytes || carry.start < start) moved += length;
        carry.keepLast(Math.ceil(2 * (i + 1) * (1 - share)));
      }
      expect(moved).toBeLessThan(400_000);
    },
  );
});

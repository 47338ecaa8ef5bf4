// Reads varints (protobuf encoding, "Base 128 Varints"). A read has two results, the value and the position after it. Allocating a pair for
// them would cost more than the read, so the position is left in `pos`, which callers copy at once.
import { CodecError } from './codec-error.js';
import { HIGH, LOW, signed, unsigned, words } from './memory.js';

/** Index after the varint that was read last. */
export let pos = 0;

/** Reads a tag. The byte at `at` exists. */
export function tagAt(b: Uint8Array, at: number, e: number): number {
  let tag = b[at] & 127;
  if (b[at] < 128) {
    pos = at + 1;
    return tag;
  }
  for (let i = 1, shift = 7; i < 5; i++, shift += 7) {
    if (at + i >= e) throw new CodecError(`truncated tag: got ${e - at} bytes without an end`, at);
    const byte = b[at + i];
    // "a tag of more than five bytes, or above 2^32 - 1": the fifth byte has the four highest bits.
    if (i === 4 && byte > 15) break;
    tag |= (byte & 127) << shift;
    if (byte < 128) {
      pos = at + i + 1;
      return tag >>> 0;
    }
  }
  throw new CodecError('tag over 5 bytes or above 4294967295', at);
}

/** Reads a varint and returns its low 32 bits, signed: int32 and enums. For a uint32, apply `>>> 0`. */
export function varint32(b: Uint8Array, at: number, e: number): number {
  // Most take one byte. This part is small enough to be inlined.
  if (at < e && b[at] < 128) {
    pos = at + 1;
    return b[at];
  }
  return longVarint32(b, at, e);
}

function longVarint32(b: Uint8Array, at: number, e: number): number {
  // Two and three bytes are common: sequence numbers, lengths of up to 2 MiB.
  if (e - at > 2) {
    const second = b[at + 1];
    if (second < 128) {
      pos = at + 2;
      return (b[at] & 127) | (second << 7);
    }
    const third = b[at + 2];
    if (third < 128) {
      pos = at + 3;
      return (b[at] & 127) | ((second & 127) << 7) | (third << 14);
    }
  }
  readHalves(b, at, e);
  return words[LOW] | 0;
}

/** Reads a varint as a bool: true unless all 64 bits are 0. */
export function varintBool(b: Uint8Array, at: number, e: number): boolean {
  readHalves(b, at, e);
  return (words[0] | words[1]) !== 0;
}

/** Reads an int64. */
export function varintInt64(b: Uint8Array, at: number, e: number): bigint {
  readHalves(b, at, e);
  return signed[0];
}

/** Reads a uint64. */
export function varintUint64(b: Uint8Array, at: number, e: number): bigint {
  readHalves(b, at, e);
  return unsigned[0];
}

/** Reads a sint64: ZigZag. */
export function varintSint64(b: Uint8Array, at: number, e: number): bigint {
  readHalves(b, at, e);
  const low = words[LOW];
  const high = words[HIGH];
  const sign = -(low & 1);
  words[LOW] = ((low >>> 1) | (high << 31)) ^ sign;
  words[HIGH] = (high >>> 1) ^ sign;
  return signed[0];
}

/** Reads a sint32: ZigZag. */
export function varintSint32(b: Uint8Array, at: number, e: number): number {
  const value = varint32(b, at, e);
  return (value >>> 1) ^ -(value & 1);
}

/** Reads a length and checks that what follows ends within its parent. It begins at `pos`. */
export function lengthAt(b: Uint8Array, at: number, e: number): number {
  if (at < e && b[at] < 128 && b[at] < e - at) {
    pos = at + 1;
    return b[at];
  }
  return longLength(b, at, e);
}

function longLength(b: Uint8Array, at: number, e: number): number {
  const length = varint32(b, at, e) >>> 0;
  // A length above 32 bits is too long, whatever its low bits are. `varint32` has read a varint of four bytes and more into both halves.
  const long = pos - at > 3 && words[HIGH] !== 0;
  if (length > e - pos || long) {
    throw new CodecError(`length ${long ? 'above 4294967295' : length}, but its parent ends after ${e - pos} bytes`, at);
  }
  return length;
}

/** Skips the varint at `at`, and returns the index after it. */
export function skipVarint(b: Uint8Array, at: number, e: number): number {
  readHalves(b, at, e);
  return pos;
}

/**
 * Reads 64 bits as 4 + 4 + 2 groups of 7, each of which fits in a 32-bit integer. Unrolled: this is the hottest loop of decoding.
 */
function readHalves(b: Uint8Array, at: number, e: number): void {
  let p = at;
  let byte = 128;
  let low = 0;
  let middle = 0;
  let high = 0;
  // biome-ignore lint/suspicious/noConfusingLabels: an unrolled loop needs a way to its end.
  varint: {
    if (p >= e) throw truncated(at, e);
    byte = b[p++];
    low = byte & 127;
    if (byte < 128) break varint;
    if (p >= e) throw truncated(at, e);
    byte = b[p++];
    low |= (byte & 127) << 7;
    if (byte < 128) break varint;
    if (p >= e) throw truncated(at, e);
    byte = b[p++];
    low |= (byte & 127) << 14;
    if (byte < 128) break varint;
    if (p >= e) throw truncated(at, e);
    byte = b[p++];
    low |= (byte & 127) << 21;
    if (byte < 128) break varint;
    if (p >= e) throw truncated(at, e);
    byte = b[p++];
    middle = byte & 127;
    if (byte < 128) break varint;
    if (p >= e) throw truncated(at, e);
    byte = b[p++];
    middle |= (byte & 127) << 7;
    if (byte < 128) break varint;
    if (p >= e) throw truncated(at, e);
    byte = b[p++];
    middle |= (byte & 127) << 14;
    if (byte < 128) break varint;
    if (p >= e) throw truncated(at, e);
    byte = b[p++];
    middle |= (byte & 127) << 21;
    if (byte < 128) break varint;
    if (p >= e) throw truncated(at, e);
    byte = b[p++];
    high = byte & 127;
    if (byte < 128) break varint;
    if (p >= e) throw truncated(at, e);
    byte = b[p++];
    // "a varint of more than ten bytes, or above 2^64 - 1": the tenth byte has only the 64th bit.
    if (byte > 1) throw tooLong(at);
    high |= byte << 7;
  }
  words[LOW] = low | (middle << 28);
  words[HIGH] = (middle >>> 4) | (high << 24);
  pos = p;
}

function tooLong(at: number): CodecError {
  return new CodecError('varint over 10 bytes or above 64 bits', at);
}

function truncated(at: number, e: number): CodecError {
  return new CodecError(`truncated varint: got ${e - at} bytes without an end`, at);
}

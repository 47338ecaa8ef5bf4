// The messages of the vectors that decode, whether they keep the rules or not.
import { bytesOf, type Vector } from '../../../test/vectors/load.js';
import type { Case } from './case.js';
import type { Codecs } from './codecs.js';

const HEADER_BYTES = 8;
const COMPRESSED = 1;

/** @param frameTypes full names of messages by the type of the frame. */
export function vectorCases(vectors: readonly Vector[], frameTypes: ReadonlyMap<number, string>, codecs: Codecs): Case[] {
  return vectors.flatMap(({ name, hex }) => {
    if (hex === undefined) return [];
    return framesOf(Buffer.from(bytesOf(hex))).flatMap(({ type, flags, payload }): Case[] => {
      const message = frameTypes.get(type);
      const isPlain = message !== undefined && (flags & COMPRESSED) === 0 && codecs.decodes(message, payload);
      return isPlain ? [{ name, type: message, bytes: payload }] : [];
    });
  });
}

/** The whole frames at the beginning of the bytes. */
function framesOf(bytes: Buffer): { type: number; flags: number; payload: Uint8Array }[] {
  const frames: { type: number; flags: number; payload: Uint8Array }[] = [];
  let start = 0;
  while (start + HEADER_BYTES <= bytes.length) {
    const end = start + 4 + bytes.readUInt32BE(start);
    if (end > bytes.length || end < start + HEADER_BYTES) break;
    frames.push({
      type: bytes[start + 5],
      flags: bytes.readUInt16BE(start + 6),
      payload: new Uint8Array(bytes.subarray(start + HEADER_BYTES, end)),
    });
    start = end;
  }
  return frames;
}

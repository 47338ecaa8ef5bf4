// What a vector of a frame says, checked with this implementation. Each check throws if it does not hold.
import { expect } from 'vitest';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { FrameDecoder } from '../../src/codec/frame-decoder.js';
import { isProtocolError, type ProtocolError } from '../../src/errors.js';
import { frameFromJSON, frameToJSON } from '../../src/json/index.js';
import { LARGEST_FRAME_BYTES } from '../../src/limits.js';
import { figuresOf } from './expected.js';
import { bytesOf, type ExpectedError, expand, type Vector } from './load.js';
import { optionsOf } from './settings.js';

export function checkDecoded(vector: Vector): void {
  const frame = decodeFrame(bytesOf(vector.hex), optionsOf(vector));
  expect(frameToJSON(frame, { unknownFields: true })).toEqual(expand(vector.frame));
}

export function checkEncodedAgain(vector: Vector): void {
  const frame = decodeFrame(bytesOf(vector.hex), optionsOf(vector));
  const { version, flags, message } = frame;
  const options = { version, flags, maxFrameBytes: LARGEST_FRAME_BYTES };
  const expected = Buffer.from(bytesOf(vector.reencoded ?? vector.hex)).toString('hex');
  expect(Buffer.from(encodeFrame(frame.type, message, options)).toString('hex')).toBe(expected);
}

export function checkMadeFromJson(vector: Vector): void {
  const frame = frameFromJSON(expand(vector.frame));
  if (!('message' in frame)) throw new Error('a frame of a known type');
  const { version, flags, message } = frame;
  const options = { version, flags, maxFrameBytes: LARGEST_FRAME_BYTES };
  expect(Buffer.from(encodeFrame(frame.type, message, options)).equals(bytesOf(vector.hex))).toBe(true);
}

export function checkRefused(vector: Vector): void {
  expect(figuresOf(refusal(vector), vector.error as ExpectedError)).toEqual(vector.error);
}

/** Everything that a vector says. */
export function checkFrame(vector: Vector): void {
  if (vector.error !== undefined) checkRefused(vector);
  if (vector.frame === undefined) return;
  checkDecoded(vector);
  if (vector.canonical || vector.reencoded) checkEncodedAgain(vector);
  if (vector.canonical) checkMadeFromJson(vector);
}

/** The error of a vector: of the only frame in it, or of the stream where the framing is broken. */
function refusal(vector: Vector): ProtocolError {
  const bytes = bytesOf(vector.hex);
  try {
    if (vector.decode === 'single') {
      decodeFrame(bytes, optionsOf(vector));
    } else {
      const decoder = new FrameDecoder(optionsOf(vector));
      const [frame] = decoder.push(bytes);
      if (frame?.type === 'invalid') throw frame.error;
      decoder.end();
    }
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
  throw new Error('accepted');
}

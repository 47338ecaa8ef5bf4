// Decodes single frames of the input.
import { REGISTRY } from '../../generated/registry.js';
import { frameTypes } from '../codec/frame.js';
import { type AnyFrame, type ReadRules, readFrame } from '../codec/read-frame.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { LARGEST_FRAME_BYTES } from '../limits.js';
import { createDeflate } from '../node/deflate.js';

/** A decoded frame. */
export interface ReadFrame {
  /** Undefined if the frame could not be decoded. */
  readonly frame: AnyFrame | undefined;
  /** The reason if the frame is invalid. */
  readonly error: ProtocolError | undefined;
}

export const TYPES = frameTypes(REGISTRY);

/** Rules for frames outside of a connection. @param version the only accepted version; undefined = any. */
export function readRules(version: number | undefined): ReadRules {
  return { types: TYPES, newest: REGISTRY.version, version, validate: true, deflate: createDeflate() };
}

/** Decodes the frame in b[start, end). If it only breaks rules of the schema, the result has both a frame and an error. */
export function readOne(b: Uint8Array, start: number, end: number, rules: ReadRules): ReadFrame {
  try {
    return { frame: readFrame(b, start, end, rules, LARGEST_FRAME_BYTES), error: undefined };
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    if (error.code !== 'INVALID_MESSAGE' && error.code !== 'COMMAND_DATA_MISMATCH') return { frame: undefined, error };
    try {
      return { frame: readFrame(b, start, end, { ...rules, validate: false }, LARGEST_FRAME_BYTES), error };
    } catch {
      // Too many elements: an error even without validation.
      return { frame: undefined, error };
    }
  }
}

import type { ErrorName } from '../errors.js';

/**
 * The error that codecs throw internally: cheap, with the position in the buffer alone. The public functions (decode, decodeFrame,
 * FrameDecoder, encode) turn it into a ProtocolError with offset and path.
 */
export class CodecError {
  /**
   * @param text what is wrong, with its figures.
   * @param at index in the buffer at which the offending item begins; -1 in an encoder.
   */
  constructor(
    readonly text: string,
    readonly at: number,
    readonly code: ErrorName = 'MALFORMED_PAYLOAD',
    readonly limit?: number,
    readonly actual?: number,
  ) {}
}

/** For a value of fixed size at p that ends after e. */
export function truncatedValue(size: number, p: number, e: number): CodecError {
  return new CodecError(`truncated value: got ${e - p} bytes, needs ${size}`, p);
}

/** For a value that an encoder cannot write. `toEncodeError` finds out which field has it. */
export function outOfRange(): CodecError {
  return new CodecError('value out of range', -1);
}

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  bytesBehindStream,
  type Deflate,
  damagedStream,
  INFLATE_CHUNK_BYTES,
  inflatesTooLarge,
  requireMaxBytes,
  unfinishedStream,
} from '../frame/deflate.js';

/** The result of node:zlib with `info: true`. */
interface Inflated {
  readonly buffer: Buffer;
  /** `bytesWritten` is the number of input bytes that were consumed. */
  readonly engine: { readonly bytesWritten: number };
}

/** Raw DEFLATE (RFC 1951) by node:zlib, for payloads with FLAG_COMPRESSED. It has no state: share one object between all connections. */
export function createDeflate(): Deflate {
  return {
    deflate: (bytes) => ownArray(deflateRawSync(bytes)),
    inflate(bytes, maxBytes) {
      requireMaxBytes(maxBytes);
      const { buffer, engine } = inflateRaw(bytes, maxBytes);
      if (buffer.length > maxBytes) throw inflatesTooLarge(bytes, maxBytes);
      // zlib ignores bytes after the end of the stream.
      if (engine.bytesWritten < bytes.length) throw bytesBehindStream(bytes, engine.bytesWritten);
      return ownArray(buffer);
    },
  };
}

function inflateRaw(bytes: Uint8Array, maxBytes: number): Inflated {
  // node:zlib expects an integer from 1 on.
  const maxOutputLength = Math.max(1, Math.min(Math.floor(maxBytes), 0x7fffffff));
  try {
    return inflateRawSync(bytes, { info: true, maxOutputLength, chunkSize: INFLATE_CHUNK_BYTES }) as unknown as Inflated;
  } catch (error) {
    throw refusal(error, bytes, maxBytes);
  }
}

function refusal(error: unknown, bytes: Uint8Array, maxBytes: number): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return inflatesTooLarge(bytes, maxBytes);
  if (code === 'Z_BUF_ERROR') return unfinishedStream(bytes);
  return code === 'Z_DATA_ERROR' ? damagedStream(bytes, message, error) : error;
}

/** A plain Uint8Array. Small results are copied, since zlib's buffers are at least a chunk large. */
function ownArray(buffer: Buffer): Uint8Array {
  if (buffer.length < INFLATE_CHUNK_BYTES) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

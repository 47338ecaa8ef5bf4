import * as pako from 'pako';
import { ProtocolError } from '../errors.js';
import {
  bytesBehindStream,
  type Deflate,
  damagedStream,
  INFLATE_CHUNK_BYTES,
  inflatesTooLarge,
  requireMaxBytes,
  unfinishedStream,
} from '../frame/deflate.js';

/** Raw DEFLATE with the largest window. */
const RAW_WINDOW_BITS = -15;

/**
 * Raw DEFLATE (RFC 1951) by pako, for payloads with FLAG_COMPRESSED. It has no state: share one object between all connections.
 * @throws ProtocolError INTERNAL if pako is older than version 3.
 */
export function createDeflate(): Deflate {
  // Older versions cannot limit the inflated size.
  if (pako.zlibInflate === undefined) {
    throw new ProtocolError(
      'INTERNAL',
      'createDeflate needs pako 3 or newer, and an older version is installed: npm install pako@3',
    );
  }
  return {
    deflate: (bytes) => pako.deflateRaw(bytes),
    inflate(bytes, maxBytes) {
      requireMaxBytes(maxBytes);
      const stream = inflateStream(bytes);
      const chunks: Uint8Array[] = [];
      let size = 0;
      for (let ended = false; !ended; ) {
        const chunk = new Uint8Array(INFLATE_CHUNK_BYTES);
        ended = inflateChunk(stream, chunk, bytes);
        size += stream.next_out;
        if (size > maxBytes) throw inflatesTooLarge(bytes, maxBytes);
        chunks.push(chunk.subarray(0, stream.next_out));
      }
      // pako ignores bytes after the end of the stream.
      if (stream.avail_in > 0) throw bytesBehindStream(bytes, bytes.length - stream.avail_in);
      return join(chunks, size);
    },
  };
}

function inflateStream(bytes: Uint8Array): pako.ZStream {
  const stream = new pako.ZStream();
  pako.zlibInflateInit2(stream, RAW_WINDOW_BITS);
  stream.input = bytes;
  stream.next_in = 0;
  stream.avail_in = bytes.length;
  return stream;
}

/** Inflates into a chunk: `stream.next_out` bytes. Returns true at the end of the stream. */
function inflateChunk(stream: pako.ZStream, chunk: Uint8Array<ArrayBuffer>, bytes: Uint8Array): boolean {
  stream.output = chunk;
  stream.next_out = 0;
  stream.avail_out = chunk.length;
  const status = pako.zlibInflate(stream, pako.Z_FINISH);
  if (status === pako.Z_STREAM_END) return true;
  if (status !== pako.Z_OK && status !== pako.Z_BUF_ERROR) throw damagedStream(bytes, stream.msg);
  // No progress although there is room: the input has ended.
  if (stream.avail_out > 0) throw unfinishedStream(bytes);
  return false;
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

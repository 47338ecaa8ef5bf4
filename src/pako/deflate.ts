import { deflateRaw, Z_BUF_ERROR, Z_FINISH, Z_OK, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from 'pako';
import {
  bytesBehindStream,
  type Deflate,
  damagedStream,
  INFLATE_CHUNK_BYTES,
  inflatesTooLarge,
  requireMaxBytes,
  unfinishedStream,
} from '../frame/deflate.js';

/** zlib's way to say: no header, no checksum (raw), and the largest window. */
const RAW_WINDOW_BITS = -15;

/** Raw DEFLATE by pako, for payloads with FLAG_COMPRESSED. It keeps no state: one object serves all connections. */
export function createDeflate(): Deflate {
  return {
    deflate: (bytes) => deflateRaw(bytes),
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
      // pako ends with the stream, and leaves what stands behind it in the input.
      if (stream.avail_in > 0) throw bytesBehindStream(bytes, bytes.length - stream.avail_in);
      return join(chunks, size);
    },
  };
}

function inflateStream(bytes: Uint8Array): ZStream {
  const stream = new ZStream();
  zlibInflateInit2(stream, RAW_WINDOW_BITS);
  stream.input = bytes;
  stream.next_in = 0;
  stream.avail_in = bytes.length;
  return stream;
}

/** Fills a chunk as far as the stream goes, `stream.next_out` bytes. Returns true at the end of the stream. */
function inflateChunk(stream: ZStream, chunk: Uint8Array<ArrayBuffer>, bytes: Uint8Array): boolean {
  stream.output = chunk;
  stream.next_out = 0;
  stream.avail_out = chunk.length;
  const status = zlibInflate(stream, Z_FINISH);
  if (status === Z_STREAM_END) return true;
  if (status !== Z_OK && status !== Z_BUF_ERROR) throw damagedStream(bytes, stream.msg);
  // No progress with room left: the input is used up.
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

import frameStream from 'frame-stream';
import { throughStream } from './through-stream.mjs';

export const name = 'frame-stream';
export const packages = ['frame-stream'];
export const framing = 'uint32 big-endian';

export function frame(payload) {
  const bytes = Buffer.alloc(4 + payload.length);
  bytes.writeUInt32BE(payload.length);
  bytes.set(payload, 4);
  return bytes;
}

export function split(chunks) {
  return throughStream(frameStream.decode(), chunks);
}

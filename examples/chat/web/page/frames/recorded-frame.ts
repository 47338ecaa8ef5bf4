// Frames out of the bytes that the client has sent or received.
import { decodeFrame } from '@im/protocol';
import { type Description, describe } from '../../../show/describe.js';
import { nameOf } from '../../users.js';

export interface RecordedFrame extends Description {
  readonly direction: 'sent' | 'received';
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A WebSocket message contains one or more complete frames. */
export function recordFrames(direction: RecordedFrame['direction'], chunk: Uint8Array): RecordedFrame[] {
  const frames: RecordedFrame[] = [];
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  for (let at = 0; at < chunk.length; ) {
    const end = at + 4 + view.getUint32(at);
    // The client may use its memory again.
    frames.push(record(direction, chunk.slice(at, end)));
    at = end;
  }
  return frames;
}

function record(direction: RecordedFrame['direction'], bytes: Uint8Array): RecordedFrame {
  try {
    const frame = decodeFrame(bytes);
    return { direction, bytes, type: frame.type, ...describe(frame, nameOf) };
  } catch (error) {
    return { direction, bytes, type: 'invalid', command: '', ids: '', text: (error as Error).message };
  }
}

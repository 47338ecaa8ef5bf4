import { checkReject, decodeFrame, encodeFrame, type Frame, FrameDecoder, isProtocolError } from '@im/protocol';
import { errorName } from '../show/names.js';
import type { Trace } from '../show/trace.js';
import { connectRaw } from './raw-connection.js';
import type { Visitor } from './visitors.js';

/** Writes the bytes of a visitor, and returns what it receives until the server closes. */
export async function knock(visitor: Visitor, port: number, server: string, trace: Trace): Promise<string> {
  const { name, hello, writes } = visitor;
  const connection = await connectRaw(visitor.transport, port, hello);
  for (const bytes of writes) {
    connection.write(bytes);
    show(bytes, name, server, trace);
  }
  const seen: string[] = [];
  const decoder = new FrameDecoder();
  for await (const chunk of connection.chunks) {
    for (const frame of decoder.push(chunk)) {
      if (frame.type === 'invalid') throw frame.error;
      trace.frame(server, name, frame, sizeOf(frame));
      seen.push(summary(frame, visitor));
    }
  }
  const closeCode = await connection.closed;
  // TCP has no close code.
  const end = closeCode === undefined ? 'close' : `close ${closeCode}`;
  trace.event(server, name, 'closed', end);
  return [...seen, end].join(', ');
}

/** The number of bytes on the wire. Frames to unauthenticated peers are not compressed. */
function sizeOf({ type, message }: Frame): number {
  return encodeFrame(type, message as never).length;
}

function summary(frame: Frame, { hello }: Visitor): string {
  if (frame.type === 'Reject') return `Reject ${checkReject(hello, frame.message).code}`;
  if (frame.type === 'SendInfo' && frame.message.data?.$case === 'error')
    return `ERROR ${errorName(frame.message.data.value.code)}`;
  return frame.type;
}

function show(bytes: Uint8Array, name: string, server: string, trace: Trace): void {
  try {
    trace.frame(name, server, decodeFrame(bytes), bytes.length);
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    const isText = bytes.every((byte) => byte < 0x80) && bytes[0] !== 0;
    trace.event(name, server, 'no frame', isText ? new TextDecoder().decode(bytes) : hex(bytes));
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

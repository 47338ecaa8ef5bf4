import { checkReject, decodeFrame, type Frame, isProtocolError } from '@im/protocol';
import { dial, type Ports } from '../net/dial.js';
import { FrameConnection } from '../net/frame-connection.js';
import { errorName } from '../show/names.js';
import type { Trace } from '../show/trace.js';
import type { Visitor } from './visitors.js';

/** Lets a visitor write what it writes, and returns what it sees until the server closes. */
export async function knock(visitor: Visitor, ports: Ports, server: string, trace: Trace): Promise<string> {
  const { name, hello, writes } = visitor;
  const connection = new FrameConnection(await dial(visitor.transport, ports)(hello));
  for (const bytes of writes) {
    connection.write(bytes);
    show(bytes, name, server, trace);
  }
  const seen: string[] = [];
  for await (const { frame, bytes } of connection.frames()) {
    if (frame.type === 'invalid') throw frame.error;
    trace.frame(server, name, frame, bytes);
    seen.push(summary(frame, visitor));
  }
  const closeCode = await connection.transport.closed;
  // TCP has none.
  const end = closeCode === undefined ? 'close' : `close ${closeCode}`;
  trace.event(server, name, 'closed', end);
  return [...seen, end].join(', ');
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

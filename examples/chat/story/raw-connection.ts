// A connection without protocol logic: writes arbitrary bytes and records the answers.
import { on, once } from 'node:events';
import { createConnection } from 'node:net';
import { type Hello, subprotocolsFor } from '@im/protocol';
import { WebSocket } from 'ws';

export interface RawConnection {
  write(bytes: Uint8Array): void;
  /** The bytes that arrive, until the server ends the connection. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Resolves at the end, on WebSocket with the close code: TCP has none. */
  readonly closed: Promise<number | undefined>;
}

export async function connectRaw(transport: 'tcp' | 'ws', port: number, { versions }: Hello): Promise<RawConnection> {
  return transport === 'tcp' ? overTcp(port) : overWebSocket(port, subprotocolsFor(versions));
}

async function overTcp(port: number): Promise<RawConnection> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  const chunks = first(on(socket, 'data', { close: ['end', 'close'] }));
  const closed = new Promise<undefined>((resolve) => socket.once('close', () => resolve(undefined)));
  await once(socket, 'connect');
  return { write: (bytes) => socket.write(bytes), chunks, closed };
}

async function overWebSocket(port: number, subprotocols: readonly string[]): Promise<RawConnection> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, [...subprotocols], { perMessageDeflate: false });
  socket.on('error', () => {});
  const chunks = first(on(socket, 'message', { close: ['close'] }));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'open');
  return { write: (bytes) => socket.send(bytes), chunks, closed };
}

/** The first argument of each event. */
async function* first(events: AsyncIterable<unknown[]>): AsyncGenerator<Uint8Array> {
  for await (const [chunk] of events) yield chunk as Uint8Array;
}

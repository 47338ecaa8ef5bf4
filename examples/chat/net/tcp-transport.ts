// Frames over TCP: a plain byte stream.
import { on, once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { CHUNKS_AHEAD, type Listener, LOOPBACK, type Transport } from './transport.js';

/** A peer that does not close after us is cut off after this time. */
const LINGER_MS = 1000;

export function tcpTransport(socket: Socket): Transport {
  socket.setNoDelay(true);
  // A reset ends the connection, no more: `close` follows each error.
  socket.on('error', () => {});
  const chunks = on(socket, 'data', { close: ['end', 'close'], highWaterMark: CHUNKS_AHEAD });
  let closing = false;
  return {
    subprotocol: undefined,
    chunks: {
      async *[Symbol.asyncIterator]() {
        for await (const [chunk] of chunks) if (!closing) yield chunk as Uint8Array;
      },
    },
    closed: new Promise((resolve) => socket.once('close', () => resolve(undefined))),
    send(bytes) {
      if (!closing) socket.write(bytes);
    },
    close() {
      closing = true;
      // Bytes that nobody reads would make the kernel reset the connection, and the peer would lose our last frame.
      socket.resume();
      socket.end();
      socket.setTimeout(LINGER_MS, () => socket.destroy());
    },
  };
}

export async function connectTcp(port: number): Promise<Transport> {
  const socket = createConnection({ port, host: LOOPBACK });
  const transport = tcpTransport(socket);
  await once(socket, 'connect');
  return transport;
}

export async function listenTcp(onConnection: (transport: Transport) => void): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    onConnection(tcpTransport(socket));
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

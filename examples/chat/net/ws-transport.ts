// Frames over WebSocket: a binary message holds one or more whole frames.
import { on, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chooseSubprotocol, DEFAULT_MAX_FRAME_BYTES } from '@im/protocol';
import { WebSocket, WebSocketServer } from 'ws';
import { CHUNKS_AHEAD, type Listener, LOOPBACK, type Transport } from './transport.js';

/** "permessage-deflate is off", and a message "is at most the receiver's max_frame_bytes". */
const OPTIONS = { perMessageDeflate: false, maxPayload: DEFAULT_MAX_FRAME_BYTES } as const;

export function wsTransport(socket: WebSocket): Transport {
  // A broken WebSocket frame ends the connection: ws closes it with the right code after the error.
  socket.on('error', () => {});
  const messages = on(socket, 'message', { close: ['close'], highWaterMark: CHUNKS_AHEAD });
  let closing = false;
  return {
    get subprotocol() {
      return socket.protocol;
    },
    chunks: {
      async *[Symbol.asyncIterator]() {
        for await (const [data, isBinary] of messages) {
          // "text is a legacy client or close 1003"
          if (!isBinary) socket.close(1003, 'binary messages only');
          else if (!closing) yield data as Uint8Array;
        }
      },
    },
    closed: new Promise((resolve) => socket.once('close', resolve)),
    send(bytes) {
      if (!closing) socket.send(bytes);
    },
    close(code = 1000, reason = '') {
      closing = true;
      socket.close(code, reason);
    },
  };
}

/** @param subprotocols what to offer: see `subprotocolsFor`. */
export async function connectWs(port: number, subprotocols: readonly string[]): Promise<Transport> {
  const socket = new WebSocket(`ws://${LOOPBACK}:${port}`, [...subprotocols], OPTIONS);
  const transport = wsTransport(socket);
  await once(socket, 'open');
  return transport;
}

/** @param versions the versions of the protocol that the server takes: they decide which subprotocol it picks. */
export async function listenWs(versions: readonly number[], onConnection: (transport: Transport) => void): Promise<Listener> {
  const http = createServer();
  const server = new WebSocketServer({
    ...OPTIONS,
    server: http,
    handleProtocols: (offered) => chooseSubprotocol([...offered], versions) ?? false,
  });
  server.on('connection', (socket) => onConnection(wsTransport(socket)));
  http.listen(0, LOOPBACK);
  await once(http, 'listening');
  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      const closed = once(http, 'close');
      server.close();
      for (const socket of server.clients) socket.terminate();
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

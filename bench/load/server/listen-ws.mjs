import { once } from 'node:events';
import { WebSocketServer } from 'ws';

/** A ws server with what all servers here have in common. @returns its port. */
export async function listen(connected) {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: false,
    // It holds the sockets once more, which nobody needs here.
    clientTracking: false,
  });
  server.on('connection', connected);
  await once(server, 'listening');
  return server.address().port;
}

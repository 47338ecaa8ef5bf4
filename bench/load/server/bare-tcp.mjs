// node:net and nothing else: what a connection costs before anything is done with it.
import { once } from 'node:events';
import { createServer } from 'node:net';

export async function start() {
  const server = createServer((socket) => {
    socket.on('data', () => {});
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

// HTTP beside the connections of the protocol: what is answered when a server ends, in which order, and how many there may be.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { host } from './host.js';
import { GET, httpSuite, Raw, UPGRADE } from './http-suite.js';

describe.each(['tcp', 'tls'] as const)('over %s', (transport) => httpSuite(transport));

it('WebSockets do not count as HTTP', async () => {
  // http-port.ts without `delete`: the 257th would have ended the first.
  const { port, server } = await host({ maxConnections: 1000 });
  const peers: Raw[] = [];
  for (let i = 0; i < 260; i++) {
    const peer = new Raw(createConnection(port, '127.0.0.1'));
    peer.socket.write(UPGRADE);
    peers.push(peer);
  }
  await expect.poll(() => server.connectionCount, { timeout: 20_000 }).toBe(260);
  expect(peers.filter(({ isEnded }) => isEnded)).toEqual([]);
});

it.each([
  ['an upgrade that fails', {}, UPGRADE.replace('Version: 13', 'Version: 7'), '400 Bad Request'],
  ['an upgrade that is refused', { websocket: false }, UPGRADE, '501 Not Implemented'],
])('%s ends the connection of a client that does not end it', async (_what, options, text, answer) => {
  const { port } = await host(options);
  const socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true });
  const peer = new Raw(socket);
  socket.write(text);
  await peer.said(answer);
  const stop = trickle(socket);
  await peer.ended();
  stop();
});

/** Writes now and then: a connection that is gone says so then. */
function trickle(socket: Socket): () => void {
  const timer = setInterval(() => socket.write('x'), 50);
  return () => clearInterval(timer);
}

it('a connection whose client does not read the response makes room for another client', async () => {
  const large = Buffer.alloc(8_000_000);
  let asked = 0;
  const http = (_request: IncomingMessage, response: ServerResponse): void => void response.end(++asked > 256 ? 'well' : large);
  const { port } = await host({ maxConnections: 5, http });
  const peers: Raw[] = [];
  for (let i = 0; i < 257; i++) {
    const socket = createConnection(port, '127.0.0.1');
    socket.pause();
    peers.push(new Raw(socket));
    socket.pause();
    socket.write(GET);
  }
  await expect.poll(() => asked, { timeout: 20_000 }).toBe(257);
  const last = peers[256];
  last.socket.resume();
  await last.said('HTTP/1.1 200 OK');
});

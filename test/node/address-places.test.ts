// `maxConnectionsPerAddress`: every way in which a client can leave gives its place back.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { ProtocolError } from '../../src/index.js';
import type { ListenOptions } from '../../src/node/index.js';
import { HELLO, LOGIN, Received } from './foreign.js';
import { host } from './host.js';
import { CERTIFICATE } from './tls/certificate.js';

const HANDSHAKE = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
const UPGRADE = `${HANDSHAKE}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;

interface Sender {
  /** TCP, or TLS. */
  readonly socket: Socket;
  readonly received: Received;
  reset(): void;
}

async function open(port: number, isTls: boolean): Promise<Sender> {
  const tcp = createConnection(port, '127.0.0.1');
  const socket = isTls ? connectTls({ socket: tcp, rejectUnauthorized: false }) : tcp;
  const received = new Received();
  for (const one of [tcp, socket]) one.on('error', () => {}).on('close', () => received.end());
  onTestFinished(() => void tcp.destroy());
  await once(socket, isTls ? 'secureConnect' : 'connect');
  return { socket, received, reset: () => void tcp.resetAndDestroy() };
}

/** More than the sockets of an address that may be open without a connection. */
const TIMES = 20;

it.each<[string, (sender: Sender) => unknown, Partial<ListenOptions>?]>([
  ['ends at once', ({ socket }) => socket.end()],
  ['resets at once', ({ reset }) => reset()],
  ['ends in the middle of a Hello', ({ socket }) => socket.end(HELLO.subarray(0, 6))],
  ['resets after Hello', ({ socket, reset }) => socket.write(HELLO, reset)],
  ['ends after LOGIN', ({ socket }) => socket.end(Buffer.concat([HELLO, LOGIN]))],
  ['sends garbage', ({ socket }) => socket.write(Buffer.alloc(64, 0xff))],
  [
    'is refused by login',
    ({ socket }) => socket.write(Buffer.concat([HELLO, LOGIN])),
    { login: () => Promise.reject(new ProtocolError('UNAUTHENTICATED', 'no')) },
  ],
  ['is refused by accept', ({ socket }) => socket.write(HELLO), { accept: () => false }],
  ['is refused by accept as WebSocket', ({ socket }) => socket.write(UPGRADE), { accept: () => Promise.resolve(false) }],
  ['sends an invalid handshake', ({ socket }) => socket.end(`${HANDSHAKE}Sec-WebSocket-Key: x\r\n\r\n`)],
  ['sends an invalid request', ({ socket }) => socket.end('GET / HTTP/1.1\r\n:\r\n\r\n')],
  ['asks for another path', ({ socket }) => socket.end(UPGRADE.replace('/', '/other')), { path: '/' }],
  ['resets after the handshake', ({ socket, reset }) => socket.write(UPGRADE, reset)],
  ['leaves while accept decides', ({ socket, reset }) => socket.write(UPGRADE, reset), { accept: turns }],
  ['asks for a page', ({ socket }) => socket.end('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')],
])('that %s', async (_name, leave, options = {}) => {
  for (const isTls of [false, true]) {
    let isOver = false;
    const { port, server } = await host({
      maxConnectionsPerAddress: 1,
      onError: () => {},
      ...(isTls ? { tls: CERTIFICATE } : {}),
      ...options,
      accept: (request) => isOver || (options.accept?.(request) ?? true),
    });
    for (let i = 0; i < TIMES; i++) {
      const sender = await open(port, isTls);
      // The text of a response is no frame.
      sender.socket.resume();
      leave(sender);
      await sender.received.ended();
    }
    isOver = true;
    // The last one may still be leaving.
    for (;;) {
      const { socket, received } = await open(port, isTls).catch(() => ({ socket: undefined, received: undefined }));
      socket?.on('data', (chunk) => received?.take(chunk));
      socket?.write(HELLO);
      await received?.count(1);
      if (received?.names[0] === 'Welcome') break;
    }
    expect(server.connectionCount).toBe(1);
    const one = await open(port, isTls);
    one.socket.on('data', (chunk) => one.received.take(chunk)).write(HELLO);
    await one.received.count(1);
    expect(one.received.names).toEqual(['Reject 4']);
  }
});

/** Decides a few turns of the event loop later. */
async function turns(): Promise<boolean> {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
  return true;
}

// Hello and its answer over the browser's own WebSocket, which settles the version by its subprotocol.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerHello, chooseSubprotocol, encodeFrame, FrameDecoder } from '../../src/index.js';
import { createDeflate } from '../../src/node/deflate.js';
import { inRealm, PLACES } from './realm.js';

const deflate = createDeflate();

describe.each(PLACES)('in a %s', (place) => {
  describe('a server of version 1', () => {
    const server = serverOf([1]);

    it('is agreed with, by the subprotocol', async () => {
      expect(await inRealm(place, 'handshake', ({ shakeHands }) => shakeHands(server.url))).toMatchObject({
        subprotocol: 'im.v1',
        agreement: { version: 1, features: ['deflate'], serverTimeMs: 1767225600000n },
      });
    });

    it('gets and sends compressed frames', async () => {
      const text = '你好 👋 '.repeat(500);
      expect(await inRealm(place, 'handshake', ({ echo }) => echo(server.url, text))).toBe(text);
    });
  });

  describe('a server of version 3 alone', () => {
    const server = serverOf([3]);

    it('rejects the Hello, on the subprotocol that only carries the answer', async () => {
      expect(await inRealm(place, 'handshake', ({ shakeHands }) => shakeHands(server.url))).toMatchObject({
        subprotocol: 'im',
        error: { code: 'NO_COMMON_VERSION' },
      });
    });
  });
});

/** A server that runs during the tests of a block. */
function serverOf(versions: readonly number[]): { url: string } {
  const found = { url: '' };
  let server: WebSocketServer;
  beforeAll(async () => {
    server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate: false,
      handleProtocols: (offered) => chooseSubprotocol([...offered], versions) ?? false,
    });
    server.on('connection', (socket) => serve(socket, versions));
    await once(server, 'listening');
    found.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());
  return found;
}

/** Answers Hello, and sends back what comes behind it. */
function serve(socket: WebSocket, versions: readonly number[]): void {
  const decoder = new FrameDecoder({ deflate });
  socket.on('message', (data: Buffer) => {
    for (const frame of decoder.push(data)) {
      if (frame.type === 'Hello') {
        const { welcome, reject } = answerHello(frame.message, {
          versions,
          features: ['deflate'],
          serverTimeMs: 1767225600000n,
        });
        socket.send(welcome ? encodeFrame('Welcome', welcome) : encodeFrame('Reject', reject));
      } else if (frame.type === 'SendInfo') {
        socket.send(encodeFrame('SendInfo', frame.message, { compress: deflate }));
      }
    }
  });
}

// HTTP beside the connections of the protocol, over TCP and TLS: http.slow.test.ts.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ListenOptions } from '../../src/node/index.js';
import { ASK, ask, textOf } from '../connection/messages.js';
import { type Host, host } from './host.js';
import { CERTIFICATE } from './tls/certificate.js';

/** A client of HTTP that is no more than a socket. */
export class Raw {
  readonly socket: Socket;
  text = '';
  isEnded = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.text += chunk.toString('latin1');
    });
    socket.on('close', () => {
      this.isEnded = true;
    });
    onTestFinished(() => void socket.destroy());
  }

  async said(text: string): Promise<void> {
    await expect.poll(() => this.text, { timeout: 10_000 }).toContain(text);
  }

  async ended(): Promise<void> {
    await expect.poll(() => this.isEnded, { timeout: 10_000 }).toBe(true);
  }
}

export const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
export const UPGRADE =
  'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: im.v1, im\r\n\r\n';

/** Handlers that answer when the test says so. */
function held(): { http: NonNullable<ListenOptions['http']>; responses: ServerResponse[] } {
  const responses: ServerResponse[] = [];
  const http = (request: IncomingMessage, response: ServerResponse): void => {
    request.resume();
    responses.push(response);
  };
  return { http, responses };
}

/** @param transport below HTTP. */
export function httpSuite(transport: 'tcp' | 'tls'): void {
  const isSecure = transport === 'tls';
  const secure = isSecure ? { tls: CERTIFICATE } : {};
  const serve = (options: Partial<ListenOptions>): Promise<Host> => host({ ...secure, ...options });
  const client = (server: Host) => server.client(isSecure ? 'tls' : 'tcp', { tls: { rejectUnauthorized: false } });

  /** Below TLS, not a word is said before this resolves. */
  async function bare(port: number): Promise<Raw> {
    const socket = createConnection(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Raw(socket);
  }

  async function raw(port: number, text = '', allowHalfOpen = false): Promise<Raw> {
    const options = { port, host: '127.0.0.1', allowHalfOpen };
    const socket = isSecure ? connectTls({ ...options, rejectUnauthorized: false }) : createConnection(options);
    const made = new Raw(socket);
    await once(socket, isSecure ? 'secureConnect' : 'connect');
    if (text !== '') socket.write(text);
    return made;
  }

  describe('drain', () => {
    it('waits for pending responses, and ends idle connections', async () => {
      const { http, responses } = held();
      const { port, server } = await serve({ http });
      const idle = await raw(port, GET);
      await expect.poll(() => responses.length).toBe(1);
      responses[0].end('first');
      await idle.said('first');
      const asking = await raw(port, GET);
      await expect.poll(() => responses.length).toBe(2);
      let isDrained = false;
      const drained = server.drain({ graceMs: 30_000 }).then(() => {
        isDrained = true;
      });
      await idle.ended();
      expect([isDrained, asking.isEnded]).toEqual([false, false]);
      responses[1].end('second');
      await asking.said('second');
      // So the client does not send the next one on it.
      expect(asking.text.toLowerCase()).toContain('connection: close');
      await drained;
    });

    it('waits for the rest of a request body, and for all of a large response', async () => {
      const large = 'x'.repeat(5_000_000);
      const http = (request: IncomingMessage, response: ServerResponse): void => {
        request.resume().on('end', () => response.end(large));
      };
      const { port, server } = await serve({ http });
      const upload = await raw(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab');
      const download = await raw(port);
      download.socket.write(GET);
      await download.said('200 OK');
      download.socket.pause();
      const drained = server.drain({ graceMs: 30_000 });
      upload.socket.write('cd');
      await upload.ended();
      expect(upload.text).toContain(large);
      download.socket.resume();
      await download.ended();
      expect(download.text).toContain(large);
      await drained;
    });

    it('waits for the rest of a request head', async () => {
      const { port, server } = await serve({ http: (_request, response) => void response.end('well') });
      const slow = await raw(port, GET.slice(0, 10));
      await new Promise((resolve) => setTimeout(resolve, 50));
      const drained = server.drain({ graceMs: 30_000 });
      slow.socket.write(GET.slice(10));
      await slow.said('well');
      expect(slow.text.toLowerCase()).toContain('connection: close');
      await drained;
    });

    it('a request that is never answered is cut off after the grace period', async () => {
      const { http, responses } = held();
      const { port, server } = await serve({ http });
      const asking = await raw(port, GET);
      await expect.poll(() => responses.length).toBe(1);
      await server.drain({});
      await asking.ended();
    });
  });

  it('close finishes started responses, and cuts off pending requests', async () => {
    const { http, responses } = held();
    const { port, server } = await serve({ http });
    const [answered, asking] = [await raw(port, GET), await raw(port, GET)];
    await expect.poll(() => responses.length).toBe(2);
    const large = 'x'.repeat(1_000_000);
    for (const response of responses.slice(0, 1)) response.end(large);
    await server.close();
    await Promise.all([answered.ended(), asking.ended()]);
    const texts = [answered.text, asking.text].sort();
    expect(texts[0]).toBe('');
    expect(texts[1]).toContain(large);
  });

  it('close does not wait for a response that the client does not read', async () => {
    // listening-server.ts: `close` without `destroyAll`.
    const { http, responses } = held();
    const { port, server } = await serve({ http });
    const peer = await raw(port);
    peer.socket.pause();
    peer.socket.write(GET);
    await expect.poll(() => responses.length).toBe(1);
    responses[0].end(Buffer.alloc(20_000_000));
    await server.close();
  });

  describe('an upgrade that was pipelined', () => {
    it('waits for the answers before it', async () => {
      const { http, responses } = held();
      const { port, server } = await serve({ http });
      const peer = await raw(port, GET + GET + UPGRADE);
      await expect.poll(() => responses.length).toBe(2);
      expect(peer.text).toBe('');
      // Out of order: HTTP holds the second one back.
      responses[1].end('late');
      responses[0].end('first');
      await peer.said('101 Switching Protocols');
      expect(peer.text).toMatch(/first[\s\S]*late[\s\S]*101 Switching/);
      await expect.poll(() => server.connectionCount).toBe(1);
    });

    it('is not served if the previous response ends the connection', async () => {
      const http = (_request: IncomingMessage, response: ServerResponse): void => {
        setTimeout(() => response.writeHead(200, { Connection: 'close' }).end('bye'), 50);
      };
      const { port, server } = await serve({ http });
      const peer = await raw(port, GET + UPGRADE);
      await peer.ended();
      expect(peer.text).toContain('bye');
      expect(peer.text).not.toContain('101');
      expect(server.connectionCount).toBe(0);
    });

    it('that fails is answered after the pending response, and its socket ends', async () => {
      const { http, responses } = held();
      const { port } = await serve({ http });
      const peer = await raw(port, GET + UPGRADE.replace('Version: 13', 'Version: 7'));
      await expect.poll(() => responses.length).toBe(1);
      responses[0].end('first');
      await peer.ended();
      expect(peer.text).toMatch(/first[\s\S]*400 Bad Request/);
    });
  });

  describe('with maxConnections', () => {
    /** Above all bounds together: connections, those that are refused, and HTTP. */
    const MANY = 600;
    const many = async (make: () => Promise<Raw>, count = MANY): Promise<Raw[]> => {
      const made: Raw[] = [];
      while (made.length < count) made.push(...(await Promise.all(Array.from({ length: 50 }, make))));
      return made;
    };
    const answers = async (server: Host): Promise<void> => {
      const connected = await client(server);
      expect(textOf(await connected.request(ASK, ask('a')))).toBe('re a');
      const upgraded = await raw(server.port, UPGRADE);
      await upgraded.said('101 Switching Protocols');
    };

    it('idle keep-alive connections do not lock out others', async () => {
      const server = await serve({ maxConnections: 5, http: (_request, response) => void response.end('well') });
      const peers = await many(async () => {
        const peer = await raw(server.port, GET);
        await expect.poll(() => peer.isEnded || peer.text.includes('well'), { timeout: 20_000 }).toBe(true);
        return peer;
      });
      await answers(server);
      expect(peers.filter(({ isEnded }) => !isEnded).length).toBeLessThanOrEqual(257);
    });

    it.each([
      ['a head that does not end', 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: '],
      ['a body that does not end', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nab'],
    ])('%s locks nobody out', async (_what, text) => {
      const { http } = held();
      const server = await serve({ maxConnections: 5, handshakeTimeoutMs: 600_000, http });
      await many(() => raw(server.port, text));
      await answers(server);
    });

    it('requests that the handler does not answer do not lock out others, and further ones get 503', async () => {
      const { http, responses } = held();
      const server = await serve({ maxConnections: 5, http });
      const peers = await many(() => raw(server.port, GET));
      await expect.poll(() => peers.filter(({ isEnded }) => isEnded).length, { timeout: 20_000 }).toBe(MANY - 256);
      expect(responses).toHaveLength(256);
      expect(peers.filter(({ text }) => text.startsWith('HTTP/1.1 503 ')).length).toBe(MANY - 256);
      await answers(server);
    });

    it('silent sockets do not lock out others', async () => {
      const server = await serve({ maxConnections: 5, handshakeTimeoutMs: 600_000 });
      await many(() => bare(server.port));
      await answers(server);
    });

    it('refused connections that do not end do not lock out others', async () => {
      const server = await serve({ maxConnections: 5 });
      // Fewer: each of them is cut off after two seconds.
      await many(() => raw(server.port, '{"cmd":0}', true), 300);
      // accepted-sockets.ts without `ended`: none of them could be spared. The server has to have read them all.
      await new Promise((resolve) => setTimeout(resolve, 500));
      await answers(server);
    });
  });
}

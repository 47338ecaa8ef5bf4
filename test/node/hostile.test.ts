// Hostile peers: each gets an error, ends in time, and leaves nothing open.
import { createConnection } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/index.js';
import { HELLO, LOGIN, loggedInTcp, loggedInWebsocket, tcp, websocket } from './foreign.js';
import { type Host, host } from './host.js';

const quick = { handshakeTimeoutMs: 150, loginTimeoutMs: 150, frameTimeoutMs: 150, heartbeatIntervalMs: 1000 };

let current: Host;
async function quickHost(options = {}): Promise<number> {
  current = await host({ ...quick, ...options });
  return current.port;
}

afterEach(async () => {
  await expect.poll(() => current.server.connectionCount).toBe(0);
});

/** Writes a byte now and then, as long as it can. */
function trickle(write: (byte: Uint8Array) => void, bytes: Uint8Array): () => void {
  let at = 0;
  const timer = setInterval(() => write(bytes.subarray(at, ++at)), 20);
  return () => clearInterval(timer);
}

describe('TCP', () => {
  it('no bytes: Reject HANDSHAKE_TIMEOUT', async () => {
    const { received } = await tcp(await quickHost());
    await received.ended();
    expect(received.names).toEqual(['Reject 5']);
    expect(current.ends).toEqual(['HANDSHAKE_TIMEOUT']);
  });

  it('single bytes of a Hello do not extend the deadline, which starts with the connection', async () => {
    const { socket, received } = await tcp(await quickHost());
    const stop = trickle((byte) => socket.write(byte), HELLO);
    await received.ended();
    stop();
    expect(current.ends).toEqual(['HANDSHAKE_TIMEOUT']);
  });

  it('no LOGIN is IDLE_TIMEOUT', async () => {
    const { socket, received } = await tcp(await quickHost());
    socket.write(HELLO);
    await received.ended();
    expect(received.names).toEqual(['Welcome', 'error 40']);
    expect(current.ends).toEqual(['IDLE_TIMEOUT']);
  });

  it('a frame sent byte by byte is IDLE_TIMEOUT', async () => {
    const { socket, received } = await loggedInTcp(await quickHost());
    const stop = trickle((byte) => socket.write(byte), Uint8Array.of(0, 0, 1, 0, 1, 7, 0, 0, ...new Uint8Array(200)));
    await received.ended();
    stop();
    expect(received.names.slice(2)).toEqual(['error 40']);
  });

  it('a peer that has vanished is IDLE_TIMEOUT after two and a half intervals', async () => {
    const { received } = await loggedInTcp(await quickHost());
    await received.ended();
    expect(received.names.slice(2)).toEqual(['error 40']);
    expect(current.ends).toEqual(['IDLE_TIMEOUT']);
  });

  it.each([
    ['TLS', Uint8Array.of(0x16, 3, 1, 2, 0), [], 'FOREIGN_PROTOCOL'],
    ['JSON', Buffer.from('{"cmd":0}'), [], 'FOREIGN_PROTOCOL'],
    ['a frame that is too large', Uint8Array.of(0, 0xff, 0xff, 0xff), ['Reject 3'], 'MALFORMED_HELLO'],
    ['a frame that is too short', Uint8Array.of(0, 0, 0, 1), ['Reject 3'], 'MALFORMED_HELLO'],
    ['LOGIN before Hello', LOGIN, ['Reject 3'], 'MALFORMED_HELLO'],
  ])('%s is refused at once', async (_what, bytes, names, code) => {
    const { socket, received } = await tcp(await quickHost({ handshakeTimeoutMs: 10_000 }));
    socket.write(bytes);
    await received.ended();
    expect(received.names).toEqual(names);
    expect(current.ends).toEqual([code]);
  });

  it('the data for a peer that ends its side and reads nothing is not kept', async () => {
    const port = await quickHost({ maxQueuedBytes: 16_777_216 });
    const { socket } = await loggedInTcp(port);
    socket.pause();
    const push = { cmd: 1000, data: { $case: 'custom', value: { typeUrl: 'a/b', value: new Uint8Array(1_000_000) } } } as const;
    for (let i = 0; i < 10; i++) current.logins[0].push(push);
    socket.end();
    await expect.poll(() => current.ends).toEqual([undefined]);
    await current.server.close();
  });
});

describe('WebSocket', () => {
  it('a slow upgrade is cut off', async () => {
    const port = await quickHost();
    const { socket, received } = await tcp(port);
    socket.removeAllListeners('data');
    socket.resume();
    const stop = trickle((byte) => socket.write(byte), Buffer.from(`GET / HTTP/1.1\r\nHost: ${'x'.repeat(1000)}`));
    await received.ended();
    stop();
  });

  it('no bytes after the upgrade: HANDSHAKE_TIMEOUT', async () => {
    const { received } = await websocket(await quickHost());
    await received.ended();
    expect([received.names, received.closeCode]).toEqual([['Reject 5'], 4005]);
  });

  it('a text message closes with 1003', async () => {
    const { socket, received } = await websocket(await quickHost({ handshakeTimeoutMs: 10_000 }));
    socket.send('{"cmd":0}');
    await received.ended();
    expect(received.closeCode).toBe(1003);
    expect(current.errors[0]?.message).toBe('[CLOSED] the peer closed the connection: expected a binary message, got text');
  });

  it('a text message ends an authenticated connection at once, also if the peer does not close', async () => {
    const { socket } = await loggedInWebsocket(await quickHost({ heartbeatIntervalMs: 600_000 }));
    socket.pause();
    socket.send('{"cmd":0}');
    await expect.poll(() => current.server.connections.size).toBe(0);
  });

  it('a message that ends inside a frame is TRUNCATED, which is not sent', async () => {
    const { socket, received } = await loggedInWebsocket(await quickHost());
    socket.send(LOGIN.subarray(0, 20));
    await received.ended();
    expect(received.names.slice(2)).toEqual([]);
    expect(received.closeCode).toBe(4019);
  });

  it('an empty message is ignored', async () => {
    const { socket, received } = await websocket(await quickHost());
    socket.send(new Uint8Array(0));
    socket.send(Buffer.concat([HELLO, LOGIN]));
    await received.count(2);
    expect(received.names).toEqual(['Welcome', '1']);
    socket.close();
  });

  it('a message over the limit closes with 1009', async () => {
    const { socket, received } = await loggedInWebsocket(await quickHost({ maxFrameBytes: 16_384 }));
    socket.send(new Uint8Array(16_385));
    await received.ended();
    expect(received.closeCode).toBe(1009);
    expect(current.errors[0]?.message).toBe('[CLOSED] the peer closed the connection: Max payload size exceeded');
  });

  it('a close that the peer does not complete ends', async () => {
    const { socket } = await loggedInWebsocket(await quickHost());
    // Answers nothing from now on, not even a close.
    socket.pause();
    current.logins[0].close();
    const { server } = current;
    await server.close();
    expect(server.connectionCount).toBe(0);
  });

  it('a megabyte before LOGIN is refused early', async () => {
    const port = await quickHost({ handshakeTimeoutMs: 10_000, loginTimeoutMs: 10_000 });
    const { socket, received } = await websocket(port);
    socket.send(HELLO);
    await received.count(1);
    socket.send(new Uint8Array(1_000_000), { fin: false, binary: true });
    await received.ended();
    expect([received.names, received.closeCode]).toEqual([['Welcome', 'error 18'], 4018]);
    expect(current.ends).toEqual(['FRAME_TOO_LARGE']);
  });
});

it.each([
  ['a second Hello', HELLO, 'error 3', 'MALFORMED_HELLO'],
  ['an unknown critical flag', Uint8Array.of(0, 0, 0, 4, 1, 7, 0, 0x80), 'error 21', 'UNSUPPORTED_FLAGS'],
  ['another version', Uint8Array.of(0, 0, 0, 4, 9, 7, 0, 0), 'error 20', 'UNSUPPORTED_VERSION'],
  ['a frame compressed without agreement', Uint8Array.of(0, 0, 0, 4, 1, 7, 0, 1), 'error 27', 'NOT_NEGOTIATED'],
  ['a length over the limit', Uint8Array.of(0, 0xff, 0xff, 0xff), 'error 18', 'FRAME_TOO_LARGE'],
])('%s closes the connection of one who is logged in', async (_what, bytes, name, code) => {
  const { socket, received } = await loggedInTcp(await quickHost());
  socket.write(bytes);
  await received.ended();
  expect(received.names.slice(2)).toEqual([name]);
  expect(current.ends).toEqual([code]);
});

it('a LOGIN of another user on the same connection is PERMISSION_DENIED', async () => {
  let userId = 0n;
  const { socket, received } = await loggedInTcp(await quickHost({ login: () => ({ userId: ++userId, terminal: 1 }) }));
  socket.write(encodeFrame('SendInfo', { cmd: 1, sequence: 2, data: { $case: 'login', value: { accessToken: 'b' } } }));
  await received.ended();
  expect(received.names.slice(2)).toEqual(['error 34']);
});

it('a connection that is reset does not affect others', async () => {
  const port = await quickHost();
  const socket = createConnection(port, '127.0.0.1', () => {
    socket.write(HELLO, () => socket.resetAndDestroy());
  });
  await expect.poll(() => current.ends).toHaveLength(1);
  // Node ends the stream before it resets it, and both may be read at once.
  expect([undefined, 'CLOSED']).toContain(current.ends[0]);
});

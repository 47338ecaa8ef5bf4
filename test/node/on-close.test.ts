// onClose of a server.
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { custom } from '../connection/messages.js';
import { HELLO, LOGIN, loggedInTcp, loggedInWebsocket, tcp, websocket } from './foreign.js';
import { host } from './host.js';

const FRAME_BEGUN = Uint8Array.of(0, 0, 0, 20, 1, 7);

/** A server that notes who ends, and whether they had logged in. */
async function watched() {
  const seen: string[] = [];
  const hosted = await host({
    onLogin: ({ id }) => void seen.push(`login ${id}`),
    onClose: ({ id, user }, error) => void seen.push(`close ${id} ${user === undefined ? 'nobody' : 'user'} ${error?.code}`),
  });
  const ended = async (): Promise<string[]> => {
    await expect.poll(() => seen.some((line) => line.startsWith('close'))).toBe(true);
    return seen;
  };
  return { ...hosted, ended };
}

describe('onClose', () => {
  it.each(['tcp', 'ws'])('over %s, client.close() is not an error', async (protocol) => {
    const { client, ended } = await watched();
    await (await client(protocol)).close();
    expect(await ended()).toEqual(['login 1', 'close 1 user undefined']);
  });

  it.each(['tcp', 'ws'])('over %s, closing on the server is not an error', async (protocol) => {
    const { client, server, ended } = await watched();
    await client(protocol, { reconnect: false });
    server.connections.get(1n, 1)!.close();
    expect(await ended()).toEqual(['login 1', 'close 1 user undefined']);
  });

  it.each([[1000], [1001], []])('a WebSocket that closes with %s is not an error', async (...code) => {
    const { port, ended } = await watched();
    const { socket } = await loggedInWebsocket(port);
    socket.close(...code);
    expect(await ended()).toEqual(['login 1', 'close 1 user undefined']);
  });

  it.each([
    [1002, 'CLOSED'],
    [1011, 'CLOSED'],
    [4043, 'INTERNAL'],
  ])('a WebSocket that closes with %i is an error', async (code, name) => {
    const { port, ended } = await watched();
    const { socket } = await loggedInWebsocket(port);
    socket.close(code);
    expect(await ended()).toEqual(['login 1', `close 1 user ${name}`]);
  });

  it('a transport that breaks is an error: a reset, the end of a WebSocket without a close, the end inside a frame', async () => {
    const reset = await watched();
    const { socket } = await loggedInTcp(reset.port);
    // A socket that is closed with bytes that nobody has read resets the connection.
    socket.pause();
    reset.server.connections.get(1n, 1)!.push({ cmd: 1000, data: custom('x'.repeat(100_000)).data });
    await wait(200);
    socket.destroy();
    expect(await reset.ended()).toEqual(['login 1', 'close 1 user CLOSED']);
    const cut = await watched();
    (await loggedInWebsocket(cut.port)).socket.terminate();
    expect(await cut.ended()).toEqual(['login 1', 'close 1 user CLOSED']);
    const inside = await watched();
    (await loggedInTcp(inside.port)).socket.end(FRAME_BEGUN);
    expect(await inside.ended()).toEqual(['login 1', 'close 1 user TRUNCATED']);
  });

  it.each(['tcp', 'websocket'])('over %s, onClose distinguishes a connection that never logged in by its user', async (kind) => {
    const { port, ended } = await watched();
    if (kind === 'tcp') {
      const { socket, received } = await tcp(port);
      socket.write(HELLO);
      await received.count(1);
      socket.end();
    } else {
      const { socket, received } = await websocket(port);
      socket.send(HELLO);
      await received.count(1);
      socket.close();
    }
    expect(await ended()).toEqual(['close 1 nobody undefined']);
  });

  it('it is called once, also if both sides end at the same time', async () => {
    const { port, server, ended } = await watched();
    const { socket, received } = await tcp(port);
    socket.write(Buffer.concat([HELLO, LOGIN]));
    await received.count(2);
    socket.end();
    server.connections.get(1n, 1)!.close();
    await received.ended();
    expect((await ended()).filter((line) => line.startsWith('close'))).toHaveLength(1);
  });
});

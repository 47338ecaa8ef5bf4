// `createClient` of Node, over real sockets.
import { describe, expect, it, onTestFinished } from 'vitest';
import { Command } from '../../src/index.js';
import { connect, createClient, type ListenOptions, listen, Outbox } from '../../src/node/index.js';
import { freePort } from './free-port.js';

const LOGIN = { accessToken: 'token' };

async function start(port = 0, options: Partial<ListenOptions> = {}) {
  const server = await listen({
    port,
    host: '127.0.0.1',
    login: () => ({ userId: 1n, terminal: 1, sessionId: 's' }),
    message: ({ cmd, data }) => {
      if (data?.$case !== 'privateMessage') return undefined;
      return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value: { code: 1, cmd, messageId: 7n } } };
    },
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

describe.each(['tcp', 'ws'])('%s:', (protocol) => {
  it('is there at once, and sends what its outbox has when it is authenticated', async () => {
    const server = await start();
    const outbox = new Outbox();
    const client = createClient(`${protocol}://127.0.0.1:${server.port}`, { login: LOGIN, outbox });
    onTestFinished(() => void client.close());
    expect(client.state).toBe('connecting');
    const content = { body: { $case: 'text', value: { text: 'a' } } } as const;
    const { answered } = outbox.add(Command.PRIVATE_MESSAGE, { receiverId: 2n, content });
    expect(await answered).toMatchObject({ messageId: 7n });
    expect((await client.ready).userId).toBe(1n);
  });

  it('with retryFirst it comes to a server that starts later', async () => {
    const port = await freePort();
    const client = createClient(`${protocol}://127.0.0.1:${port}`, {
      login: LOGIN,
      retryFirst: true,
      reconnect: { baseMs: 20, maxMs: 50 },
    });
    onTestFinished(() => void client.close());
    await new Promise<void>((resolve) => {
      const stop = client.subscribe(() => {
        if (client.getSnapshot().error?.code !== 'CLOSED') return;
        stop();
        resolve();
      });
    });
    await start(port);
    expect((await client.ready).userId).toBe(1n);
  });

  it('without it the client ends with the reason', async () => {
    const url = `${protocol}://127.0.0.1:${await freePort()}`;
    const client = createClient(url, { login: LOGIN });
    expect(await client.closed).toMatchObject({ code: 'CLOSED', message: expect.stringContaining('ECONNREFUSED') });
    await expect(connect(url, { login: LOGIN })).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('may be closed before it is connected', async () => {
    const server = await start();
    const client = createClient(`${protocol}://127.0.0.1:${server.port}`, { login: LOGIN });
    expect(await client.close()).toBeUndefined();
    await expect(client.ready).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

it.each(['http://127.0.0.1:1', 'tcp://127.0.0.1', 'tcp:', 'not a URL'])('%s is a TypeError at once', async (url) => {
  expect(() => createClient(url, { login: LOGIN })).toThrow(TypeError);
  await expect(connect(url, { login: LOGIN })).rejects.toThrow(TypeError);
});

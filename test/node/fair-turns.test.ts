// Messages that wait for a slow application hold up neither the replies that it waits for, nor other connections.
import { expect, it } from 'vitest';
import { createDeflate } from '../../src/node/index.js';
import { custom } from '../connection/messages.js';
import { loggedInWebsocket, send } from './foreign.js';
import { host } from './host.js';

const TRANSPORTS = ['tcp', 'ws'] as const;
const PUSH = 1001;
const ASK = 1002;

it.each(TRANSPORTS)('a handler gets the reply of its client over %s, although many messages wait', async (protocol) => {
  const replies: unknown[] = [];
  let handled = 0;
  const { client } = await host({
    requestTimeoutMs: 60_000,
    message: async ({ cmd }, connection) => {
      if (cmd === ASK) replies.push((await connection.request(custom('?'))).cmd);
      handled += 1;
      return undefined;
    },
  });
  const connected = await client(protocol, { onRequest: ({ cmd }) => custom('!', cmd) });
  for (let i = 0; i < 2000; i++) connected.send({ cmd: i % 1000 === 0 ? ASK : PUSH });
  await expect.poll(() => handled, { timeout: 20_000 }).toBe(2000);
  expect(replies).toEqual([1000, 1000]);
});

it('a synchronous handler does not starve other connections: a megabyte of messages in one chunk', async () => {
  let [handled, inOneTurn, most, isOver] = [0, 0, 0, false];
  const { port } = await host({
    message: async () => {
      handled += 1;
      inOneTurn += 1;
      return undefined;
    },
  });
  const watch = (): void => {
    most = Math.max(most, inOneTurn);
    inOneTurn = 0;
    if (!isOver) setImmediate(watch);
  };
  watch();
  const frame = send({ cmd: PUSH });
  const count = Math.floor(1_048_576 / frame.length);
  const { socket } = await loggedInWebsocket(port);
  socket.send(Buffer.concat(new Array<Uint8Array>(count).fill(frame)));
  await expect.poll(() => handled, { timeout: 20_000 }).toBe(count);
  isOver = true;
  // 2048 are decoded at a time, and not all at once.
  expect(most).toBeLessThan(20_000);
});

it('a deflate that fails, or is async, ends nothing', async () => {
  const failing = (): never => {
    throw new TypeError('deflate');
  };
  for (const broken of [failing, async () => failing(), () => null, () => 42]) {
    const errors: unknown[] = [];
    const deflate = { deflate: broken as never, inflate: broken as never };
    const { client, server, ends } = await host({ deflate, compressFromBytes: 0, onError: (error) => void errors.push(error) });
    for (const protocol of TRANSPORTS) {
      const connected = await client(protocol, { deflate: createDeflate(), reconnect: false });
      const answer = await connected.request(ASK, { typeUrl: 'a/b', value: new Uint8Array(9) }).catch(({ code }) => code);
      expect([answer, connected.state]).toEqual(['INTERNAL', 'authenticated']);
    }
    // The second login has ended the first.
    await expect.poll(() => ends, { timeout: 10_000 }).toEqual(['FORCED_LOGOUT']);
    expect(errors.map((error) => error instanceof TypeError)).toEqual([true, true]);
    await server.drain({ graceMs: 0 });
  }
});

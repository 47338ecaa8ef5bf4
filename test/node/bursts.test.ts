// Much that is said in one go: a peer that reads gets all of it, and one that does not is a SLOW_CONSUMER.
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ASK, ask, custom, textOf } from '../connection/messages.js';
import { loggedInTcp, loggedInWebsocket } from './foreign.js';
import { host } from './host.js';

const LARGE = 'x'.repeat(100_000);

describe.each(['tcp', 'ws'] as const)('over %s', (protocol) => {
  it.each([true, false])('1,000 requests that wait for a connection are answered (resume %s)', async (resume) => {
    const { client, logins, ends } = await host();
    const texts = Array.from({ length: 1000 }, (_, i) => String(i).padEnd(2200, '.'));
    const answers: Promise<string>[] = [];
    const onReconnect = (): void => {
      for (const text of texts) answers.push(connected.request(ASK, ask(text)).then(textOf));
    };
    const connected = await client(protocol, { resume, reconnect: { baseMs: 1, maxMs: 1 }, onReconnect });
    logins[0].close();
    await expect.poll(() => answers.length).toBe(1000);
    expect(await Promise.all(answers)).toEqual(texts.map((text) => `re ${text}`));
    expect([logins.length, ends]).toEqual([2, [undefined]]);
  });

  it('100 requests of 100 kB that were made at once are answered', async () => {
    const { client, ends } = await host({ message: ({ cmd }) => ({ cmd }) });
    const connected = await client(protocol);
    await Promise.all(Array.from({ length: 100 }, () => connected.request(ASK, ask(LARGE))));
    expect(ends).toEqual([]);
  });

  it.each([
    ['a handler', 25],
    ['a handler', 60],
    ['onLogin', 25],
    ['a broadcast', 25],
  ])('pushes of %s, %i of 100 kB in one run, all arrive in their order', async (from, count) => {
    const texts = Array.from({ length: count }, (_, i) => `${i} ${LARGE}`);
    const { client, ends, server } = await host({
      message: ({ cmd }, connection) => {
        if (from === 'a handler') for (const text of texts) connection.push(custom(text));
        if (from === 'a broadcast') for (const text of texts) server.connections.broadcast(custom(text));
        return { cmd };
      },
      ...(from === 'onLogin' && {
        onLogin: (connection) => {
          for (const text of texts) connection.push(custom(text));
        },
      }),
    });
    const connected = await client(protocol);
    const answer = connected.request(ASK, undefined);
    const got: string[] = [];
    for await (const message of connected) if (got.push(textOf(message)) === count) break;
    expect(got).toEqual(texts);
    await answer;
    expect(ends).toEqual([]);
  });

  it('pushes of a client: the same', async () => {
    const got: string[] = [];
    const { client, ends } = await host({ message: (message) => void got.push(textOf(message)) as undefined });
    const connected = await client(protocol);
    const texts = Array.from({ length: 25 }, (_, i) => `${i} ${LARGE}`);
    for (const text of texts) connected.send(custom(text));
    await expect.poll(() => got.length, { timeout: 20_000 }).toBe(25);
    expect([got, ends]).toEqual([texts, []]);
  });

  it.each(['in one run', 'run after run'])(
    'a peer that does not read is a SLOW_CONSUMER, %s, and what waits for it is bounded',
    async (how) => {
      const { port, ends, logins } = await host();
      const { socket } = protocol === 'tcp' ? await loggedInTcp(port) : await loggedInWebsocket(port);
      socket.pause();
      const [connection] = logins;
      let most = 0;
      for (let i = 0; i < 10_000 && ends.length === 0; i++) {
        connection.push(custom(LARGE));
        most = Math.max(most, connection.bufferedBytes);
        if (how === 'run after run') await once(process, 'never', { signal: AbortSignal.timeout(1) }).catch(() => {});
      }
      expect(ends).toEqual(['SLOW_CONSUMER']);
      // Four queues of 2 MiB in a run; afterwards one, besides what the transport was given.
      expect(most).toBeLessThan((how === 'in one run' ? 5 : 2) * 2_097_152 + 300_000);
    },
  );
});

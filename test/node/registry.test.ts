// Who is logged in on a server, and messages for many of them.
import { expect, it } from 'vitest';
import type { ServerConnection } from '../../src/node/index.js';
import { custom, push, textOf } from '../connection/messages.js';
import { host } from './host.js';

const byToken = { login: ({ accessToken }: { accessToken: string }) => ({ userId: BigInt(accessToken), terminal: 1 }) };

it.each([
  ['tcp', 'tcp'],
  ['tcp', 'ws'],
  ['ws', 'tcp'],
  ['ws', 'ws'],
])('a second login (first %s, then %s) of the same device replaces the first, without a word to the user', async (one, two) => {
  const { client, server } = await host();
  const login = { accessToken: 't', deviceId: 'd' };
  const first = await client(one, { login });
  const second = await client(two, { login });
  expect(await first.closed).toMatchObject({ code: 'REPLACED' });
  expect(
    (
      await first[Symbol.asyncIterator]()
        .next()
        .catch((error) => error)
    ).code,
  ).toBe('REPLACED');
  expect([second.state, server.connections.size]).toEqual(['authenticated', 1]);
});

it.each(['tcp', 'ws'])(
  'a second login over %s of another device logs the first one out, and names the device',
  async (protocol) => {
    const { client, server } = await host();
    const first = await client(protocol, { login: { accessToken: 't', deviceId: 'a' } });
    const second = await client(protocol, { login: { accessToken: 't', deviceId: 'b' } });
    expect(await first.closed).toMatchObject({ code: 'FORCED_LOGOUT' });
    const { value } = await first[Symbol.asyncIterator]().next();
    expect(value).toMatchObject({ cmd: 3, data: { value: { deviceId: 'b' } } });
    expect(second.state).toBe('authenticated');
    expect(server.connections.get(1n, 1)?.user?.deviceId).toBe('b');
  },
);

it('a broadcast is encoded once, and reaches all on both transports', async () => {
  const { client, server } = await host(byToken);
  const clients = await Promise.all(
    ['tcp', 'ws', 'tcp', 'ws'].map((protocol, i) => client(protocol, { login: { accessToken: String(i + 1) } })),
  );
  const { data } = push(1n, 'all');
  let reads = 0;
  const counted = {
    cmd: 6,
    get data() {
      reads += 1;
      return data;
    },
  };
  const readsOf = (to: Iterable<ServerConnection>): number => {
    reads = 0;
    server.connections.broadcast(counted, to);
    return reads;
  };
  const [one] = server.connections.all();
  expect(readsOf(server.connections.all())).toBe(readsOf([one]));
  for (const connected of clients) expect(textOf((await connected[Symbol.asyncIterator]().next()).value)).toBe('all');
});

it('a broadcast skips connections with a smaller frame limit, and closed ones', async () => {
  const { client, server, ends } = await host(byToken);
  const small = await client('tcp', { login: { accessToken: '1' }, maxFrameBytes: 16_384 });
  const large = await client('tcp', { login: { accessToken: '2' } });
  const gone = await client('tcp', { login: { accessToken: '3' } });
  await gone.close();
  await expect.poll(() => ends).toHaveLength(1);
  expect(server.connections.broadcast(custom('x'.repeat(20_000)))).toBe(1);
  expect(server.connections.broadcast(custom('small'))).toBe(2);
  const iterator = large[Symbol.asyncIterator]();
  expect(textOf((await iterator.next()).value)).toHaveLength(20_000);
  expect(textOf((await small[Symbol.asyncIterator]().next()).value)).toBe('small');
});

it('a batch above the message limit of a WebSocket client arrives as several messages', async () => {
  const { client, server } = await host();
  const connected = await client('ws', { maxFrameBytes: 20_000 });
  for (let i = 0; i < 50; i++) server.connections.broadcast(custom(String(i).padEnd(9000)));
  const got: number[] = [];
  for await (const message of connected) if (got.push(Number(textOf(message))) === 50) break;
  expect(got).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

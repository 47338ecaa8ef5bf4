// Proxies and servers that stop: no client meets one that no longer accepts.
import { expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/node/index.js';
import { type RunningProxy, startHaproxy, startNginx } from './proxy.js';
import { startServer } from './server-process.js';

const TRUST = { trustProxy: ['127.0.0.1'], sessions: 'unlimited' } as const;

async function client(protocol: string, { port, ca }: RunningProxy): Promise<void> {
  const options = { login: { accessToken: '1' }, tls: { ca }, reconnect: false } as const;
  const connected = await connect(`${protocol}://127.0.0.1:${port}/ws`, options);
  onTestFinished(async () => void (await connected.close()));
}

const logins = ({ lines }: { lines: Record<string, unknown>[] }): number =>
  lines.filter((line) => line.login !== undefined).length;

it('HAProxy sends no clients to a server that is leaving, while it still accepts', async () => {
  const options = { ...TRUST, proxyProtocol: true };
  const [first, second] = [await startServer({ options, drain: { notReadyMs: 60_000 } }), await startServer({ options })];
  const proxy = await startHaproxy({ ports: [first.port, second.port] });
  for (let i = 0; i < 4; i++) await client('tls', proxy);
  await expect.poll(() => [logins(first), logins(second)]).toEqual([2, 2]);
  first.process.kill('SIGTERM');
  await expect.poll(() => proxy.log(), { timeout: 20_000 }).toContain('Server im/im1 is DOWN');
  expect(proxy.log()).toMatch(/Server im\/im1 is DOWN, reason: Layer7 wrong status, code: 503/);
  for (let i = 0; i < 6; i++) await client('tls', proxy);
  await expect.poll(() => [logins(first), logins(second)]).toEqual([2, 8]);
});

it('HAProxy sends no clients to a full server, and again when it has room', async () => {
  const options = { ...TRUST, proxyProtocol: true };
  const first = await startServer({ options: { ...options, maxConnections: 1 } });
  const second = await startServer({ options });
  const proxy = await startHaproxy({ ports: [first.port, second.port] });
  await client('tls', proxy);
  await client('tls', proxy);
  await expect.poll(() => proxy.log(), { timeout: 20_000 }).toContain('Server im/im1 is DOWN');
  for (let i = 0; i < 3; i++) await client('tls', proxy);
  await expect.poll(() => [logins(first), logins(second)]).toEqual([1, 4]);
});

it.each([
  ['http', 'wss'],
  ['stream', 'tls'],
] as const)(
  'nginx, %s: the clients of a server that is down go to the next one, at their first attempt',
  async (kind, protocol) => {
    const options = { ...TRUST, proxyProtocol: kind === 'stream' };
    const [first, second] = [await startServer({ options }), await startServer({ options })];
    const proxy = await startNginx(kind, { ports: [first.port, second.port] });
    await client(protocol, proxy);
    await client(protocol, proxy);
    await expect.poll(() => [logins(first), logins(second)]).toEqual([1, 1]);
    await first.drain();
    for (let i = 0; i < 6; i++) await client(protocol, proxy);
    await expect.poll(() => [logins(first), logins(second)]).toEqual([1, 7]);
  },
);

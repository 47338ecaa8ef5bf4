// Processes that get signals.
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { connect, drainOnSignal, listen } from '../../src/node/index.js';
import { type Child, start } from './processes/run.js';

async function serverProcess(options: object = {}, onDrained = 'print'): Promise<{ child: Child; urls: string[] }> {
  const child = start('drained-server.ts', JSON.stringify(options), onDrained);
  const ports = (await child.line()).split(' ');
  return { child, urls: ports.map((port) => `tcp://127.0.0.1:${port}`) };
}

it.each(['SIGTERM', 'SIGINT'] as const)('%s drains all servers, then the process ends with 0', async (signal) => {
  const { child, urls } = await serverProcess({ reconnectAfterMs: 600_000, reason: 'deploy' });
  const clients = await Promise.all(urls.map((url) => connect(url, { login: { accessToken: '1' } })));
  expect(await Promise.all(clients.map((client) => client.request(1000, undefined)))).toEqual([undefined, undefined]);
  child.process.kill(signal);
  await expect.poll(() => clients.map(({ state }) => state)).toEqual(['draining', 'draining']);
  for (const client of clients) await client.close();
  expect(await child.line()).toBe('drained closed,closed');
  expect(await child.exit).toBe(0);
  expect(child.errors()).toBe('');
});

it('the exit code is process.exitCode', async () => {
  const { child } = await serverProcess();
  child.process.kill('SIGHUP');
  expect(await child.line()).toBe('exit code 7');
  child.process.kill('SIGTERM');
  expect(await child.exit).toBe(7);
});

it('open requests are cut after graceMs', async () => {
  const { child, urls } = await serverProcess({ graceMs: 200 });
  const client = await connect(urls[0], { login: { accessToken: '1' }, reconnect: false });
  const held = client.request(1001, undefined).catch(({ code }) => code);
  expect(await child.line()).toBe('held');
  child.process.kill('SIGTERM');
  expect([await held, await child.line(), await child.exit]).toEqual(['CLOSED', 'drained closed,closed', 0]);
});

it('a second signal ends the process at once; the same one within half a second does not', async () => {
  const { child, urls } = await serverProcess({ graceMs: 600_000 });
  const client = await connect(urls[0], { login: { accessToken: '1' } });
  onTestFinished(async () => void (await client.close()));
  client.request(1001, undefined).catch(() => {});
  expect(await child.line()).toBe('held');
  child.process.kill('SIGINT');
  child.process.kill('SIGTERM');
  await expect.poll(() => client.state).toBe('draining');
  await wait(600);
  expect(child.process.exitCode).toBeNull();
  child.process.kill('SIGINT');
  expect(await child.exit).toBe(130);
});

it('the process ends with 1 after timeoutMs', async () => {
  const { child } = await serverProcess({ timeoutMs: 300 }, 'hang');
  child.process.kill('SIGTERM');
  expect([await child.line(), await child.exit]).toEqual(['drained closed,closed', 1]);
  expect(child.errors()).toMatch(
    /^@im\/protocol: drainOnSignal: ProtocolError: \[TIMEOUT\] the process has not ended within 300 ms at /,
  );
});

it('the process ends with 1 if onDrained fails', async () => {
  const { child } = await serverProcess({}, 'throw');
  child.process.kill('SIGTERM');
  expect([await child.line(), await child.exit]).toEqual(['drained closed,closed', 1]);
  expect(child.errors()).toMatch(/^@im\/protocol: drainOnSignal: Error: the database is away at /);
});

it('only the chosen signals, and none after the listeners are removed', async () => {
  const server = await listen({ host: '127.0.0.1', login: () => ({ userId: 1n, terminal: 1 }), message: () => undefined });
  onTestFinished(() => server.close());
  const count = (): number[] => ['SIGTERM', 'SIGINT', 'SIGUSR2'].map((signal) => process.listenerCount(signal));
  const before = count();
  const remove = drainOnSignal(server, { signals: ['SIGUSR2'] });
  expect(count()).toEqual([before[0], before[1], before[2] + 1]);
  remove();
  expect(count()).toEqual(before);
});

it.each([
  [{ graceMs: 600_001 }, 'SendInfo breaks 1 rule: drain.graceMs: got 600001, limit 600000'],
  [{ notReadyMs: -1 }, 'notReadyMs: expected an integer from 0 to 2147483647, got -1'],
  [{ timeoutMs: 0 }, 'timeoutMs: expected an integer from 1 to 2147483647, got 0'],
  [{ timeoutMs: 2 ** 31 }, 'timeoutMs: expected an integer from 1 to 2147483647, got 2147483648'],
])('refuses %j before any signal', async (options, text) => {
  const before = process.listenerCount('SIGTERM');
  expect(() => drainOnSignal([], options)).toThrow(expect.objectContaining({ message: `[INVALID_MESSAGE] ${text}` }));
  expect(process.listenerCount('SIGTERM')).toBe(before);
});

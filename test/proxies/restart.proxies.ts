// A hundred clients that send requests while servers are replaced: every request is handled once and answered once.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/breaking/baseline.js';
import { temporaryFolder } from './files.js';
import { MovingClients } from './moving-clients.js';
import { inheritedPort } from './ports.js';
import type { ServerSettings } from './processes/server.js';
import { type RunningProxy, startHaproxy, startNginx } from './proxy.js';
import { run, SERVER, startServer } from './server-process.js';

function effectsFile(): string {
  const effects = join(temporaryFolder(), 'effects');
  writeFileSync(effects, '');
  return effects;
}

/** Time for requests between two steps. */
const SOME_TRAFFIC_MS = 500;

type Start = (ports: [number, number]) => Promise<RunningProxy>;
/** In `stream`, a server that is back gets clients after a second instead of five. */
const nginx =
  (kind: 'http' | 'stream'): Start =>
  (ports) =>
    startNginx(kind, { ports, replaced: kind === 'stream' ? { 'fail_timeout=5s': 'fail_timeout=1s' } : {} });

describe.each<[string, string, Start, ServerSettings]>([
  ['nginx, http', 'wss', nginx('http'), { options: { trustProxy: ['127.0.0.1'] } }],
  ['nginx, stream', 'tls', nginx('stream'), { options: { trustProxy: ['127.0.0.1'], proxyProtocol: true } }],
  [
    'HAProxy',
    'tls',
    (ports) => startHaproxy({ ports }),
    { options: { trustProxy: ['127.0.0.1'], proxyProtocol: true }, drain: { notReadyMs: 4000 } },
  ],
])('%s, %s', (_name, protocol, start, settings) => {
  it('two servers are restarted one after the other', async () => {
    const effects = effectsFile();
    const server = (port = 0) => startServer({ ...settings, effects, options: { ...settings.options, port } });
    const [first, second] = [await server(), await server()];
    const { port, ca } = await start([first.port, second.port]);
    const clients = await MovingClients.start(`${protocol}://127.0.0.1:${port}/ws`, { tls: { ca } });
    for (const old of [first, second]) {
      await wait(SOME_TRAFFIC_MS);
      await old.drain();
      await server(old.port);
      // Longer than fail_timeout of nginx, and than HAProxy needs to find the server ready.
      await wait(2000);
    }
    await clients.stop();
    clients.expectNothingLost(effects);
  });
});

it('nginx: a server is killed; with resume each request is answered, and repeated ones have the id of the client', async () => {
  const effects = effectsFile();
  const options = { trustProxy: ['127.0.0.1'] };
  const [first, second] = [await startServer({ effects, options }), await startServer({ effects, options })];
  const { port, ca } = await nginx('http')([first.port, second.port]);
  const clients = await MovingClients.start(`wss://127.0.0.1:${port}/ws`, { tls: { ca }, resume: true }, 'chat');
  await wait(SOME_TRAFFIC_MS);
  first.process.kill('SIGKILL');
  await first.exit;
  await wait(SOME_TRAFFIC_MS);
  await clients.stop();
  const handled = readFileSync(effects, 'utf8').trim().split('\n');
  expect(clients.failed).toEqual([]);
  expect(clients.lost.length).toBeGreaterThan(0);
  expect(clients.answered.length).toBe(new Set(clients.answered).size);
  expect([...new Set(handled)].sort()).toEqual(clients.answered.toSorted());
});

describe('without a proxy', () => {
  it('a socket that two processes inherit, as from systemd: the next one starts before the first one ends', async () => {
    const effects = effectsFile();
    const { port, fd, release } = await inheritedPort();
    const server = () => startServer({ effects, options: { fd: 3 } }, fd);
    const first = await server();
    const next = await server();
    release();
    const clients = await MovingClients.start(`tcp://127.0.0.1:${port}`);
    await wait(SOME_TRAFFIC_MS);
    await first.drain();
    await wait(SOME_TRAFFIC_MS);
    await clients.stop();
    expect([clients.failed, clients.lost]).toEqual([[], []]);
    expect(readFileSync(effects, 'utf8').trim().split('\n').sort()).toEqual(clients.answered.toSorted());
    await next.drain();
  });

  it('a socket that stays open while the only process restarts: clients wait in its queue', async () => {
    const effects = effectsFile();
    const socket = await inheritedPort();
    const settings = { effects, options: { fd: 3 }, drain: { graceMs: 5000 } };
    // This process keeps the socket, as systemd does. It does not accept: the one that starts does.
    const keeper = run(join(ROOT, 'test/proxies/processes/socket-keeper.ts'), [SERVER, JSON.stringify(settings)], {}, socket.fd);
    await expect.poll(() => keeper.lines.filter((line) => line.port !== undefined).length, { timeout: 60_000 }).toBe(1);
    socket.release();
    const clients = await MovingClients.start(`tcp://127.0.0.1:${socket.port}`, { handshakeTimeoutMs: 60_000 });
    await wait(SOME_TRAFFIC_MS);
    keeper.process.kill('SIGHUP');
    await expect.poll(() => keeper.lines.filter((line) => line.port !== undefined).length, { timeout: 60_000 }).toBe(2);
    await expect.poll(() => Math.min(...clients.logins), { timeout: 60_000 }).toBe(2);
    await clients.stop();
    clients.expectNothingLost(effects);
    keeper.process.kill('SIGTERM');
    expect(await keeper.exit).toBe(0);
  });

  it('node:cluster: the workers are replaced one after the other, then all end', async () => {
    const effects = effectsFile();
    const socket = await inheritedPort();
    const cluster = join(ROOT, 'examples/deployment/cluster.ts');
    const settings: ServerSettings = { effects, options: { port: socket.port } };
    socket.release();
    const parent = run(cluster, [SERVER, '2'], { SETTINGS: JSON.stringify(settings) });
    const started = (): number => parent.lines.filter((line) => line.port === socket.port).length;
    await expect.poll(started, { timeout: 60_000 }).toBe(2);
    const clients = await MovingClients.start(`tcp://127.0.0.1:${socket.port}`);
    await wait(SOME_TRAFFIC_MS);
    parent.process.kill('SIGHUP');
    await expect.poll(() => parent.lines.at(-1), { timeout: 60_000, interval: 20 }).toEqual({ line: 'all workers are replaced' });
    await wait(SOME_TRAFFIC_MS);
    await clients.stop();
    clients.expectNothingLost(effects);
    expect(started()).toBe(4);
    parent.process.kill('SIGTERM');
    expect(await parent.exit).toBe(0);
  });
});

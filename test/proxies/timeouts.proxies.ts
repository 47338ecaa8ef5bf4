// The idle timeout of nginx and the heartbeat of the protocol, both scaled down: 90 s and 30 s become 3 s and 1 s.
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/node/index.js';
import { startNginx } from './proxy.js';
import { startServer } from './server-process.js';

async function idleClient(kind: 'http' | 'stream', timeout: string, heartbeatIntervalMs: number) {
  const { port } = await startServer({
    options: { trustProxy: ['127.0.0.1'], proxyProtocol: kind === 'stream', heartbeatIntervalMs },
  });
  const proxy = await startNginx(kind, { ports: [port, port], replaced: { '90s': timeout } });
  const lost: string[] = [];
  const logins: number[] = [];
  const client = await connect(`${kind === 'http' ? 'wss' : 'tls'}://127.0.0.1:${proxy.port}/ws`, {
    login: { accessToken: '1' },
    tls: { ca: proxy.ca },
    reconnect: { baseMs: 20, maxMs: 50 },
    onLogin: () => void logins.push(1),
    onReconnect: ({ code }) => void lost.push(String(code)),
  });
  onTestFinished(async () => void (await client.close()));
  return { client, lost, logins, proxy };
}

describe.each(['http', 'stream'] as const)('nginx, %s', (kind) => {
  it('heartbeats keep an idle connection for longer than the timeout of three heartbeats', async () => {
    const { client, lost, logins } = await idleClient(kind, '3s', 1000);
    await wait(8000);
    expect([client.state, lost, logins.length]).toEqual(['authenticated', [], 1]);
  });

  it('a timeout below one heartbeat ends the connection again and again, with CLOSED and not IDLE_TIMEOUT', async () => {
    const { lost, logins, proxy } = await idleClient(kind, '1s', 10_000);
    await expect.poll(() => logins.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    expect(new Set(lost)).toEqual(new Set(['CLOSED']));
    // The text in docs/deployment.md, of both modules.
    expect(proxy.log()).toMatch(/(upstream|connection) timed out \(110: Connection timed out\)/);
  });
});

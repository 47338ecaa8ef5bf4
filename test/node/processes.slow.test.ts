// What can only be seen from outside of a process.
import { describe, expect, it } from 'vitest';
import type { ProtocolError } from '../../src/errors.js';
import { type Client, connect } from '../../src/node/index.js';
import { loggedIn } from './numbered.js';
import { type Child, start } from './processes/run.js';

async function serverProcess(...args: string[]): Promise<{ child: Child; port: number; ask(command: string): Promise<string> }> {
  const child = start('server.ts', ...args);
  const port = Number(await child.line());
  const ask = (command: string): Promise<string> => {
    child.process.stdin!.write(`${command}\n`);
    return child.line();
  };
  return { child, port, ask };
}

it.each(['tcp', 'ws'])('a client over %s that has ended does not keep the process alive', async (protocol) => {
  const { port } = await serverProcess();
  const child = start('client.ts', `${protocol}://127.0.0.1:${port}`);
  expect(await child.line()).toBe('closed');
  expect(await child.exit).toBe(0);
});

it('a server that has closed does not keep the process alive', async () => {
  const { child, port, ask } = await serverProcess();
  const { received } = await loggedIn('tcp', port, 1n);
  expect(await ask('close')).toBe('end undefined');
  expect(await child.line()).toBe('closed');
  expect(await child.exit).toBe(0);
  await received.ended();
});

it('clients reconnect to a server that is killed and started again', async () => {
  const first = await serverProcess();
  const lost: ProtocolError['code'][] = [];
  const client = await connect(`tcp://127.0.0.1:${first.port}`, {
    login: { accessToken: '1' },
    reconnect: { baseMs: 20, maxMs: 50 },
    resume: true,
    onReconnect: ({ code }: ProtocolError) => void lost.push(code),
  });
  await client.request(1000, undefined);
  first.child.process.kill('SIGKILL');
  expect(await first.child.exit).toBe('SIGKILL');
  await expect.poll(() => client.state).toBe('reconnecting');
  const answer = client.request(1000, undefined, { timeoutMs: 20_000 });
  await serverProcess(String(first.port));
  await answer;
  expect(client.state).toBe('authenticated');
  expect(new Set(lost)).toEqual(new Set(['CLOSED']));
  await client.close();
});

describe.each(['tcp', 'websocket'] as const)('over %s', (kind) => {
  it('peers that do not read are SLOW_CONSUMERs, and the memory of their queues is freed', async () => {
    const { port, ask, child } = await serverProcess('0', '262144');
    const before = Number(await ask('memory'));
    const peers = [];
    for (let i = 1n; i <= 10n; i++) peers.push(await loggedIn(kind, port, i));
    for (const { pause } of peers) pause();
    const ends: string[] = [];
    for (let round = 0; round < 50 && ends.length < 10; round++) {
      child.process.stdin!.write('push\n');
      let answer = await ask('count');
      while (answer.startsWith('end')) {
        ends.push(answer);
        answer = await child.line();
      }
    }
    expect(ends).toEqual(new Array(10).fill('end SLOW_CONSUMER'));
    expect(await ask('count')).toBe('0');
    // Each has two seconds to read the last bytes.
    await expect
      .poll(async () => Number(await ask('memory')) - before, { timeout: 10_000, interval: 200 })
      .toBeLessThan(2_000_000);
  });

  it('a peer that starts to read again gets SLOW_CONSUMER', async () => {
    const { port, ask, child } = await serverProcess('0', '262144');
    const peer = await loggedIn(kind, port, 1n);
    peer.pause();
    let answer = '';
    for (let round = 0; round < 50 && !answer.startsWith('end'); round++) {
      child.process.stdin!.write('push\n');
      answer = await ask('count');
    }
    peer.resume();
    await peer.received.ended();
    expect(peer.received.names.at(-1)).toBe('error 39');
    if (kind === 'websocket') expect(peer.received.closeCode).toBe(4039);
  });
});

it('a server process whose callbacks all fail continues to serve, and reports on stderr', async () => {
  const refusal = (client: Client, cmd: number): Promise<unknown> => client.request(cmd, undefined).catch(({ code }) => code);
  const child = start('failing-server.ts');
  const port = await child.line();
  for (const protocol of ['tcp', 'ws']) {
    const url = `${protocol}://127.0.0.1:${port}`;
    const client = await connect(url, { login: { accessToken: protocol === 'tcp' ? '1' : '2' } });
    expect([await refusal(client, 1001), await refusal(client, 1002)]).toEqual(['INTERNAL', 'INTERNAL']);
    expect(await client.request(1000, undefined)).toBeUndefined();
    await expect(connect(url, { login: { accessToken: 'bad' } })).rejects.toMatchObject({ code: 'OVERLOADED' });
    await client.close();
  }
  const page = await fetch(`http://127.0.0.1:${port}/`);
  expect([page.status, await page.text()]).toEqual([500, '']);
  await expect.poll(child.errors, { timeout: 10_000 }).toContain('onClose: Error: thrown');
  for (const callback of ['login', 'message', 'onLogin', 'onClose', 'onNotice', 'trace', 'http']) {
    expect(child.errors()).toMatch(new RegExp(`^@im/protocol: ${callback}: Error: (thrown|rejected) at .*$`, 'm'));
  }
  expect(child.process.exitCode).toBeNull();
});

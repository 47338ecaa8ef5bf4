// Where a server listens, with processes that are killed and that inherit.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/node/index.js';
import { host, TOKEN } from './host.js';
import { socketPath, tcpOver } from './unix-sockets.js';

it('the socket of a killed process is replaced, that of a running one and a file are not', async () => {
  const unix = socketPath();
  const program = `require('node:net').createServer().listen(${JSON.stringify(unix)}, () => console.log('ready'))`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout!, 'data');
  await expect(host({ host: undefined, unix })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(unix)).toBe(true);
  const { server } = await host({ host: undefined, unix });
  expect((await tcpOver(unix)).names).toEqual(['Welcome', '1']);
  await server.close();
  writeFileSync(unix, 'a file');
  await expect(host({ host: undefined, unix })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

/** Leaves a socket as a killed process does. */
async function abandon(unix: string): Promise<void> {
  const server = createServer().listen(`${unix}.old`);
  await once(server, 'listening');
  await rename(`${unix}.old`, unix);
  server.close();
  await once(server, 'close');
}

/** A few turns of the event loop later: so one is removing the socket when another listens. */
async function later(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => void setImmediate(resolve));
}

it('of several servers that find the socket of a killed process, one listens, and clients reach it', async () => {
  const unix = socketPath();
  for (let round = 0; round < 20; round++) {
    await abandon(unix);
    const started = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => later(i).then(() => host({ host: undefined, unix }))),
    );
    const servers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value.server] : []));
    const codes = started.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect([servers.length, codes]).toEqual([1, Array(7).fill('EADDRINUSE')]);
    expect((await tcpOver(unix)).names).toEqual(['Welcome', '1']);
    expect(readdirSync(dirname(unix)).filter((name) => name.startsWith(basename(unix)))).toEqual([basename(unix)]);
    await servers[0].close();
  }
});

it('the lock of a killed process does not stop others', async () => {
  const unix = socketPath();
  await abandon(unix);
  writeFileSync(`${unix}.lock`, '999999999');
  await host({ host: undefined, unix });
  expect((await tcpOver(unix)).names).toEqual(['Welcome', '1']);
  expect(existsSync(`${unix}.lock`)).toBe(false);
});

it('a file descriptor that listens', async () => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => void listener.close());
  const { fd } = (listener as unknown as { _handle: { fd: number } })._handle;
  const { port } = listener.address() as AddressInfo;
  const program = fileURLToPath(new URL('processes/fd-server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['ignore', 'pipe', 'inherit', fd] });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(Number(String((await once(child.stdout!, 'data'))[0]))).toBe(port);
  // The process that has opened it does not accept any more.
  listener.close();
  const client = await connect(`tcp://127.0.0.1:${port}`, { login: TOKEN });
  expect(client.state).toBe('authenticated');
  await client.close();
});

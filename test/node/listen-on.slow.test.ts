// Where a server listens, with processes that are killed and that inherit.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
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

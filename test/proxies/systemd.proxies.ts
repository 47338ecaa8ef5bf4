// The units of examples/deployment/ as systemd reads them, and a server on a socket of systemd.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../../scripts/breaking/baseline.js';
import { connect } from '../../src/node/index.js';
import { deploymentFile, temporaryFolder } from './files.js';
import { program } from './programs.js';

/** What systemd says about the units. */
function verify(replaced: Record<string, string> = {}): string {
  const folder = join(temporaryFolder(), 'system');
  mkdirSync(folder);
  writeFileSync(join(folder, 'im.socket'), deploymentFile('systemd/im.socket'));
  // The program has to exist.
  const paths = { '/usr/bin/node': process.execPath };
  writeFileSync(join(folder, 'im@.service'), deploymentFile('systemd/im@.service', { ...paths, ...replaced }));
  const { path, env } = program('/usr/bin/systemd-analyze');
  const units = ['im.socket', 'im@1.service', 'im@2.service'].map((name) => join(folder, name));
  const all = `"$@" 2>&1`;
  return execFileSync('/bin/sh', ['-c', all, 'sh', path, 'verify', '--man=no', ...units], { env, encoding: 'utf8' });
}

it('the units are valid', () => {
  expect(verify()).toBe('');
});

it('mistakes in units are found', () => {
  expect(verify({ 'KillMode=mixed': 'KillMod=mixed' })).toContain("Unknown key 'KillMod' in section [Service]");
});

it('the server of the examples accepts on a socket of systemd, and drains at SIGTERM', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, 'close');
  const { path, env } = program('/usr/bin/systemd-socket-activate');
  const server = join(ROOT, 'examples/deployment/server.ts');
  const tsconfig = join(ROOT, 'examples/tsconfig.json');
  const args = ['-l', `127.0.0.1:${port}`, '-E', 'TSX_TSCONFIG_PATH', process.execPath, '--import', 'tsx', server];
  const child = spawn(path, args, { cwd: ROOT, env: { ...env, TSX_TSCONFIG_PATH: tsconfig }, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  await expect.poll(() => output, { timeout: 20_000 }).toContain('Listening on');
  // The first connection starts the program, and waits for it.
  const client = await connect(`tcp://127.0.0.1:${port}`, { login: { accessToken: '1' }, handshakeTimeoutMs: 60_000 });
  onTestFinished(async () => void (await client.close()));
  expect(await fetch(`http://127.0.0.1:${port}/readyz`).then((response) => response.status)).toBe(200);
  child.kill('SIGTERM');
  await expect.poll(() => client.state, { timeout: 20_000 }).toBe('draining');
  await client.close();
  expect((await once(child, 'exit'))[0]).toBe(0);
  expect(output).toContain(`listening on port ${port}`);
});

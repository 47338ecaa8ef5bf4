// ws is wanted by who uses WebSocket: in the folder of the consumer it is not installed.
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, it, onTestFinished } from 'vitest';
import { listen } from '../../src/node/index.js';

const consumer = inject('consumer');

/** Runs a script in the folder of the consumer, while a server of this process answers it. */
async function run(name: string, text: string): Promise<unknown> {
  const server = await listen({ host: '127.0.0.1', login: () => ({ userId: 1n, terminal: 1 }), message: ({ cmd }) => ({ cmd }) });
  onTestFinished(() => server.close());
  writeFileSync(join(consumer, name), text.replaceAll('PORT', String(server.port)));
  const { stdout } = await promisify(execFile)(process.execPath, [name], { cwd: consumer });
  return JSON.parse(stdout);
}

const USE = `
  const deflate = createDeflate();
  const results = [new TextDecoder().decode(deflate.inflate(deflate.deflate(new TextEncoder().encode('deflated')), 100))];
  const login = { accessToken: 'token' };
  const client = await connect('tcp://127.0.0.1:PORT', { login, deflate });
  results.push(await client.request(1000, undefined) ?? 'replied', client.state);
  await client.close();
  for (const use of [() => connect('ws://127.0.0.1:PORT', { login }), () => listen({ login: () => {}, message: () => {} })])
    results.push(await use().then(() => 'it is there', ({ code }) => code));
  console.log(JSON.stringify(results));
`;

it('it is not there', () => {
  expect(existsSync(join(consumer, 'node_modules/ws'))).toBe(false);
});

it('ESM: connect over TCP and createDeflate work without it', async () => {
  const results = await run('without-ws.mjs', `import { connect, createDeflate, listen } from '@im/protocol/node'; ${USE}`);
  expect(results).toEqual(['deflated', 'replied', 'authenticated', 'ERR_MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']);
});

it('CJS: connect over TCP and createDeflate work without it', async () => {
  const text = `const { connect, createDeflate, listen } = require('@im/protocol/node'); (async () => { ${USE} })();`;
  const results = (await run('without-ws.cjs', text)) as string[];
  expect(results.slice(0, 3)).toEqual(['deflated', 'replied', 'authenticated']);
  expect(results.slice(3)).toEqual([expect.stringContaining('MODULE_NOT_FOUND'), expect.stringContaining('MODULE_NOT_FOUND')]);
});

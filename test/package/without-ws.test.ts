// ws is needed for WebSocket alone: in the folder of the consumer it is not installed, and in another folder there is an old one.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

const consumer = inject('consumer');
let withOldWs: string;

beforeAll(() => {
  withOldWs = mkdtempSync(join(tmpdir(), 'im-old-ws-'));
  cpSync(join(consumer, 'node_modules/@im'), join(withOldWs, 'node_modules/@im'), { recursive: true });
  // As ws 8.22 is: all that is used of it is there, but it has no bound on pongs.
  const ws = join(withOldWs, 'node_modules/ws');
  mkdirSync(ws);
  writeFileSync(join(ws, 'package.json'), '{ "name": "ws", "version": "8.22.0", "main": "index.js" }');
  writeFileSync(
    join(ws, 'index.js'),
    `class WebSocket {}
    class WebSocketServer { constructor(options) { this.options = { maxPayload: 1, maxFragments: 1, ...options }; } }
    module.exports = Object.assign(WebSocket, { WebSocket, WebSocketServer });`,
  );
});
afterAll(() => rmSync(withOldWs, { recursive: true }));

/** Runs a script; what it prints is JSON. */
async function run(folder: string, name: string, text: string): Promise<{ results: unknown[]; stderr: string }> {
  writeFileSync(join(folder, name), text);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [name], { cwd: folder });
  return { results: JSON.parse(stdout), stderr };
}

const USE = `
  const deflate = createDeflate();
  const results = [new TextDecoder().decode(deflate.inflate(deflate.deflate(new TextEncoder().encode('deflated')), 100))];
  const handlers = { host: '127.0.0.1', login: () => ({ userId: 1n, terminal: 1 }), message: ({ cmd }) => ({ cmd }) };
  const server = await listen({ ...handlers, http: (_request, response) => response.end('well') });
  const login = { accessToken: 'token' };
  const client = await connect('tcp://127.0.0.1:' + server.port, { login, deflate });
  results.push(await client.request(1000, undefined) ?? 'replied', client.state);
  await client.close();
  const { get } = await import('node:http');
  const status = (headers) => new Promise((resolve) => get({ port: server.port, headers }, (response) => {
    response.resume();
    resolve(response.statusCode);
  }));
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  results.push(await status({}), await status(upgrade), await status(upgrade));
  await server.close();
  for (const use of [() => connect('ws://127.0.0.1:1', { login }), () => listen({ ...handlers, websocket: true })])
    results.push(await use().then(() => 'it is there', ({ name, message }) => name + ': ' + message));
  console.log(JSON.stringify(results));
`;
const ESM = `import { connect, createDeflate, listen } from '@im/protocol/node'; ${USE}`;
const CJS = `const { connect, createDeflate, listen } = require('@im/protocol/node'); (async () => { ${USE} })();`;

describe.each([
  ['not there', () => consumer, 'it is not installed'],
  ['old', () => withOldWs, 'an older version is installed'],
])('ws is %s', (_what, folder, why) => {
  it.each([
    ['ESM', 'without-ws.mjs', ESM],
    ['CJS', 'without-ws.cjs', CJS],
  ])('%s: TCP works, and WebSocket says what to install', async (_kind, name, text) => {
    const { results, stderr } = await run(folder(), name, text);
    const wanted = `[INTERNAL] WebSocket needs the package ws, version 8.23.0 or newer, and ${why}: npm install ws@^8.23.0`;
    const error = `ProtocolError: ${wanted}`;
    expect(results).toEqual(['deflated', 'replied', 'authenticated', 200, 501, 501, error, error]);
    // The server says it once, however many ask.
    expect(stderr.split(wanted)).toHaveLength(2);
  });
});

it('it is not there', () => {
  expect(existsSync(join(consumer, 'node_modules/ws'))).toBe(false);
});

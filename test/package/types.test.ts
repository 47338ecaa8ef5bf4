import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, inject, it } from 'vitest';
import { PROGRAM } from './program.js';
import { ROOT } from './root.js';

const consumer = inject('consumer');

/** What needs the types of a platform. */
const PLATFORM_PROGRAM = `
import { Command, type SendResult, type SessionInfo } from '@im/protocol';
import { connect, createDeflate, listen } from '@im/protocol/node';
import { createDeflate as createWebDeflate, type Deflate } from '@im/protocol/pako';
import { connect as connectWeb, createDecoderStream } from '@im/protocol/web';

const deflates: Deflate[] = [createDeflate(), createWebDeflate()];
deflates.length;
const login = { accessToken: 't' };

async function run(): Promise<void> {
  const server = await listen({ login: () => ({ userId: 1n, terminal: 1, sessionId: '' }), message: () => undefined });
  const client = await connect(new URL('tcp://127.0.0.1:' + server.port), { login, signal: new AbortController().signal });
  const page = await connectWeb('ws://127.0.0.1', { login, WebSocket });
  const result: SendResult = await client.request(Command.PRIVATE_MESSAGE, { receiverId: 2n });
  const session: SessionInfo = await page.request(Command.LOGIN, login);
  for await (const { data } of client) if (data?.$case === 'custom') data.value.typeUrl.length;
  // @ts-expect-error a message is answered by a SendResult
  const wrong: SessionInfo = await client.request(Command.PRIVATE_MESSAGE, {});
  // @ts-expect-error a receiver is a bigint
  await client.request(Command.PRIVATE_MESSAGE, { receiverId: 2 });
  new ReadableStream<Uint8Array<ArrayBuffer>>().pipeThrough(createDecoderStream());
  [result, session, wrong].length;
}
run;
`;

const STRICT: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  // No types of Node or of the DOM: those of the package stand by themselves.
  types: [],
};

const { Node10, Bundler } = ts.ModuleResolutionKind;

it.each([
  // Node tells the kind of a file by its name: one program has both.
  ['node16', ['main.mts', 'main.cts'], { module: ts.ModuleKind.Node16, skipLibCheck: true }],
  ['nodenext', ['main.mts', 'main.cts'], { module: ts.ModuleKind.NodeNext }],
  ['a bundler', ['main.ts'], { module: ts.ModuleKind.ESNext, moduleResolution: Bundler }],
  // TypeScript 6 gives it up, and warns.
  [
    'node10',
    ['main.ts'],
    { module: ts.ModuleKind.CommonJS, moduleResolution: Node10, ignoreDeprecations: '6.0', skipLibCheck: true },
  ],
] as const)('a strict program compiles with the resolution of %s', (_mode, names, options) => {
  expect(problems(names, PROGRAM, { ...STRICT, ...options })).toEqual([]);
  // Node's types are those of this repository: a user of ./node has them as well.
  const platform = { lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] };
  expect(problems(names, PLATFORM_PROGRAM, { ...STRICT, ...platform, ...options })).toEqual([]);
});

/** An entry without the DOM: streams and WebSocket are structural types, which programs of such a platform provide themselves. */
const WITHOUT_DOM = `
import { Client, connect, createDecoderStream, createEncoderStream, type ConnectOptions, type WebSocketLike } from '@im/protocol/web';

declare const WebSocket: new (url: string, subprotocols: string[]) => WebSocketLike;
const options: ConnectOptions = { login: { accessToken: 't' }, WebSocket };
const client: Promise<Client> = connect('wss://example.com/', options);
[client, createDecoderStream(), createEncoderStream()].length;
// @ts-expect-error not a constructor of a WebSocket
options satisfies { WebSocket: () => void };
`;

it('the types of ./web compile without the DOM, and accept the WebSocket and the URL of the DOM', () => {
  const options = { ...STRICT, module: ts.ModuleKind.NodeNext, skipLibCheck: false };
  expect(problems(['main.mts'], WITHOUT_DOM, options)).toEqual([]);
  const entries = ['', '/codecs', '/frame', '/inspect', '/json', '/pako', '/session', '/web'];
  const all = entries.map((entry, i) => `export * as entry${i} from '@im/protocol${entry}';`).join('\n');
  expect(problems(['main.mts'], all, options)).toEqual([]);
  const program = `
import { connect, createDecoderStream } from '@im/protocol/web';
const url = new URL('wss://example.com/');
connect(url, { login: { accessToken: 't' }, WebSocket, signal: new AbortController().signal });
new ReadableStream<Uint8Array<ArrayBuffer>>().pipeThrough(createDecoderStream()).getReader();`;
  const dom = { lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'] };
  expect(problems(['main.mts'], program, { ...options, ...dom })).toEqual([]);
});

function problems(names: readonly string[], program: string, options: ts.CompilerOptions): string[] {
  const paths = names.map((name) => join(consumer, name));
  for (const path of paths) writeFileSync(path, program);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(paths, options));
  // zod's own types ask for the DOM's URL.
  const ours = diagnostics.filter(({ file }) => !/\/node_modules\/(zod|@types)\//.test(file?.fileName ?? ''));
  return ours.map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}

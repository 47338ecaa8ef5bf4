// The browser code of README.md, bundled for browsers, against a server on this machine.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  answerHello,
  Command,
  chooseSubprotocol,
  createReject,
  encodeFrame,
  FrameDecoder,
  type SendInfo,
  Terminal,
} from '../../src/index.js';
import { ROOT } from '../package/root.js';
import { codeBlocks } from './markdown.js';
import { compile } from './typescript.js';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const [block] = codeBlocks(readme).filter(({ mode }) => mode === 'browser');

/** What the block exports. */
interface BrowserCode {
  connect(url: string, accessToken: string, onMessage: (message: SendInfo) => void): WebSocket;
}

describe('the browser code of README.md', () => {
  const { errors, modules } = compile(new Map([['readme-browser', block.code]]), {
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: [],
  });
  let server: WebSocketServer;
  /** Names of the frames that the server got. */
  let received: string[] = [];

  beforeAll(async () => {
    server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate: false,
      handleProtocols: (offered) => chooseSubprotocol([...offered], [1]) ?? false,
    });
    server.on('connection', (socket) => serve(socket, received));
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  it('compiles with the types of the DOM and without those of Node', () => {
    expect(errors).toEqual([]);
  });

  it('logs in without waiting for the Welcome', async () => {
    received = [];
    const { connect } = await load(modules.get('readme-browser')!);
    const { port } = server.address() as AddressInfo;
    const message = await new Promise<SendInfo>((resolve) => {
      const socket = connect(`ws://127.0.0.1:${port}`, 'a.b.c', (reply) => {
        socket.close();
        resolve(reply);
      });
    });
    expect(received).toEqual(['Hello', 'SendInfo']);
    expect(message.replyTo).toBe(1);
    expect(message.data).toMatchObject({ $case: 'session', value: { userId: 9007199254740993n } });
  });
});

function serve(socket: WebSocket, received: string[]): void {
  const decoder = new FrameDecoder();
  socket.on('message', (data: Buffer) => {
    for (const frame of decoder.push(data)) {
      received.push(frame.type);
      if (frame.type === 'Hello') {
        const { welcome, reject } = answerHello(frame.message, { serverTimeMs: 1767225600000n });
        socket.send(welcome ? encodeFrame('Welcome', welcome) : encodeFrame('Reject', reject));
      } else if (frame.type === 'SendInfo') {
        const session = { userId: 9007199254740993n, terminal: Terminal.WEB };
        const data = { $case: 'session', value: session } as const;
        socket.send(encodeFrame('SendInfo', { cmd: Command.LOGIN, replyTo: frame.message.sequence, data }));
      } else {
        socket.send(encodeFrame('Reject', createReject('MALFORMED_HELLO')));
      }
    }
  });
}

/** Bundles a module for browsers and runs it where there is nothing of Node. */
async function load(code: string): Promise<BrowserCode> {
  const stdin = { contents: code, resolveDir: ROOT, sourcefile: 'readme.js' };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'page',
  });
  const context = createContext({ WebSocket, TextEncoder, TextDecoder });
  runInContext(outputFiles[0].text, context);
  return runInContext('page', context) as BrowserCode;
}

// The browser code of README.md and docs/guide.md, bundled for browsers, against a server on this machine.
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
  ProtocolError,
  SendCode,
  type SendInfo,
  Terminal,
} from '../../src/index.js';
import { listen } from '../../src/node/index.js';
import { ROOT } from '../package/root.js';
import { codeBlocks } from './markdown.js';
import { compile } from './typescript.js';

const [readme, guide] = ['README.md', 'docs/guide.md'].map((page) => {
  const [block] = codeBlocks(readFileSync(join(ROOT, page), 'utf8')).filter(({ mode }) => mode === 'browser');
  return block.code;
});
const { errors, modules } = compile(new Map(Object.entries({ readme, guide })), {
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
});

it('the browser code compiles with the types of the DOM and without those of Node', () => {
  expect(errors).toEqual([]);
});

/** What the block of README.md exports. */
interface ChatCode {
  chat(url: string, accessToken: string, show: (text: string) => void): Promise<void>;
}

describe('the browser code of README.md', () => {
  it('sends a message and shows those that come', async () => {
    const content = { body: { $case: 'text', value: { text: 'you said hello' } } } as const;
    const sender = { userId: 2n, terminal: Terminal.WEB };
    const server = await listen({
      host: '127.0.0.1',
      login: () => ({ userId: 1n, terminal: Terminal.WEB, sessionId: 's' }),
      message: ({ cmd }, connection) => {
        connection.push({ cmd, data: { $case: 'privateMessage', value: { sender, receiverId: 1n, content } } });
        return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value: { code: SendCode.SUCCESS, cmd } } };
      },
    });
    const { chat } = await load<ChatCode>(modules.get('readme')!);
    let ended: Promise<unknown> = Promise.resolve();
    const shown = await new Promise<string>((resolve) => {
      ended = chat(`ws://127.0.0.1:${server.port}`, 'a.b.c', resolve).catch((error: unknown) => error);
    });
    expect(shown).toBe('you said hello');
    const [connection] = server.connections.all();
    connection.close(new ProtocolError('UNAUTHENTICATED', 'the token has expired'));
    expect(await ended).toMatchObject({ code: 'UNAUTHENTICATED' });
    await server.close();
  });
});

/** What the block of docs/guide.md exports. */
interface BrowserCode {
  connect(url: string, accessToken: string, onMessage: (message: SendInfo) => void): WebSocket;
}

describe('the browser code of docs/guide.md', () => {
  let server: WebSocketServer;
  /** Names of the frames that the server got. */
  let received: string[] = [];

  beforeAll(async () => {
    server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate: false,
      handleProtocols: (offered) => chooseSubprotocol([...offered], [1, 2]) ?? false,
    });
    server.on('connection', (socket) => serve(socket, received));
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  it('logs in without waiting for the Welcome', async () => {
    received = [];
    const { connect } = await load<BrowserCode>(modules.get('guide')!);
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
  let version: number | undefined;
  socket.on('message', (data: Buffer) => {
    for (const frame of decoder.push(data)) {
      received.push(frame.type);
      if (frame.type === 'Hello') {
        const { welcome, reject } = answerHello(frame.message, { serverTimeMs: 1767225600000n });
        version = welcome?.version;
        socket.send(welcome ? encodeFrame('Welcome', welcome) : encodeFrame('Reject', reject));
      } else if (frame.type === 'SendInfo') {
        const session = { userId: 9007199254740993n, terminal: Terminal.WEB };
        const data = { $case: 'session', value: session } as const;
        socket.send(encodeFrame('SendInfo', { cmd: Command.LOGIN, replyTo: frame.message.sequence, data }, { version }));
      } else {
        socket.send(encodeFrame('Reject', createReject('MALFORMED_HELLO')));
      }
    }
  });
}

/** Bundles a module for browsers and runs it where there is nothing of Node. */
async function load<Code>(code: string): Promise<Code> {
  const stdin = { contents: code, resolveDir: ROOT, sourcefile: 'page.js' };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'page',
  });
  const context = createContext({
    WebSocket,
    TextEncoder,
    TextDecoder,
    ArrayBuffer,
    Uint8Array,
    performance,
    crypto,
    setTimeout,
    clearTimeout,
    queueMicrotask,
  });
  runInContext(outputFiles[0].text, context);
  return runInContext('page', context) as Code;
}

// A client that sends messages, loses its connection, and comes back: over a server in memory everywhere, over a WebSocket where there is one.
import type { Deflate, SendInfo } from '@im/protocol';
import { Command, SendCode } from '@im/protocol';
import { createDeflate } from '@im/protocol/pako';
import { ServerSession } from '@im/protocol/session';
import { type Client, createClient, Outbox, type SocketAdapter, type WebSocketLike } from '@im/protocol/web';
import { ManualPlatform } from './manual-platform.js';
import { type Check, type Part, part } from './report.js';

const TEXTS = Array.from({ length: 20 }, (_, i) => `message ${i} \u4f60\u597d \ud83d\ude00 ${'text '.repeat(i * 10)}`);

function textOf(data: SendInfo['data']): string {
  const content = data !== undefined && 'content' in data.value ? data.value.content : undefined;
  return content?.body?.$case === 'text' ? content.body.value.text : '';
}

function chatMessage(text: string) {
  return { receiverId: 2n, content: { body: { $case: 'text', value: { text } } } } as const;
}

/** A server in memory, which pushes each message back and answers it. */
class MemoryServer implements SocketAdapter {
  readonly texts: string[] = [];
  opened = 0;
  #current: MemorySocket | undefined;
  readonly #platform: ManualPlatform;
  readonly #deflate: Deflate | undefined;

  constructor(platform: ManualPlatform, deflate?: Deflate) {
    this.#platform = platform;
    this.#deflate = deflate;
  }

  open(): WebSocketLike {
    this.opened += 1;
    this.#current = new MemorySocket(this.#platform, this.#deflate, (data) => void this.texts.push(textOf(data)));
    return this.#current;
  }

  cut(): void {
    this.#current?.cut();
  }
}

class MemorySocket implements WebSocketLike {
  // The platform does not say.
  readonly protocol = undefined;
  readyState = 0;
  binaryType = '';
  onopen: WebSocketLike['onopen'] = null;
  onmessage: WebSocketLike['onmessage'] = null;
  onclose: WebSocketLike['onclose'] = null;
  onerror: WebSocketLike['onerror'] = null;
  readonly #server: ServerSession;
  readonly #platform: ManualPlatform;
  readonly #took: (data: SendInfo['data']) => void;

  constructor(platform: ManualPlatform, deflate: Deflate | undefined, took: (data: SendInfo['data']) => void) {
    this.#platform = platform;
    this.#took = took;
    const features = deflate === undefined ? [] : ['deflate'];
    this.#server = new ServerSession({ transport: 'websocket', features, deflate, compressFromBytes: 64 }, platform.nowMs());
    platform.soon(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.onopen?.(undefined as never);
    });
  }

  send(bytes: Uint8Array): void {
    // A socket copies.
    const copy = bytes.slice();
    this.#platform.soon(() => {
      if (this.readyState !== 1) return;
      this.#server.receive(copy, this.#platform.nowMs());
      this.#answer();
    });
  }

  close(): void {
    this.cut();
  }

  cut(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#platform.soon(() => this.onclose?.({ code: 1006, reason: '' } as never));
  }

  #answer(): void {
    const nowMs = this.#platform.nowMs();
    for (const event of this.#server.takeEvents()) {
      if (event.type === 'login') this.#server.acceptLogin(event.sequence, { userId: 1n, terminal: 1, sessionId: 's' }, nowMs);
      if (event.type !== 'message') continue;
      const { cmd, sequence, data } = event.message;
      this.#took(data);
      const content = { messageId: 7n, body: { $case: 'text', value: { text: textOf(data) } } } as const;
      this.#server.push({ cmd: Command.SYSTEM_MESSAGE, data: { $case: 'systemMessage', value: { content } } }, nowMs);
      const value = { code: SendCode.SUCCESS, cmd, messageId: 7n };
      this.#server.reply(sequence, { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } }, nowMs);
    }
    for (const frame of this.#server.takeBytes()) this.onmessage?.({ data: frame.slice().buffer } as never);
    if (this.#server.state === 'closed') this.cut();
  }
}

/** Sends all texts, with lost connections in between. */
async function chat(client: Client, outbox: Outbox, cut: () => void, wait: Wait, check: Check): Promise<void> {
  let received = 0;
  client.on(Command.SYSTEM_MESSAGE, () => {
    received += 1;
  });
  let answered = 0;
  for (const [i, text] of TEXTS.entries()) {
    void outbox.add(Command.PRIVATE_MESSAGE, chatMessage(text)).answered.then(() => {
      answered += 1;
    });
    if (i % 7 === 3) cut();
    await wait(() => answered === i + 1, `the answer to message ${i} (${client.state}, ${client.getSnapshot().error?.message})`);
  }
  check(answered === TEXTS.length, `${answered} answers`);
  check(received > 0, 'a push arrives');
}

type Wait = (isSo: () => boolean, what: string) => Promise<void>;

export async function memoryChatPart(): Promise<Part[]> {
  const run = (deflate: Deflate | undefined) => async (check: Check) => {
    const platform = new ManualPlatform();
    const server = new MemoryServer(platform, deflate);
    const outbox = new Outbox();
    const client = createClient('ws://memory', {
      login: { accessToken: 'token' },
      socket: server,
      platform,
      outbox,
      retryFirst: true,
      ...(deflate && { deflate, features: ['deflate'], compressFromBytes: 64 }),
    });
    await chat(
      client,
      outbox,
      () => server.cut(),
      (isSo, what) => platform.until(isSo, what),
      check,
    );
    check([...new Set(server.texts)].join() === TEXTS.join(), 'the server got all texts in their order');
    check(server.opened >= 4, `${server.opened} connections`);
    check(deflate === undefined || client.agreement?.features.includes('deflate') === true, 'deflate is negotiated');
    const closed = client.close();
    await platform.until(() => client.state === 'closed', 'the client closes');
    await closed;
  };
  return [
    await part('a chat over a socket in memory', run(undefined)),
    await part('the same with deflate', run(createDeflate())),
  ];
}

interface Timers {
  readonly WebSocket?: unknown;
  setTimeout?(callback: () => void, ms: number): unknown;
}

/** @param url of a server that pushes each message back, answers it, and closes the connection after some. */
export async function socketChatPart(url: string): Promise<Part> {
  return part('a chat over a WebSocket', async (check) => {
    const { setTimeout } = globalThis as unknown as Required<Timers>;
    const wait: Wait = async (isSo, what) => {
      for (let i = 0; i < 3000; i++) {
        if (isSo()) return;
        await new Promise<void>((resolve) => void setTimeout(resolve, 10));
      }
      throw new Error(`still waiting: ${what}`);
    };
    const outbox = new Outbox();
    let logins = 0;
    const client = createClient(url, {
      login: { accessToken: 'token' },
      outbox,
      reconnect: { baseMs: 5, maxMs: 100 },
      onLogin: () => {
        logins += 1;
      },
    });
    await client.ready;
    await chat(client, outbox, () => {}, wait, check);
    check(logins >= 3, `${logins} connections`);
    await client.close();
  });
}

/** Whether there are WebSockets and timers. */
export function hasSockets(): boolean {
  const { WebSocket, setTimeout } = globalThis as unknown as Timers;
  return typeof WebSocket === 'function' && typeof setTimeout === 'function';
}

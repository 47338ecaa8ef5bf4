// A mini-program: `connect` over a `wx` that behaves as WeChat's, against a real server, through lost connections.
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Client, MiniProgramApi, SocketTaskLike } from '../../src/web/index.js';
import { type ConnectOptions, createClient, miniProgramSocket } from '../../src/web/index.js';
import { chat } from '../connection/messages.js';
import { ALICE, TOKEN } from '../node/host.js';
import { chatServer } from './platforms/chat-server.js';
import { FakeWx } from './platforms/fake-wx.js';

let wx: FakeWx;

beforeEach(() => {
  wx = new FakeWx();
  // As in the service of a mini-program.
  for (const name of ['performance', 'crypto', 'queueMicrotask', 'WebSocket', 'document']) vi.stubGlobal(name, undefined);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

function start(url: string, options: Partial<ConnectOptions> = {}, api: MiniProgramApi = wx): Client {
  const client = createClient(url, {
    login: TOKEN,
    socket: miniProgramSocket(api),
    reconnect: { baseMs: 5, maxMs: 50 },
    ...options,
  });
  onTestFinished(async () => void (await client.close()));
  return client;
}

describe('a chat over wx', () => {
  it('offers subprotocols, and negotiates without the header of the response', async () => {
    const { url, logins } = await chatServer();
    const client = start(url('ws'));
    await client.ready;
    expect(client.agreement?.version).toBe(2);
    expect(logins[0].httpRequest?.headers['sec-websocket-protocol']).toContain('im.v1');
    expect(logins[0].user?.userId).toBe(ALICE.userId);
  });

  it('every message arrives once while the platform closes the sockets again and again', async () => {
    const { url, got, logins } = await chatServer();
    const client = start(url('ws'), { resume: true });
    const received: string[] = [];
    client.on(6, ({ content }) => void received.push(content?.body?.$case === 'text' ? content.body.value.text : ''));
    const texts = Array.from({ length: 40 }, (_, i) => `message ${i} \u4f60\u597d \ud83d\ude00`);
    for (const [i, text] of texts.entries()) {
      if (i % 10 === 5) wx.hide();
      const { messageId } = await client.request(4, chat(text));
      expect(messageId).toBeGreaterThan(0n);
    }
    expect(logins.length).toBeGreaterThanOrEqual(5);
    expect([...new Set(got)]).toEqual(texts);
    await expect.poll(() => new Set(received).size).toBe(texts.length);
    expect(wx.tasks.length).toBe(1);
  });

  it('long messages, both ways', async () => {
    const { url, got } = await chatServer();
    const client = start(url('ws'));
    let bytes = 0;
    client.on(6, ({ content }) => {
      bytes += content?.body?.$case === 'text' ? content.body.value.text.length - 're '.length : 0;
    });
    const text = 'x'.repeat(8000);
    await Promise.all(Array.from({ length: 100 }, () => client.request(4, chat(text))));
    expect(got).toEqual(Array(100).fill(text));
    await expect.poll(() => bytes).toBe(800_000);
  });

  it('comes back at once when the mini-program is shown, or the network is there again', async () => {
    const { url, logins } = await chatServer();
    const client = start(url('ws'), { reconnect: { baseMs: 600_000, maxMs: 600_000 } });
    await client.ready;
    wx.hide();
    await expect.poll(() => client.state).toBe('reconnecting');
    for (const shown of wx.shown) shown();
    await expect.poll(() => logins.length).toBe(2);
    wx.hide();
    await expect.poll(() => client.state).toBe('reconnecting');
    for (const changed of wx.network) changed({ isConnected: false });
    for (const changed of wx.network) changed({ isConnected: true });
    await expect.poll(() => logins.length).toBe(3);
  });

  it('leaves no socket and no listener', async () => {
    const { url } = await chatServer();
    const client = start(url('ws'));
    await client.ready;
    await client.close();
    await expect.poll(() => [wx.tasks.length, wx.shown.size, wx.network.size]).toEqual([0, 0, 0]);
  });

  it('a message that the platform refuses ends the connection: it comes on the next one', async () => {
    const { url, got, logins } = await chatServer();
    const client = start(url('ws'), { resume: true });
    await client.ready;
    wx.tasks[0].doesFail = true;
    await client.request(4, chat('again'));
    expect([got, logins.length]).toEqual([['again'], 2]);
  });

  it('says why the platform does not connect', async () => {
    wx.isAllowed = false;
    await expect(start('wss://example.com', { reconnect: false }).ready).rejects.toThrow(
      '[CLOSED] the connection could not be opened: the WebSocket could not be opened: connectSocket:fail url not in domain list',
    );
    wx.isAllowed = true;
    await expect(start('ws://127.0.0.1:1', { reconnect: false }).ready).rejects.toThrow('ECONNREFUSED');
  });

  it('a client that is closed while it connects closes the socket once it is open', async () => {
    const { url } = await chatServer();
    const client = start(url('ws'));
    client.ready.catch(() => {});
    await expect.poll(() => wx.tasks.length).toBe(1);
    await client.close();
    await expect.poll(() => wx.tasks.length).toBe(0);
  });
});

describe('other platforms', () => {
  it('uni without callbacks returns a promise, and so does Taro', async () => {
    const { url, got } = await chatServer();
    const taro: MiniProgramApi = { connectSocket: async (options) => wx.connectSocket(options) };
    await start(url('ws'), {}, taro).request(4, chat('hi'));
    expect(got).toEqual(['hi']);
  });

  it('one that throws, and one whose promise rejects', async () => {
    const throws: MiniProgramApi = {
      connectSocket() {
        throw new Error('no sockets here');
      },
    };
    await expect(start('wss://example.com', { reconnect: false }, throws).ready).rejects.toThrow('no sockets here');
    const rejects: MiniProgramApi = { connectSocket: () => Promise.reject({ errMsg: 'connectSocket:fail' }) };
    await expect(start('wss://example.com', { reconnect: false }, rejects).ready).rejects.toThrow('connectSocket:fail');
  });

  it.each([
    ['the subprotocol of the header', { 'Sec-WebSocket-Protocol': 'im.v2' }, 'im.v2'],
    ['in lower case', { 'sec-websocket-protocol': 'im' }, 'im'],
    ['none in a header without it', { Upgrade: 'websocket' }, undefined],
    ['none without a header', undefined, undefined],
  ])('reads %s', async (_what, header, protocol) => {
    const task = new SilentTask();
    const socket = miniProgramSocket({ connectSocket: () => task }).open('wss://example.com', ['im.v2', 'im']);
    task.open({ header });
    expect([socket.protocol, socket.readyState]).toEqual([protocol, 1]);
  });

  it('bufferedAmount counts what the platform has not confirmed, if it confirms at all', () => {
    const task = new SilentTask();
    const socket = miniProgramSocket({ connectSocket: () => task }).open('wss://example.com', []);
    task.open({});
    socket.send(Uint8Array.of(1, 2, 3));
    expect(socket.bufferedAmount).toBe(0);
    task.sent[0].success();
    socket.send(Uint8Array.of(1, 2));
    expect(socket.bufferedAmount).toBe(2);
    task.sent[0].complete();
    task.sent[1].success();
    task.sent[1].complete();
    expect(socket.bufferedAmount).toBe(0);
  });

  it.each([
    ['a whole array', Uint8Array.of(1, 2)],
    ['a view', Uint8Array.of(0, 1, 2, 3).subarray(1, 3)],
    ['a Buffer of the pool', Buffer.from([1, 2])],
  ])('%s is sent as an ArrayBuffer of its bytes alone', (_what, bytes) => {
    const task = new SilentTask();
    const socket = miniProgramSocket({ connectSocket: () => task }).open('wss://example.com', []);
    task.open({});
    socket.send(bytes as Uint8Array<ArrayBuffer>);
    expect(task.sent[0].data).toBeInstanceOf(ArrayBuffer);
    expect([...new Uint8Array(task.sent[0].data)]).toEqual([1, 2]);
  });

  it('an error without a close ends it, once', async () => {
    const task = new SilentTask();
    const socket = miniProgramSocket({ connectSocket: () => task }).open('wss://example.com', []);
    const closes: unknown[] = [];
    socket.onclose = (event) => void closes.push(event);
    task.open({});
    task.listeners.error?.({ errMsg: 'the network is gone' } as never);
    task.listeners.close?.({ code: 1006 } as never);
    await Promise.resolve();
    expect(closes).toEqual([{ code: 1006, reason: 'the network is gone' }]);
  });
});

/** A task that does nothing by itself. */
class SilentTask implements SocketTaskLike {
  readonly sent: Parameters<SocketTaskLike['send']>[0][] = [];
  readonly listeners: Record<string, ((event: never) => void) | undefined> = {};

  open(event: object): void {
    this.listeners.open?.(event as never);
  }

  send(options: Parameters<SocketTaskLike['send']>[0]): void {
    this.sent.push(options);
  }

  close(): void {}

  onOpen(listener: (event: never) => void): void {
    this.listeners.open = listener;
  }

  onMessage(listener: (event: never) => void): void {
    this.listeners.message = listener;
  }

  onClose(listener: (event: never) => void): void {
    this.listeners.close = listener;
  }

  onError(listener: (event: never) => void): void {
    this.listeners.error = listener;
  }
}

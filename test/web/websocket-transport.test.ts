// The browser's own WebSocket, played by a fake.
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { Transport, TransportOwner } from '../../src/connection/transport.js';
import { webPlatform } from '../../src/web/platform.js';
import { dialWebSocket, type WebSocketLike } from '../../src/web/websocket-transport.js';

class FakeWebSocket implements WebSocketLike {
  static last: FakeWebSocket;
  readonly protocol = 'im.v1';
  readyState = 0;
  bufferedAmount = 0;
  binaryType = 'blob';
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly sent: Uint8Array[] = [];
  readonly closes: unknown[][] = [];

  constructor(
    readonly url: string,
    readonly subprotocols: string[],
  ) {
    FakeWebSocket.last = this;
  }

  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
    this.bufferedAmount += bytes.length;
  }

  close(...args: unknown[]): void {
    this.closes.push(args);
  }
}

const dial = dialWebSocket('wss://example.com/', (url, subprotocols) => new FakeWebSocket(url, [...subprotocols]), webPlatform);

const events: string[] = [];
const owner: TransportOwner = {
  received: (bytes) => void events.push(`received ${bytes.length}`),
  drained: () => void events.push('drained'),
  ended: (code) => void events.push(`ended ${code}`),
};

async function open(to = owner): Promise<[FakeWebSocket, Transport]> {
  events.length = 0;
  const { transport } = dial(['im.v1', 'im'], to);
  const socket = FakeWebSocket.last;
  socket.readyState = 1;
  socket.onopen!();
  return [socket, await transport];
}

it('it offers the subprotocols, and takes array buffers', async () => {
  const [socket, transport] = await open();
  expect([socket.subprotocols, socket.binaryType, transport.subprotocol]).toEqual([['im.v1', 'im'], 'arraybuffer', 'im.v1']);
});

it('one that cannot be opened rejects: a browser does not say why', async () => {
  const { transport } = dial([], owner);
  FakeWebSocket.last.onclose!({ code: 1006, reason: '' });
  await expect(transport).rejects.toThrow('the WebSocket could not be opened');
});

it.each([
  ['the message of the error', { message: 'not in the list of domains' }, undefined],
  ['the reason of the close that follows', {}, 'not in the list of domains'],
])('a platform that says why: %s', async (_what, error, reason) => {
  const { transport } = dial([], owner);
  const socket = FakeWebSocket.last;
  socket.onerror!(error);
  if (reason !== undefined) socket.onclose!({ code: 1006, reason });
  await expect(transport).rejects.toThrow('the WebSocket could not be opened: not in the list of domains');
});

it('an error that nothing follows rejects', async () => {
  const { transport } = dial([], owner);
  FakeWebSocket.last.onerror!(new Event('error'));
  await expect(transport).rejects.toThrow('the WebSocket could not be opened');
});

it('one that opens although it was given up is closed then', () => {
  const dialing = dial([], owner);
  dialing.cancel();
  FakeWebSocket.last.readyState = 1;
  FakeWebSocket.last.onopen!();
  expect(FakeWebSocket.last.closes).toEqual([[], []]);
});

it('one that is given up is closed, once it is open its session does that', async () => {
  const dialing = dial([], owner);
  dialing.cancel();
  expect(FakeWebSocket.last.closes).toEqual([[]]);
  const opened = dial([], owner);
  FakeWebSocket.last.readyState = 1;
  opened.cancel();
  expect(FakeWebSocket.last.closes).toEqual([]);
});

it('frames that are written together are one message', async () => {
  const [socket, transport] = await open();
  transport.write([Uint8Array.of(1), Uint8Array.of(2, 3)]);
  expect(socket.sent).toEqual([Uint8Array.of(1, 2, 3)]);
  expect(transport.bufferedBytes).toBe(3);
});

it('it looks again and again until all has gone out, and says so once', async () => {
  const [socket, transport] = await open();
  transport.write([Uint8Array.of(1)]);
  transport.write([Uint8Array.of(2)]);
  setTimeout(() => {
    socket.bufferedAmount = 0;
  }, 60);
  await expect.poll(() => events).toEqual(['drained']);
});

it('messages are handed over, a text message closes', async () => {
  const [socket] = await open();
  socket.onmessage!({ data: Uint8Array.of(1, 2).buffer });
  expect(events).toEqual(['received 2']);
  socket.onmessage!({ data: 'text' });
  expect(socket.closes).toEqual([[]]);
  // Nothing is said twice, and nothing of what still comes is read.
  socket.onmessage!({ data: new ArrayBuffer(1) });
  socket.onclose!({ code: 1005, reason: '' });
  expect(events).toEqual(['received 2', 'ended undefined']);
});

it.each([
  ['an ArrayBuffer of another realm', runInNewContext('new Uint8Array([1, 2]).buffer')],
  ['a view', new Uint8Array([0, 1, 2, 3]).subarray(1, 3)],
  ['a view of another realm', runInNewContext('new Uint8Array([0, 1, 2, 3]).subarray(1, 3)')],
  ['a DataView', new DataView(new Uint8Array([0, 1, 2, 3]).buffer, 1, 2)],
  ['a Buffer', Buffer.from([1, 2])],
])('%s is a binary message', async (_what, data) => {
  const got: Uint8Array[] = [];
  const [socket] = await open({ ...owner, received: (bytes) => void got.push(bytes) });
  socket.onmessage!({ data });
  expect(got.map((bytes) => [...bytes])).toEqual([[1, 2]]);
  expect(got[0]).toBeInstanceOf(Uint8Array);
  expect(socket.closes).toEqual([]);
});

it.each([
  ['text', 'expected a binary message, got text'],
  [new Blob(['a']), 'expected an ArrayBuffer, got Blob'],
  [{ byteLength: 2 }, 'expected an ArrayBuffer, got Object'],
  [null, 'expected an ArrayBuffer, got Null'],
])('%s is refused', async (data, text) => {
  const causes: unknown[] = [];
  const [socket] = await open({ ...owner, ended: (_code, cause) => void causes.push(cause) });
  socket.onmessage!({ data });
  expect(causes).toEqual([new Error(text)]);
  expect(socket.closes).toEqual([[]]);
});

it('the end is reported with its close code', async () => {
  const [socket] = await open();
  socket.onclose!({ code: 4040, reason: '' });
  expect(events).toEqual(['ended 4040']);
});

it.each([
  [1000, [1000, 'reason']],
  [4040, [4040, 'reason']],
  [1003, []],
])('with code %i it closes as a page may', async (code, args) => {
  const [socket, transport] = await open();
  transport.close(code, 'reason');
  expect(socket.closes).toEqual([args]);
  socket.onmessage!({ data: new ArrayBuffer(1) });
  expect(events).toEqual([]);
});

it('a platform that reports neither the subprotocol nor what is buffered', async () => {
  const [socket, transport] = await open();
  Object.assign(socket, { protocol: undefined, bufferedAmount: undefined });
  expect([transport.subprotocol, transport.bufferedBytes]).toEqual([null, 0]);
});

// React Native: `connect` over its WebSocket, against a real server, through lost connections.
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { type Client, type ConnectOptions, createClient, reactNativeSocket } from '../../src/web/index.js';
import { chat } from '../connection/messages.js';
import { TOKEN } from '../node/host.js';
import { chatServer } from './platforms/chat-server.js';
import { reactNative } from './platforms/fake-react-native.js';

beforeEach(() => {
  for (const name of ['crypto', 'queueMicrotask', 'document', 'WebSocket']) vi.stubGlobal(name, undefined);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

function start(url: string, options: Partial<ConnectOptions>): Client {
  const client = createClient(url, { login: TOKEN, reconnect: { baseMs: 5, maxMs: 50 }, ...options });
  onTestFinished(async () => void (await client.close()));
  return client;
}

class FakeAppState {
  readonly listeners = new Set<(state: string) => void>();

  addEventListener(_type: 'change', listener: (state: string) => void) {
    this.listeners.add(listener);
    return { remove: () => void this.listeners.delete(listener) };
  }

  change(state: string): void {
    for (const listener of this.listeners) listener(state);
  }
}

type NetworkState = { type: string; isConnected: boolean | null };

/** Reports the present state to a new listener, as NetInfo does. */
class FakeNetInfo {
  readonly listeners = new Set<(state: NetworkState) => void>();
  state: NetworkState = { type: 'wifi', isConnected: true };

  addEventListener(listener: (state: NetworkState) => void): () => void {
    this.listeners.add(listener);
    listener(this.state);
    return () => void this.listeners.delete(listener);
  }

  change(state: NetworkState): void {
    this.state = state;
    for (const listener of this.listeners) listener(state);
  }
}

it.each([
  ['with the adapter', true],
  ['with the adapter, and no subprotocol reported', false],
])('every message arrives once over lost connections, %s', async (_what, reportsProtocol) => {
  const { url, got, logins } = await chatServer();
  const WebSocket = reactNative(reportsProtocol);
  const client = start(url('ws'), { resume: true, socket: reactNativeSocket({ WebSocket }) });
  const received = new Set<string>();
  client.on(6, ({ content }) => void received.add(content?.body?.$case === 'text' ? content.body.value.text : ''));
  const texts = Array.from({ length: 40 }, (_, i) => `message ${i} \u4f60\u597d`);
  for (const [i, text] of texts.entries()) {
    // What the other side of the bridge does when the network is gone.
    if (i % 10 === 5) WebSocket.all.at(-1)!.native.terminate();
    expect((await client.request(4, chat(text))).messageId).toBeGreaterThan(0n);
  }
  expect(logins.length).toBeGreaterThanOrEqual(5);
  expect([...new Set(got)]).toEqual(texts);
  await expect.poll(() => received.size).toBe(texts.length);
  expect(logins[0].httpRequest?.headers['sec-websocket-protocol']).toContain('im.v1');
});

it('the global WebSocket does without an adapter', async () => {
  vi.stubGlobal('WebSocket', reactNative(true));
  const { url, got } = await chatServer();
  await start(url('ws'), {}).request(4, chat('hi'));
  await start(url('ws'), { socket: reactNativeSocket() }).request(4, chat('again'));
  expect(got).toEqual(['hi', 'again']);
});

it('headers go out with the HTTP request', async () => {
  const { url, logins } = await chatServer();
  const socket = reactNativeSocket({ WebSocket: reactNative(true), headers: { 'x-device': 'phone' } });
  await start(url('ws'), { socket }).ready;
  expect(logins[0].httpRequest?.headers['x-device']).toBe('phone');
});

it('comes back at once in the foreground, and when the network is there again', async () => {
  const { url, logins } = await chatServer();
  const [AppState, NetInfo, WebSocket] = [new FakeAppState(), new FakeNetInfo(), reactNative(true)];
  const reconnect = { baseMs: 600_000, maxMs: 600_000 };
  const client = start(url('ws'), { reconnect, socket: reactNativeSocket({ WebSocket, AppState, NetInfo }) });
  await client.ready;
  const lose = async (): Promise<void> => {
    WebSocket.all.at(-1)!.native.terminate();
    await expect.poll(() => client.state).toBe('reconnecting');
  };
  await lose();
  AppState.change('background');
  AppState.change('active');
  await expect.poll(() => [logins.length, client.state]).toEqual([2, 'authenticated']);
  await lose();
  NetInfo.change({ type: 'none', isConnected: false });
  NetInfo.change({ type: 'unknown', isConnected: null });
  NetInfo.change({ type: 'cellular', isConnected: true });
  await expect.poll(() => [logins.length, client.state]).toEqual([3, 'authenticated']);
  await client.close();
  expect([AppState.listeners.size, NetInfo.listeners.size]).toEqual([0, 0]);
});

it('says why it cannot connect', async () => {
  const socket = reactNativeSocket({ WebSocket: reactNative(true) });
  await expect(start('ws://127.0.0.1:1', { socket, reconnect: false }).ready).rejects.toThrow(
    'the WebSocket could not be opened: connect ECONNREFUSED 127.0.0.1:1',
  );
});

it('a client that is closed while it connects leaves no connection', async () => {
  const { url, logins } = await chatServer();
  const WebSocket = reactNative(true);
  const client = start(url('ws'), { socket: reactNativeSocket({ WebSocket }) });
  client.ready.catch(() => {});
  await expect.poll(() => WebSocket.all.length).toBe(1);
  await client.close();
  await expect.poll(() => WebSocket.all[0].native.readyState).toBe(3);
  expect(logins).toEqual([]);
});

it('needs a WebSocket', () => {
  expect(() => reactNativeSocket()).toThrow(new TypeError('reactNativeSocket needs a WebSocket, got none'));
});

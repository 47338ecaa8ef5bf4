import { Client, type ClientOptions } from '../connection/client.js';
import type { Platform } from '../connection/platform.js';
import { platformWith } from './platform.js';
import { watchNetwork } from './watch-network.js';
import { dialWebSocket, type SocketAdapter, type WebSocketConstructor } from './websocket-transport.js';

/** The members of a `URL` that are used. */
export interface UrlLike {
  readonly href: string;
  toString(): string;
}

/** Options of `connect` and `createClient` in browsers. */
export interface ConnectOptions extends ClientOptions {
  /** The WebSocket constructor. Default: `globalThis.WebSocket`. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /** Opens the sockets instead of `WebSocket`: `miniProgramSocket(wx)`, `reactNativeSocket()`, or your own. Default: none. */
  readonly socket?: SocketAdapter | undefined;
  /**
   * Members that replace the clock, timers, scheduling and ids of the platform: for tests, and for platforms that lack them. Default: none.
   */
  readonly platform?: Partial<Platform> | undefined;
}

/**
 * Connects and authenticates over the WebSocket of a page or a worker, as `createClient`, and resolves when the client is ready.
 * @param url `ws://...` or `wss://...`: a string or a `URL`.
 * @throws TypeError if there is neither a socket nor a WebSocket constructor.
 * @throws ProtocolError the reason why the first connection failed. It is not retried, unless the option `retryFirst` is set.
 */
export async function connect(url: string | UrlLike, options: ConnectOptions): Promise<Client> {
  const client = createClient(url, options);
  await client.ready;
  return client;
}

/**
 * Returns a client at once, which connects and authenticates over the WebSocket of a page or a worker, and then reconnects automatically: see
 * the options `reconnect` and `retryFirst`. It connects at once when the network comes back, the page is shown again, or the device wakes
 * from sleep, and then also replaces a connection that does not answer.
 * @param url `ws://...` or `wss://...`: a string or a `URL`.
 * @throws TypeError if there is neither a socket nor a WebSocket constructor.
 */
export function createClient(url: string | UrlLike, options: ConnectOptions): Client {
  const platform = platformWith(options.platform);
  const socket = options.socket ?? socketOf(options);
  const { socket: _socket, platform: _platform, WebSocket: _WebSocket, ...rest } = options;
  const dial = dialWebSocket(String(url), (target, subprotocols) => socket.open(target, subprotocols), platform);
  return Client.create({ dial, platform, transport: 'websocket', watch: watchNetwork(platform, socket) }, rest);
}

function socketOf({ WebSocket = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket }: ConnectOptions): SocketAdapter {
  if (typeof WebSocket !== 'function')
    throw new TypeError(
      'connect needs a WebSocket: there is no globalThis.WebSocket, and options.WebSocket is not a constructor',
    );
  return { open: (url, subprotocols) => new WebSocket(url, [...subprotocols]) };
}

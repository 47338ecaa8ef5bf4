import { Client, type ClientOptions } from '../connection/client.js';
import { webPlatform } from './platform.js';
import { watchNetwork } from './watch-network.js';
import { dialWebSocket, type WebSocketConstructor } from './websocket-transport.js';

/** The members of a `URL` that are used. */
export interface UrlLike {
  readonly href: string;
  toString(): string;
}

/** Options of `connect` and `createClient` in browsers. */
export interface ConnectOptions extends ClientOptions {
  /** The WebSocket constructor. Default: `globalThis.WebSocket`. */
  readonly WebSocket?: WebSocketConstructor | undefined;
}

/**
 * Connects and authenticates over the WebSocket of a page or a worker, as `createClient`, and resolves when the client is ready.
 * @param url `ws://...` or `wss://...`: a string or a `URL`.
 * @throws TypeError if there is no WebSocket constructor.
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
 * @throws TypeError if there is no WebSocket constructor.
 */
export function createClient(url: string | UrlLike, options: ConnectOptions): Client {
  const { WebSocket = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket } = options;
  if (typeof WebSocket !== 'function')
    throw new TypeError(
      'connect needs a WebSocket: there is no globalThis.WebSocket, and options.WebSocket is not a constructor',
    );
  const dial = dialWebSocket(String(url), WebSocket);
  return Client.create({ dial, platform: webPlatform, transport: 'websocket', watch: watchNetwork }, options);
}

import { Client, type ClientOptions } from '../connection/client.js';
import { webPlatform } from './platform.js';
import { dialWebSocket, type WebSocketConstructor } from './websocket-transport.js';

/** The members of a `URL` that are used. */
export interface UrlLike {
  readonly href: string;
  toString(): string;
}

/** Options of `connect` in browsers. */
export interface ConnectOptions extends ClientOptions {
  /** The WebSocket constructor. Default: `globalThis.WebSocket`. */
  readonly WebSocket?: WebSocketConstructor | undefined;
}

/**
 * Connects and authenticates over the WebSocket of a page or a worker. The client then reconnects automatically: see the option `reconnect`.
 * @param url `ws://...` or `wss://...`: a string or a `URL`.
 * @throws TypeError if there is no WebSocket constructor.
 * @throws ProtocolError the reason why the first connection failed. It is not retried.
 */
export async function connect(url: string | UrlLike, options: ConnectOptions): Promise<Client> {
  const { WebSocket = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket } = options;
  if (typeof WebSocket !== 'function')
    throw new TypeError(
      'connect needs a WebSocket: there is no globalThis.WebSocket, and options.WebSocket is not a constructor',
    );
  return Client.connect({ dial: dialWebSocket(String(url), WebSocket), platform: webPlatform, transport: 'websocket' }, options);
}

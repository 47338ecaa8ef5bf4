import { Client, type ClientOptions } from '../connection/client.js';
import { webPlatform } from './platform.js';
import { dialWebSocket, type WebSocketConstructor } from './websocket-transport.js';

/** Options of `connect` in a browser. */
export interface ConnectOptions extends ClientOptions {
  /** The WebSocket constructor. Default: `globalThis.WebSocket`. */
  readonly WebSocket?: WebSocketConstructor | undefined;
}

/**
 * Connects and logs in, from a page or a worker, over the browser's own WebSocket.
 * @param url `ws://...` or `wss://...`.
 * @throws TypeError without a WebSocket; ProtocolError why the first connection could not be made. Later ones are tried again.
 */
export async function connect(url: string | URL, options: ConnectOptions): Promise<Client> {
  const { WebSocket = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket } = options;
  if (typeof WebSocket !== 'function')
    throw new TypeError(
      'connect needs a WebSocket: there is no globalThis.WebSocket, and options.WebSocket is not a constructor',
    );
  return Client.connect({ dial: dialWebSocket(String(url), WebSocket), platform: webPlatform, transport: 'websocket' }, options);
}

import { createConnection, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { Client, type ClientOptions } from '../connection/client.js';
import type { Dial, Dialing, Transport } from '../connection/transport.js';
import { DEFAULT_MAX_FRAME_BYTES } from '../limits.js';
import { LINGER_MS } from './deadline.js';
import { loadWs } from './load-ws.js';
import { nodePlatform } from './platform.js';
import { tcpTransport } from './tcp-transport.js';
import { websocketTransport } from './websocket-transport.js';

/** Options of `connect` and `createClient` in Node. */
export interface ConnectOptions extends ClientOptions {
  /** Options of `tls.connect` for `tls:` and `wss:`, for example `ca`. Default: none. */
  readonly tls?: ConnectionOptions | undefined;
}

/**
 * Connects and authenticates, as `createClient`, and resolves when the client is ready.
 * @param url `tcp://host:port`, `tls://host:port`, `ws://...` or `wss://...`. The last two need the package `ws`.
 * @throws TypeError for another URL.
 * @throws ProtocolError INTERNAL if `ws` is missing or too old; otherwise the reason why the first connection failed. It is not
 * retried, unless the option `retryFirst` is set.
 */
export async function connect(url: string | URL, options: ConnectOptions): Promise<Client> {
  const client = createClient(url, options);
  await client.ready;
  return client;
}

/**
 * Returns a client at once, which connects and authenticates, and then reconnects automatically: see the options `reconnect` and
 * `retryFirst`. If the package `ws` is missing or too old for `ws:` and `wss:`, the client ends with INTERNAL.
 * @param url `tcp://host:port`, `tls://host:port`, `ws://...` or `wss://...`.
 * @throws TypeError for another URL.
 */
export function createClient(url: string | URL, options: ConnectOptions): Client {
  const target = new URL(url);
  switch (target.protocol) {
    case 'tcp:':
    case 'tls:':
      return Client.create({ dial: dialTcp(target, options), platform: nodePlatform, transport: 'tcp' }, options);
    case 'ws:':
    case 'wss:':
      return Client.create({ dial: dialWebsocket(target, options), platform: nodePlatform, transport: 'websocket' }, options);
    default:
      throw new TypeError(`connect: expected a tcp:, tls:, ws: or wss: URL, got ${target.protocol}`);
  }
}

function dialTcp({ protocol, hostname, port }: URL, { tls }: ConnectOptions): Dial {
  // URL keeps the brackets of an IPv6 address.
  const address = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
  if (port === '' || address.host === '') throw new TypeError(`connect: expected ${protocol}//host:port`);
  // "Literal IPv4 and IPv6 addresses are not permitted" as a server name (RFC 6066, section 3).
  const name = isIP(address.host) === 0 ? { servername: address.host } : {};
  const isSecure = protocol === 'tls:';
  return (subprotocols, owner) => {
    // "Over TLS the version is settled by ALPN, so that Hello and LOGIN go out together."
    const alpn = { ALPNProtocols: [...subprotocols] };
    const socket: Socket = isSecure ? connectTls({ ...name, ...alpn, ...tls, ...address }) : createConnection(address);
    const transport = new Promise<ReturnType<typeof tcpTransport>>((resolve, reject) => {
      socket.once('error', reject);
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        socket.off('error', reject);
        const { alpnProtocol } = socket as Partial<TLSSocket>;
        // What the server picked besides these settles nothing.
        const subprotocol = subprotocols.find((name) => name === alpnProtocol);
        resolve(tcpTransport(socket, owner, undefined, subprotocol));
      });
    });
    return { transport, cancel: cancelUnless(transport, () => socket.destroy()) };
  };
}

function dialWebsocket(url: URL, { tls, maxFrameBytes }: ConnectOptions): Dial {
  // "The extension permessage-deflate MUST NOT be negotiated."
  const settings = {
    ...tls,
    perMessageDeflate: false,
    maxPayload: maxFrameBytes || DEFAULT_MAX_FRAME_BYTES,
    closeTimeout: LINGER_MS,
    // websocketTransport answers pings, bounded by what the peer reads.
    autoPong: false,
  };
  return (subprotocols, owner) => {
    let isCancelled = false;
    let terminate = (): void => {};
    const open = async (): Promise<Transport> => {
      const { WebSocket } = await loadWs();
      if (isCancelled) throw new Error('cancelled');
      const websocket = new WebSocket(url, [...subprotocols], settings);
      terminate = () => websocket.terminate();
      return new Promise((resolve, reject) => {
        websocket.once('error', reject);
        websocket.once('open', () => {
          websocket.off('error', reject);
          resolve(websocketTransport(websocket, owner));
        });
      });
    };
    const transport = open();
    const cancel = (): void => {
      isCancelled = true;
      terminate();
    };
    return { transport, cancel: cancelUnless(transport, cancel) };
  };
}

/** Cancels opening. An open transport is closed by its session. */
function cancelUnless(transport: Dialing['transport'], end: () => void): () => void {
  let isOpen = false;
  transport.then(
    () => {
      isOpen = true;
    },
    () => {},
  );
  return () => {
    if (!isOpen) end();
  };
}

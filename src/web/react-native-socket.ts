import type { SocketAdapter, WebSocketLike } from './websocket-transport.js';

/** The constructor of React Native's WebSocket. */
export type ReactNativeWebSocket = new (
  url: string,
  subprotocols: string[],
  options?: { headers: Record<string, string> },
) => WebSocketLike;

/** Options of `reactNativeSocket`. All optional. */
export interface ReactNativeSocketOptions {
  /** `AppState` of `react-native`: the client connects at once when the application is in the foreground again. Default: not watched. */
  readonly AppState?:
    | { addEventListener(type: 'change', listener: (state: string) => void): { remove(): void } | undefined }
    | undefined;
  /** The module `@react-native-community/netinfo`: the client connects at once when the network comes back. Default: not watched. */
  readonly NetInfo?:
    | {
        addEventListener(listener: (state: { readonly type?: string; readonly isConnected: boolean | null }) => void): () => void;
      }
    | undefined;
  /** Headers of the HTTP request. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The WebSocket constructor. Default: `globalThis.WebSocket`. */
  readonly WebSocket?: ReactNativeWebSocket | undefined;
}

/**
 * The WebSocket of React Native, for the option `socket` of `connect`, with what React Native reports about the network and the application
 * instead of the events of a page. `connect` works without it too.
 * @throws TypeError if there is no WebSocket constructor.
 */
export function reactNativeSocket(options: ReactNativeSocketOptions = {}): SocketAdapter {
  const { AppState, NetInfo, headers } = options;
  const { WebSocket = (globalThis as unknown as { WebSocket?: ReactNativeWebSocket }).WebSocket } = options;
  if (typeof WebSocket !== 'function') throw new TypeError('reactNativeSocket needs a WebSocket, got none');
  return {
    open: (url, subprotocols) => new WebSocket(url, [...subprotocols], headers && { headers: { ...headers } }),
    watch({ online, offline }) {
      const app = AppState?.addEventListener('change', (state) => {
        if (state === 'active') online();
      });
      // NetInfo also reports the state at the beginning, null if it is not known yet, and every change of its details.
      let last: string | undefined;
      const stop = NetInfo?.addEventListener(({ isConnected, type = '' }) => {
        const state = `${isConnected} ${type}`;
        const isFirst = last === undefined;
        if (isConnected === null || state === last) return;
        last = state;
        if (!isConnected) offline();
        else if (!isFirst) online();
      });
      return () => {
        app?.remove();
        stop?.();
      };
    },
  };
}

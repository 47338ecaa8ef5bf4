import type { Platform } from '../connection/platform.js';
import { watchSleep } from '../connection/sleep-watch.js';
import type { WatchNetwork } from '../connection/transport.js';
import type { SocketAdapter } from './websocket-transport.js';

/** The members of EventTarget that are used. Environments other than pages and workers may lack them. */
interface Target {
  addEventListener?(type: string, listener: (event: { readonly persisted?: boolean }) => void): void;
  removeEventListener?(type: string, listener: (event: { readonly persisted?: boolean }) => void): void;
}

interface Globals extends Target {
  readonly document?: Target & { readonly visibilityState?: string };
}

/** Watches the sleep of the device, and the network: by the adapter if it can, otherwise by the events of a page or a worker. */
export function watchNetwork(platform: Platform, socket?: SocketAdapter): WatchNetwork {
  return ({ online, offline, woke }) => {
    const stop = socket?.watch?.({ online, offline }) ?? watchPage(online, offline);
    const stopSleep = watchSleep(platform, woke);
    return () => {
      stopSleep();
      stop();
    };
  };
}

/**
 * `online` and `offline`, in workers too; `visibilitychange`; `pageshow` of a page that comes back from the back/forward cache; and `resume` of
 * a page that was frozen (Page Lifecycle).
 */
function watchPage(online: () => void, offline: () => void): () => void {
  const page = globalThis as unknown as Globals;
  const { document } = page;
  const shown = (): void => {
    if (document?.visibilityState === 'visible') online();
  };
  const restored = ({ persisted }: { readonly persisted?: boolean }): void => {
    if (persisted === true) online();
  };
  const listeners = [
    [page, 'online', () => online()],
    [page, 'offline', () => offline()],
    [page, 'pageshow', restored],
    [document, 'visibilitychange', shown],
    [document, 'resume', () => online()],
  ] as const;
  for (const [target, type, listener] of listeners) target?.addEventListener?.(type, listener);
  return () => {
    for (const [target, type, listener] of listeners) target?.removeEventListener?.(type, listener);
  };
}

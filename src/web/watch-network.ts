import { watchSleep } from '../connection/sleep-watch.js';
import type { NetworkEvents } from '../connection/transport.js';
import { webPlatform } from './platform.js';

/** The members of EventTarget that are used. Environments other than pages and workers may lack them. */
interface Target {
  addEventListener?(type: string, listener: (event: { readonly persisted?: boolean }) => void): void;
  removeEventListener?(type: string, listener: (event: { readonly persisted?: boolean }) => void): void;
}

interface Globals extends Target {
  readonly document?: Target & { readonly visibilityState?: string };
}

/**
 * Watches what a browser says about the network and the page: `online` and `offline`, in workers too; `visibilitychange`; `pageshow` of a
 * page that comes back from the back/forward cache; `resume` of a page that was frozen (Page Lifecycle); and sleep.
 */
export function watchNetwork({ online, offline, woke }: NetworkEvents): () => void {
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
  const stop = watchSleep(webPlatform, woke);
  return () => {
    stop();
    for (const [target, type, listener] of listeners) target?.removeEventListener?.(type, listener);
  };
}

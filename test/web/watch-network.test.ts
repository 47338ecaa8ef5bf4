// What a browser reports about the network and the page.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { webPlatform } from '../../src/web/platform.js';
import { watchNetwork } from '../../src/web/watch-network.js';

class Page extends EventTarget {
  visibilityState = 'visible';
}

let page: EventTarget;
let document: Page;
let told: string[];
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  page = new EventTarget();
  document = new Page();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  vi.stubGlobal('document', document);
  told = [];
  stop = watchNetwork(webPlatform)({
    online: () => void told.push('online'),
    offline: () => void told.push('offline'),
    woke: (sleptMs) => void told.push(`woke ${sleptMs}`),
  });
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function dispatch(target: EventTarget, type: string, properties: object = {}): void {
  target.dispatchEvent(Object.assign(new Event(type), properties));
}

it('reports online and offline', () => {
  dispatch(page, 'offline');
  dispatch(page, 'online');
  expect(told).toEqual(['offline', 'online']);
});

it('reports a page that is shown, and none that is hidden', () => {
  document.visibilityState = 'hidden';
  dispatch(document, 'visibilitychange');
  expect(told).toEqual([]);
  document.visibilityState = 'visible';
  dispatch(document, 'visibilitychange');
  expect(told).toEqual(['online']);
});

it('reports a page that comes back from the cache, and none that is loaded', () => {
  dispatch(page, 'pageshow', { persisted: false });
  expect(told).toEqual([]);
  dispatch(page, 'pageshow', { persisted: true });
  dispatch(document, 'resume');
  expect(told).toEqual(['online', 'online']);
});

it('reports sleep by the clock of the device', () => {
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([]);
  vi.setSystemTime(Date.now() + 7_200_000);
  vi.advanceTimersByTime(1000);
  expect(told).toEqual(['woke 7200000']);
});

it('leaves no listener and no timer', () => {
  stop();
  dispatch(page, 'online');
  dispatch(document, 'resume');
  vi.advanceTimersByTime(100_000);
  expect(told).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

it('does without events and without a document', () => {
  stop();
  vi.unstubAllGlobals();
  vi.stubGlobal('addEventListener', undefined);
  vi.stubGlobal('removeEventListener', undefined);
  const end = watchNetwork(webPlatform)({ online: () => {}, offline: () => {}, woke: () => {} });
  end();
});

it('asks the adapter instead of the page, and reports sleep as before', () => {
  stop();
  const events: string[] = [];
  const socket = {
    open: () => {
      throw new Error('not opened here');
    },
    watch({ online }: { online(): void }) {
      online();
      return () => void events.push('stopped');
    },
  };
  stop = watchNetwork(
    webPlatform,
    socket,
  )({
    online: () => void events.push('online'),
    offline: () => {},
    woke: (sleptMs) => void events.push(`woke ${sleptMs}`),
  });
  dispatch(page, 'online');
  vi.setSystemTime(Date.now() + 7_200_000);
  vi.advanceTimersByTime(1000);
  stop();
  expect(events).toEqual(['online', 'woke 7200000', 'stopped']);
});

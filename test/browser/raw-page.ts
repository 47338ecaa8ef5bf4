// A page in a Chromium of its own, driven by the DevTools Protocol alone: Playwright keeps its pages visible, and visible pages do not freeze.
import { once } from 'node:events';
import { chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../node/free-port.js';
import { installChromium } from './install-chromium.js';

export interface RawPage {
  /** Runs a script, and resolves with a copy of its result. */
  evaluate(script: string): Promise<unknown>;
  /** Hides and freezes the page (Page Lifecycle): its timers and tasks stop. */
  freeze(): Promise<void>;
  resume(): Promise<void>;
}

interface Answer {
  readonly id?: number;
  readonly result?: { readonly result?: { readonly value?: unknown }; readonly exceptionDetails?: { readonly text: string } };
  readonly error?: { readonly message: string };
}

/** Opens a page, until the test has ended. */
export async function openRawPage(url: string): Promise<RawPage> {
  const port = await freePort();
  const args = [`--remote-debugging-port=${port}`];
  const browser = await chromium.launch({ executablePath: installChromium(), args });
  onTestFinished(() => browser.close());
  const response = await fetch(`http://127.0.0.1:${port}/json/new?about:blank`, { method: 'PUT' });
  const { webSocketDebuggerUrl } = (await response.json()) as { webSocketDebuggerUrl: string };
  const socket = new WebSocket(webSocketDebuggerUrl);
  await once(socket, 'open');
  onTestFinished(() => socket.close());
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.on('message', (text) => {
    const answer = JSON.parse(String(text)) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  let lastId = 0;
  const send = async (method: string, params: object = {}): Promise<unknown> => {
    lastId += 1;
    const id = lastId;
    const { result, error } = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
    const failure = error?.message ?? result?.exceptionDetails?.text;
    if (failure !== undefined) throw new Error(`${method}: ${failure}`);
    return result?.result?.value;
  };
  await send('Page.enable');
  await send('Page.navigate', { url });
  const evaluate = (expression: string): Promise<unknown> =>
    send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  const loaded = "document.readyState === 'complete' ? resolve() : addEventListener('load', () => resolve())";
  await evaluate(`new Promise((resolve) => ${loaded})`);
  return {
    evaluate,
    freeze: async () => void (await send('Page.setWebLifecycleState', { state: 'frozen' })),
    resume: async () => void (await send('Page.setWebLifecycleState', { state: 'active' })),
  };
}

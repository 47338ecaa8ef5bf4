// Once before the tests in a browser: installs Chromium, builds the package, serves the pages, and starts the browser.
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { buildIfStale } from '../package/build-if-stale.js';
import { bundlePages } from './bundle-pages.js';
import { installChromium } from './install-chromium.js';
import { servePages } from './serve-pages.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the pages are: `http://127.0.0.1:40123`. */
    readonly origin: string;
    /** Where Playwright reaches the browser. */
    readonly browser: string;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const executablePath = installChromium();
  buildIfStale();
  const site = await servePages(await bundlePages());
  // Playwright starts it without a sandbox, which root could not have; it sees no pages but ours.
  const browser = await chromium.launchServer({ executablePath });
  provide('origin', site.origin);
  provide('browser', browser.wsEndpoint());
  return async () => {
    await browser.close();
    await site.close();
  };
}

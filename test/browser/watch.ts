import type { Page } from 'playwright-core';

/**
 * Collects what a page and its Workers complain about: errors and warnings on the console, and errors that nobody caught. What the policy
 * stopped is among them: the scripts tell it (`pages/realm/expose.ts`), and so does Chromium.
 */
export function watch(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (['error', 'warning', 'assert'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => void complaints.push(`uncaught: ${error.message}`));
  page.on('crash', () => void complaints.push('the page has crashed'));
}

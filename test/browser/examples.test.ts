// The chat in React and in Vue: alice and bob, each in a browser of their own.
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { startWebDemo, type WebDemo } from '../../examples/chat/web/start-web-demo.js';
import { watch } from './watch.js';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));

describe.each([
  ['React', 'react/main.tsx'],
  ['Vue', 'vue/main.ts'],
])('the chat in %s', (_name, path) => {
  const script = `${EXAMPLES}/${path}`;
  let demo: WebDemo;
  let browser: Browser;
  let complaints: string[];

  beforeEach(async () => {
    complaints = [];
    demo = await startWebDemo(0, script);
    browser = await chromium.connect(inject('browser'));
  });
  afterEach(async () => {
    await browser.close();
    await demo.close();
    // Chromium tells on the console what a page may not learn: that nobody listened.
    expect(complaints.filter((line) => !/ERR_CONNECTION_(REFUSED|RESET)/.test(line))).toEqual([]);
  });

  async function open(user: string): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    watch(page, complaints);
    await page.goto(demo.urls.find((url) => url.endsWith(user))!);
    await page.locator('[role=status][data-state=authenticated]').waitFor();
    return page;
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.getByLabel('Message').fill(text);
    await page.getByLabel('Message').press('Enter');
  }

  /** Waits until a message is there, with this state. */
  function said(page: Page, text: string, state: string): Promise<void> {
    return page.locator(`li[data-state=${state}]`, { hasText: text }).waitFor();
  }

  const texts = (page: Page): Promise<string[]> => page.locator('li span').allTextContents();

  it('two users chat, and each sees what became of the messages', async () => {
    const alice = await open('alice');
    await say(alice, '你好 👋');
    await said(alice, '你好 👋', 'sent');
    const bob = await open('bob');
    await said(bob, '你好 👋', 'received');
    await said(alice, '你好 👋', 'read');
    await say(bob, '<b>bold</b>');
    await said(alice, '<b>bold</b>', 'received');
    await said(bob, '<b>bold</b>', 'read');
    expect(await texts(alice)).toEqual(['你好 👋', '<b>bold</b>']);
    expect(await texts(bob)).toEqual(['你好 👋', '<b>bold</b>']);
  });

  it('what is written while the server is away is sent when it is back, once and in order', async () => {
    const [alice, bob] = [await open('alice'), await open('bob')];
    const restarted = demo.restart(3000);
    await alice.locator('[role=status][data-state=reconnecting]').waitFor();
    const written = ['one', 'two', 'three'];
    for (const text of written) {
      await say(alice, text);
      await said(alice, text, 'sending');
    }
    await restarted;
    const retry = alice.getByRole('button', { name: 'Try now' });
    if (await retry.isVisible()) await retry.click({ timeout: 1000 }).catch(() => {});
    for (const text of written) await said(bob, text, 'received');
    for (const text of written) await said(alice, text, 'read');
    expect(await texts(alice)).toEqual(written);
    expect(await texts(bob)).toEqual(written);
  });
});

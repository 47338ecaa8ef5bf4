// The view of the chat demo with a fixture in place of a server: what is shown, by keyboard alone, on a phone, in two languages.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createTokens } from '../../examples/chat/platform/tokens.js';
import { pageServer } from '../../examples/chat/web/serve-page.js';
import { ROOT } from '../package/root.js';
import { expectAccessible } from './axe.js';
import { watch } from './watch.js';

/** On a busy machine a page takes its time. */
const POLL = { timeout: 20_000 };
const DESKTOP = { viewport: { width: 1280, height: 800 }, locale: 'en-GB' };
const PHONE = { viewport: { width: 360, height: 740 }, locale: 'en-GB', hasTouch: true };
const BOB = 'p_1_2';
const GROUP = 'g_7';
const MUSE = 'p_1_5';
const BIG = 'p_1_3';

let server: Server;
let browser: Browser;
let complaints: string[];

beforeAll(async () => {
  server = createServer(await pageServer(await createTokens(), join(ROOT, 'test/browser/pages/chat-view.tsx')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  browser = await chromium.connect(inject('browser'));
});
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  complaints = [];
});
afterEach(() => expect(complaints).toEqual([]));

describe('what users write is text', () => {
  it('shows markup as it is, and opens only http and https', async () => {
    const page = await open(DESKTOP, BOB);
    const evil = page.locator('[data-key=m15] .said');
    expect(await evil.textContent()).toBe('<img src=x onerror=alert(1)> javascript:alert(1) https://example.com/"><b>');
    expect(await evil.locator('*').count()).toBe(1);
    expect(await evil.locator('a').getAttribute('href')).toBe('https://example.com/');
    expect(await page.locator('[data-key=m16] .said').textContent()).toBe('This address is not opened.');
    const links = await page
      .locator('a')
      .evaluateAll((all) => all.map((link) => [link.getAttribute('href'), link.getAttribute('rel')]));
    expect(links.length).toBeGreaterThan(1);
    for (const [href, rel] of links) {
      expect(href).toMatch(/^https?:\/\//);
      expect(rel).toContain('noopener');
    }
  });

  it('sends no picture with another address than https or this server', async () => {
    const page = await open(DESKTOP, BOB);
    await page.getByRole('button', { name: 'Send a picture' }).click();
    const url = page.getByLabel('URL of the picture');
    for (const bad of ['javascript:alert(1)', 'http://example.com/a.png', 'data:image/svg+xml,<svg/>', 'https://']) {
      await url.fill(bad);
      await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
      await page.getByText('Not a URL of a picture').waitFor();
    }
    expect(await actions(page)).toEqual([]);
    await url.fill('/icon.svg');
    await page.getByLabel('Caption').fill('a caption');
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await page.locator('.message .said', { hasText: 'a caption' }).waitFor();
    await page.locator('.message').last().locator('.picture.loaded').waitFor();
  });
});

describe('the composer', () => {
  it('sends with Enter, begins a line with Shift and Enter, and says that one is typing', async () => {
    const page = await open(DESKTOP, BOB);
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await page.locator('.message').last().getByText('one\ntwo', { exact: true }).waitFor();
    expect(await page.locator('#text').inputValue()).toBe('');
    expect(new Set(await actions(page))).toEqual(new Set([`typing ${BOB}`, `send ${BOB} one\ntwo`]));
    // Nothing but space is no message.
    await page.keyboard.type('  ');
    await page.keyboard.press('Enter');
    expect((await actions(page)).filter((action) => action.startsWith('send'))).toHaveLength(1);
  });

  it('keeps drafts of each conversation, also through a reload', async () => {
    const page = await open(DESKTOP, BOB);
    await page.locator('#text').fill('half a tho');
    await row(page, GROUP).click();
    expect(await page.locator('#text').inputValue()).toBe('');
    expect(await row(page, BOB).locator('.last').textContent()).toBe('Draft: half a tho');
    await page.reload();
    await row(page, BOB).click();
    expect(await page.locator('#text').inputValue()).toBe('half a tho');
  });

  it('replies and edits; Escape ends both, and brings back what was written before', async () => {
    const page = await open(DESKTOP, BOB);
    await page.locator('#text').fill('written before');
    await menu(page, 'm22', 'Reply');
    await page.getByText('Reply to bob').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.mode').waitFor({ state: 'detached' });
    await menu(page, 'm18', 'Edit');
    expect(await page.locator('#text').inputValue()).toMatch(/^w+$/);
    await page.keyboard.press('Escape');
    expect(await page.locator('#text').inputValue()).toBe('written before');
    await page.locator('#text').fill('');
    // Arrow up in an empty text: the last message of one's own that is sent.
    await page.keyboard.press('ArrowUp');
    await page.getByText('Edit message').waitFor();
    await page.locator('#text').fill('corrected');
    await page.keyboard.press('Enter');
    await page.locator('.message', { hasText: 'corrected' }).locator('.edited').waitFor();
  });
});

describe('messages', () => {
  it('have ticks, quotes, reactions, edits, and who recalled them', async () => {
    const page = await open(DESKTOP, BOB);
    const states = await page
      .locator('.message.own .meta .delivery')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-state')));
    expect(states).toEqual(['read', 'read', 'read', 'read', 'delivered', 'sent', 'sending', 'failed']);
    expect(await page.locator('[data-key=m5]').textContent()).toBe('You recalled a message');
    expect(await page.locator('[data-key=m17] .quote').textContent()).toBe('aliceRecalled message');
    await menu(page, 'm22', 'React with 👍');
    await page.locator('[data-key=m22] .reactions [aria-pressed=true]').click();
    await page.locator('[data-key=m22] .reactions').waitFor({ state: 'detached' });
  });

  it('a quote leads to its message, also if that has to be loaded', async () => {
    const page = await open(DESKTOP, BIG);
    await page.evaluate(
      `model.changeMessage('${BIG}', 'm10000', { quote: { messageId: 1000n + 9700n, senderName: 'bob', preview: 'x', isRecalled: false } })`,
    );
    await page.locator('[data-key=m10000] .quote').click();
    await page.locator('[data-key=m9700].lit').waitFor();
    expect(await page.evaluate('document.activeElement.dataset.key')).toBe('m9700');
    await page.getByRole('button', { name: 'Go to the newest messages' }).click();
    await page.locator('[data-key=m10000]').waitFor();
    await expect.poll(() => distanceToEnd(page), POLL).toBeLessThan(2);
  });

  it('a streamed answer grows, and is stopped', async () => {
    const page = await open(DESKTOP, MUSE);
    const answer = page.locator('[data-key=m4] .stream');
    for (const text of ['At dusk', 'At dusk the light', 'At dusk the light is red.']) {
      await page.evaluate(
        `model.changeMessage('${MUSE}', 'm4', { body: { kind: 'stream', text: '${text}', reasoning: '', state: 'open', error: '' } })`,
      );
      await answer.getByText(text, { exact: true }).waitFor();
    }
    await page.getByRole('button', { name: 'Stop' }).click();
    await answer.getByText('Stopped').waitFor();
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
  });

  it('are selected, and forwarded as one', async () => {
    const page = await open(DESKTOP, BOB);
    await menu(page, 'm21', 'Select');
    await page.locator('[data-key=m22]').click();
    await page.getByText('2 messages selected').waitFor();
    await page.getByRole('button', { name: 'Forward' }).click();
    await page.getByRole('dialog').getByText('Hikers').click();
    expect(await actions(page)).toEqual([`forward 2 ${GROUP}`]);
    expect(await page.locator('.selection-bar').count()).toBe(0);
  });

  it('forwarded as one open in a dialog', async () => {
    const page = await open(DESKTOP, BOB);
    await page.locator('.merged').click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.locator('.said').allTextContents()).toEqual(['who drives?', 'I do', '👍']);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
});

describe('a long conversation', () => {
  it('has few messages in the document, wherever one reads', async () => {
    const page = await open(DESKTOP, BIG);
    await page.evaluate(`model.loadAll('${BIG}')`);
    for (let i = 0; i < 12; i++) {
      await scroll(page, 0);
      await settle(page);
    }
    const count = await page.locator('.message').count();
    expect(count).toBeGreaterThan(60);
    expect(count).toBeLessThanOrEqual(300);
    await expect.poll(() => firstNumber(page), POLL).toBeLessThan(9600);
    // And down again to the end, without a hole.
    await expect
      .poll(async () => {
        await scroll(page, 1e9);
        return page.locator('[data-key=m10000]').count();
      }, POLL)
      .toBe(1);
    const keys = await page
      .locator('.message')
      .evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-key')!.slice(1))));
    expect(keys).toEqual(Array.from(keys, (_, i) => keys[0] + i));
  });

  it('stays where one reads while earlier messages and new ones come', async () => {
    const page = await open(DESKTOP, BIG);
    await page.evaluate("document.querySelector('.messages .scroll').scrollBy(0, -1500)");
    await settle(page);
    const seen = `(() => { const top = document.querySelector('.messages .scroll').getBoundingClientRect().top;
      const item = [...document.querySelectorAll('.message')].find((one) => one.getBoundingClientRect().top > top + 50);
      return { key: item.dataset.key, top: item.getBoundingClientRect().top }; })()`;
    const before = await page.evaluate<{ key: string; top: number }>(seen);
    await page.evaluate(`model.loadOlder('${BIG}').then(() => model.add('${BIG}', { userId: 3n, name: 'x' }, 'new'))`);
    await settle(page);
    const after = await page.locator(`[data-key=${before.key}]`).boundingBox();
    expect(Math.abs(after!.y - before.top)).toBeLessThan(2);
    // The new one is announced by a number.
    expect(await page.locator('.to-end .badge').textContent()).toBe('1');
    await page.locator('.to-end').click();
    await page.locator('.message .said', { hasText: /^new$/ }).waitFor();
    await page.locator('.to-end').waitFor({ state: 'detached' });
    // At the end it follows.
    await page.evaluate(`model.add('${BIG}', { userId: 3n, name: 'x' }, 'newest')`);
    await page.locator('.message .said', { hasText: 'newest' }).waitFor();
    await expect.poll(() => distanceToEnd(page), POLL).toBeLessThan(2);
  });

  it('counts as read what was on the screen', async () => {
    const page = await open(DESKTOP);
    expect(await row(page, BOB).locator('.badge').last().textContent()).toBe('22 unread messages');
    await row(page, BOB).click();
    await page.getByText('New messages').waitFor();
    await row(page, BOB).locator('.badge').waitFor({ state: 'detached' });
    // The mark stays while the conversation is open.
    expect(await page.locator('.unread-line').count()).toBe(1);
  });
});

describe('calls and rooms', () => {
  it('a call rings with the focus, is accepted and ended', async () => {
    const page = await open(DESKTOP, BOB);
    const call = "{ callId: 'c', conversationKey: 'p_1_2', person: { userId: 2n, name: 'bob' }, video: true, sinceMs: 0 }";
    await page.evaluate(`model.setCall({ ...${call}, state: 'incoming' })`);
    await page.getByText('Incoming video call').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Accept');
    await page.keyboard.press('Enter');
    await page.getByText(/In a call, 0:0\d/).waitFor();
    await page.evaluate(`model.setCall({ ...${call}, state: 'ended', end: 'elsewhere' })`);
    await page.getByText('Taken on another device').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.locator('.call-panel').waitFor({ state: 'detached' });
  });

  it('a room is joined before one can write in it', async () => {
    const page = await open(DESKTOP, 'r_9');
    expect(await page.locator('#text').count()).toBe(0);
    await page.getByRole('button', { name: 'Join the room' }).click();
    await page.locator('#text').waitFor();
    await page.getByRole('button', { name: 'Leave', exact: true }).click();
    await page.getByRole('button', { name: 'Join the room' }).waitFor();
  });
});

describe('by keyboard alone', () => {
  it('one opens a conversation, reads, reacts, replies, recalls, and goes back', async () => {
    const page = await open(DESKTOP);
    await focus(page, '.row');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    // Ready to write.
    expect(await focused(page)).toBe('text');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    // Through the controls of the focused message to the message itself.
    await expect
      .poll(async () => {
        const key = await page.evaluate<string | undefined>(
          "document.activeElement.matches('li') ? document.activeElement.dataset.key : undefined",
        );
        if (key === undefined) await page.keyboard.press('Shift+Tab');
        return key;
      }, POLL)
      .toBe('m22');
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate('document.activeElement.dataset.key')).toBe('m21');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe('React with ❤️');
    await page.keyboard.press('Enter');
    await page.locator('[data-key=m21] .reactions').waitFor();
    expect(await page.evaluate('document.activeElement.dataset.key')).toBe('m21');
    // Escape closes the menu and leaves the focus on the message.
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.dataset.key')).toBe('m21');
    await page.keyboard.press('Enter');
    for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('Reply to bob').waitFor();
    await expect.poll(() => focused(page), POLL).toBe('text');
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Enter');
    await page.locator('.message').last().getByText('by keyboard', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Choose a conversation').waitFor();
    expect(await page.evaluate('document.activeElement.dataset.key')).toBe(BOB);
  });

  it('the focus is visible, wherever it is', async () => {
    const page = await open(DESKTOP, BOB);
    for (let i = 0; i < 14; i++) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate<string>(
        'document.activeElement === document.body ? "body" : getComputedStyle(document.activeElement).outlineStyle',
      );
      expect(outline).not.toBe('none');
    }
  });
});

describe('on a phone', () => {
  it('list and conversation are two screens, and nothing is wider than the screen', async () => {
    const page = await open(PHONE);
    expect(await page.locator('main').isVisible()).toBe(false);
    for (const key of [BOB, GROUP, MUSE, 'p_1_4', 'r_9']) {
      await row(page, key).click();
      await page.locator('.conversation-header').waitFor();
      expect(await page.locator('.side').isVisible()).toBe(false);
      expect(
        await page.evaluate("Math.max(...[...document.querySelectorAll('html, .scroll')].map((one) => one.scrollWidth))"),
      ).toBeLessThanOrEqual(360);
      await page.getByRole('button', { name: 'Back to the list' }).click();
      await page.locator('.side').waitFor();
    }
  });
});

describe('in Chinese and English, light and dark', () => {
  it('follows the browser, and then the user', async () => {
    const page = await open({ ...DESKTOP, locale: 'zh-CN', colorScheme: 'dark' }, BOB);
    expect(await page.locator('#text').getAttribute('placeholder')).toBe('输入消息');
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    await page.getByText('今天', { exact: true }).waitFor();
    expect(await background(page)).toBe('rgb(15, 17, 22)');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('#text').getAttribute('placeholder')).toBe('Write a message');
    await page.getByRole('button', { name: 'Colours of the system' }).click();
    expect(await background(page)).toBe('rgb(242, 244, 248)');
    await page.reload();
    await row(page, BOB).click();
    expect(await page.locator('#text').getAttribute('placeholder')).toBe('Write a message');
    expect(await background(page)).toBe('rgb(242, 244, 248)');
  });
});

describe('for assistive technology', () => {
  it.each([
    ['light', 'en-GB', DESKTOP],
    ['dark', 'zh-CN', DESKTOP],
    ['light', 'zh-CN', PHONE],
  ] as const)('axe finds nothing serious: %s, %s', async (colorScheme, locale, device) => {
    const page = await open({ ...device, colorScheme, locale });
    await expectAccessible(page);
    for (const key of [BOB, GROUP, MUSE, 'r_9', 'p_1_4']) {
      await page.evaluate(`document.querySelector('.row[data-key=${key}]').click()`);
      await page.locator('.conversation-header').waitFor();
      await expectAccessible(page);
    }
  });

  it.each(['light', 'dark'] as const)(
    'axe finds nothing serious in menus, dialogs, calls and banners: %s',
    async (colorScheme) => {
      const page = await open({ ...DESKTOP, colorScheme }, BOB);
      await page.locator('[data-key=m18] .bubble').click({ button: 'right' });
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await menu(page, 'm22', 'Reply');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Send a picture' }).click();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await page.locator('.merged').click();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await menu(page, 'm22', 'Select');
      await expectAccessible(page);
      await page.evaluate("model.call('p_1_2', false)");
      await page.evaluate("model.setState({ connection: { state: 'reconnecting' } })");
      await expectAccessible(page);
      await page.evaluate("model.setState({ connection: { state: 'ended', reason: 'another device' } })");
      await expectAccessible(page);
    },
  );

  it('a new message is read aloud, once', async () => {
    const page = await open(DESKTOP, GROUP);
    expect(await page.locator('#announcer').textContent()).toBe('');
    await page.evaluate(`model.add('${BOB}', { userId: 2n, name: 'bob' }, 'hello')`);
    await expect.poll(() => page.locator('#announcer').textContent(), POLL).toBe('bob: hello');
  });
});

async function open(options: BrowserContextOptions, key?: string): Promise<Page> {
  const page = await browser.newPage(options);
  watch(page, complaints);
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.locator('.row').first().waitFor();
  if (key !== undefined) await row(page, key).click();
  return page;
}

function row(page: Page, key: string) {
  return page.locator(`.row[data-key=${key}]`);
}

async function menu(page: Page, key: string, item: string): Promise<void> {
  await page.locator(`[data-key=${key}] .bubble`).click({ button: 'right', position: { x: 8, y: 8 } });
  await page.getByRole('menuitem', { name: item }).click();
}

function actions(page: Page): Promise<string[]> {
  return page.evaluate<string[]>('model.actions');
}

function focus(page: Page, selector: string): Promise<void> {
  return page.locator(selector).first().focus();
}

function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement.id');
}

function background(page: Page): Promise<string> {
  return page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
}

function scroll(page: Page, top: number): Promise<void> {
  return page.evaluate<void>(`document.querySelector('.messages .scroll').scrollTop = ${top}`);
}

/** Waits until what was asked for is drawn. */
function settle(page: Page): Promise<void> {
  return page.evaluate<void>(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))',
  );
}

function distanceToEnd(page: Page): Promise<number> {
  return page.evaluate<number>(
    "(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(document.querySelector('.messages .scroll'))",
  );
}

async function firstNumber(page: Page): Promise<number> {
  return Number((await page.locator('.message').first().getAttribute('data-key'))!.slice(1));
}

// The page of `npm run demo:web`: alice and bob, each in a browser of their own.
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { startWebDemo, type WebDemo } from '../../examples/chat/web/start-web-demo.js';
import { watch } from './watch.js';

let demo: WebDemo;
let browser: Browser;
let complaints: string[];

beforeEach(async () => {
  complaints = [];
  demo = await startWebDemo(0);
  browser = await chromium.connect(inject('browser'));
});
afterEach(async () => {
  await browser.close();
  await demo.server.close();
  expect(complaints).toEqual([]);
});

it('two users chat, and each sees what became of the messages', async () => {
  const alice = await open('alice');
  await say(alice, '你好 👋');
  await said(alice, '你好 👋', 'sent');
  // Who comes later gets what was said before.
  const bob = await open('bob');
  await said(bob, '你好 👋');
  await said(alice, '你好 👋', 'read');
  await say(bob, '<b>bold</b>');
  await say(bob, 'two\nlines');
  await said(bob, '<b>bold</b>', 'read');
  await said(bob, 'two\nlines', 'read');
  expect(await alice.locator('.said').allTextContents()).toEqual(['你好 👋', '<b>bold</b>', 'two\nlines']);
  expect(await alice.locator('.message.own .said').allTextContents()).toEqual(['你好 👋']);
  expect(await bob.locator('.message.own .said').allTextContents()).toEqual(['<b>bold</b>', 'two\nlines']);
});

it('shows the frames as they pass, also those from before the panel was opened', async () => {
  const alice = await open('alice');
  await say(alice, 'hello');
  await said(alice, 'hello', 'sent');
  await openFrames(alice);
  const lines = await alice
    .locator('#list summary')
    .evaluateAll((summaries) =>
      summaries.map((summary) =>
        ['.arrow', '.type', '.command'].map((part) => summary.querySelector(part)!.textContent).join(' '),
      ),
    );
  expect(lines).toEqual([
    '↑ Hello ',
    '↑ SendInfo LOGIN',
    '↓ Welcome ',
    '↓ SendInfo LOGIN',
    '↑ SendInfo PRIVATE_MESSAGE',
    '↓ SendInfo SEND_RESULT',
  ]);
  const result = alice.locator('summary', { hasText: 'SEND_RESULT' });
  expect(await result.locator('.ids').textContent()).toMatch(/^re #2 id \d+$/);
  expect(await result.locator('.bytes').textContent()).toMatch(/^\d+ B$/);
});

it('a field lights up its bytes, and a byte its field; by keyboard too', async () => {
  const alice = await open('alice');
  await say(alice, '你好');
  await said(alice, '你好', 'sent');
  await openFrames(alice);
  const frame = await openFrame(alice, 'PRIVATE_MESSAGE');
  await field(frame, 'text "你好"').hover();
  expect(await lit(frame)).toBe('0a 06 e4 bd a0 e5 a5 bd');
  await field(frame, 'type 7').hover();
  expect(await lit(frame)).toBe('07');
  await frame.locator('.hex [data-byte="9"]').hover();
  expect(await frame.locator('.field.lit .name').textContent()).toBe('cmd');
  expect(await lit(frame)).toBe('08 04');
  await frame.locator('.hex [data-byte="2"]').hover();
  expect(await frame.locator('.field.lit .name').textContent()).toBe('length');
  await alice.locator('#frames h2').hover();
  expect(await lit(frame)).toBe('');
  await field(frame, 'cmd').focus();
  expect(await lit(frame)).toBe('08 04');
  await alice.keyboard.press('Tab');
  expect(await lit(frame)).toBe('10 02');
});

it('shows nothing of the token and the device', async () => {
  const [response, alice] = await Promise.all([tokenOf('alice'), open('alice')]);
  await openFrames(alice);
  const frame = await openFrame(alice, 'LOGIN');
  expect(await field(frame, 'accessToken').textContent()).toContain('[redacted]');
  await field(frame, 'accessToken').hover();
  expect(await lit(frame)).toMatch(/^0a [0-9a-f]{2} 01( ••)+$/);
  await field(frame, 'deviceId').hover();
  expect(await lit(frame)).toMatch(/^12 28( ••)+$/);
  // All tokens of the demo begin alike.
  const start = response.slice(0, 12);
  const hex = Buffer.from(start).toString('hex').replace(/../g, '$& ').trim();
  const shown = await alice.locator('body').textContent();
  expect(shown).not.toContain(start);
  expect(shown!.replace(/\s+/g, ' ')).not.toContain(hex);
});

it('a second tab of the same user takes over, and the first says so', async () => {
  const first = await open('alice');
  const second = await open('alice');
  await first.locator('#status[data-state=ended]').waitFor();
  expect(await first.locator('#status span').textContent()).toBe('Signed out: another device has logged in');
  await first.locator('#status button').click();
  await first.locator('#status[data-state=connected]').waitFor({ state: 'attached' });
  await second.locator('#status[data-state=ended]').waitFor();
});

it('a server that goes and comes back finds its pages again, and what was written meanwhile', async () => {
  const [alice, bob] = [await open('alice'), await open('bob')];
  const { port } = demo.server;
  await demo.server.close();
  await alice.locator('#status[data-state=reconnecting]').waitFor();
  await say(alice, 'are you there?');
  await said(alice, 'are you there?', 'sending');
  // Its tokens are others than those that the pages have.
  demo = await startWebDemo(port);
  await said(bob, 'are you there?');
  await said(alice, 'are you there?', 'read');
  expect(await bob.locator('.said').count()).toBe(1);
  // Chromium tells on the console what a page may not learn: that nobody listened.
  complaints = complaints.filter((line) => !line.includes('ERR_CONNECTION_REFUSED'));
});

it('on a phone the panel of frames is the screen, and nothing is wider than it', async () => {
  const alice = await open('alice', { width: 360, height: 740 });
  await say(alice, 'w'.repeat(300));
  await said(alice, 'w'.repeat(300), 'sent');
  await alice.getByRole('button', { name: 'Back' }).click();
  await openFrames(alice);
  expect(await alice.locator('.side').isVisible()).toBe(false);
  await openFrame(alice, 'PRIVATE_MESSAGE');
  const widths = await alice.evaluate(() => {
    const { document } = globalThis as unknown as {
      document: { querySelectorAll(all: string): Iterable<{ scrollWidth: number }> };
    };
    return [...document.querySelectorAll('html, .scroll')].map(({ scrollWidth }) => scrollWidth);
  });
  expect(Math.max(...widths)).toBeLessThanOrEqual(360);
});

it('without a user it asks who one is', async () => {
  const page = await newPage();
  await page.goto(demo.urls[0].replace(/\?.*/, ''));
  expect(await page.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
    '/?user=alice',
    '/?user=bob',
  ]);
});

async function newPage(viewport = { width: 1280, height: 800 }): Promise<Page> {
  const page = await browser.newPage({ viewport, locale: 'en-GB' });
  watch(page, complaints);
  return page;
}

async function open(user: string, viewport?: { width: number; height: number }): Promise<Page> {
  const page = await newPage(viewport);
  await page.goto(demo.urls.find((url) => url.endsWith(user))!);
  await page.locator('#status[data-state=connected]').waitFor({ state: 'attached' });
  await page.locator('.row').click();
  return page;
}

/** Opens the developer's panel. */
async function openFrames(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Frames' }).click();
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator('#text').fill(text);
  await page.locator('#text').press('Enter');
}

/** Waits until a message is there, and that has become of it. */
async function said(page: Page, text: string, delivery?: string): Promise<void> {
  const message = page.locator('.message').filter({ has: page.getByText(text, { exact: true }) });
  await (delivery === undefined ? message : message.locator(`[data-state=${delivery}]`)).waitFor();
}

/** Opens the first frame of a command. */
async function openFrame(page: Page, command: string): Promise<Locator> {
  const details = page.locator('#list details', { has: page.locator('.command', { hasText: command }) }).first();
  await details.locator('summary').click();
  await details.locator('.dump').waitFor();
  return details;
}

function field(frame: Locator, text: string): Locator {
  return frame.locator('.field', { hasText: text }).first();
}

/** The bytes that are lit. */
async function lit(frame: Locator): Promise<string> {
  return (await frame.locator('.hex .lit').allTextContents()).join(' ');
}

async function tokenOf(user: string): Promise<string> {
  return (await fetch(new URL(`/token?user=${user}`, demo.urls[0]))).text();
}

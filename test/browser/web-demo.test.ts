// The page of `npm run demo:web`: alice and bob, each in a browser of their own.
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { startWebDemo, type WebDemo } from '../../examples/chat/web/start-web-demo.js';
import { watch } from './watch.js';

const ENGLISH = { locale: 'en-GB', viewport: { width: 1280, height: 800 } };

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
  await demo.close();
  expect(complaints).toEqual([]);
});

it('two users with two tabs each: both tabs of a user have every message, once, with the same ticks and counts', async () => {
  const { alice, alicePc, bob, bobPc } = await fourTabs();
  await row(alice, 'bob').click();
  await row(alicePc, 'bob').click();
  await say(alice, '你好 👋');
  await said(alicePc, '你好 👋');
  for (const page of [bob, bobPc]) await row(page, 'alice').locator('.badge', { hasText: '1' }).waitFor();
  // Read in one tab, read in both.
  await row(bob, 'alice').click();
  for (const page of [alice, alicePc]) await said(page, '你好 👋', 'read');
  await row(bobPc, 'alice').locator('.badge').waitFor({ state: 'detached' });
  await row(bobPc, 'alice').click();
  await say(bobPc, '<b>bold</b>');
  await say(bob, 'two\nlines');
  for (const page of [bob, bobPc]) for (const text of ['<b>bold</b>', 'two\nlines']) await said(page, text, 'read');
  for (const page of [alice, alicePc, bob, bobPc])
    expect(new Set(await page.locator('.said').allTextContents())).toEqual(new Set(['你好 👋', '<b>bold</b>', 'two\nlines']));
  for (const page of [alice, alicePc, bob, bobPc]) expect(await page.locator('.message').count()).toBe(3);
});

it('typing, presence, an edit, a reaction, a quote and a recall reach all tabs', async () => {
  const { alice, alicePc, bob, bobPc } = await fourTabs();
  for (const page of [alice, alicePc]) await row(page, 'bob').click();
  for (const page of [bob, bobPc]) await row(page, 'alice').click();
  await alice.locator('.subtitle', { hasText: 'online' }).waitFor();
  await bob.locator('#text').pressSequentially('see');
  for (const page of [alice, alicePc]) await page.locator('.subtitle.typing').waitFor();
  await say(bob, 'see you');
  await said(alice, 'see you');
  await menu(alicePc, 'see you', 'React with 👍');
  for (const page of [alice, bob, bobPc]) await message(page, 'see you').locator('.reactions').waitFor();
  await menu(bob, 'see you', 'Edit');
  await say(bob, 'see you tomorrow');
  for (const page of [alice, alicePc, bobPc]) await message(page, 'see you tomorrow').locator('.edited').waitFor();
  await menu(alice, 'see you tomorrow', 'Reply');
  await say(alice, 'fine');
  for (const page of [alicePc, bob, bobPc]) await message(page, 'fine').locator('.quote', { hasText: 'see you' }).waitFor();
  await menu(alice, 'fine', 'Recall');
  await alice.getByRole('dialog').getByRole('button', { name: 'Recall' }).click();
  for (const page of [alice, alicePc]) await page.locator('.line', { hasText: 'You recalled a message' }).waitFor();
  for (const page of [bob, bobPc]) await page.locator('.line', { hasText: 'alice recalled a message' }).waitFor();
  for (const page of [alice, alicePc, bob, bobPc]) expect(await page.getByText('fine', { exact: true }).count()).toBe(0);
});

it('a call rings in both tabs; one takes it, and the other says so', async () => {
  const { alice, bob, bobPc } = await fourTabs();
  await row(alice, 'bob').click();
  await alice.getByRole('button', { name: 'Start a video call' }).click();
  for (const page of [bob, bobPc]) await page.locator('.call-panel[data-state=incoming]').waitFor();
  await bobPc.getByRole('button', { name: 'Accept' }).click();
  await alice.locator('.call-panel[data-state=active]').waitFor();
  await bob.getByText('Taken on another device').waitFor();
  await alice.getByRole('button', { name: 'Hang up' }).click();
  await bobPc.locator('.call-panel[data-state=ended]').waitFor();
  await row(bob, 'alice').click();
  await bob.locator('.card.call').waitFor();
});

it('an answer is written word by word, and stopped; both tabs end with the same text', async () => {
  const { alice, alicePc } = await fourTabs();
  for (const page of [alice, alicePc]) await row(page, 'Muse').click();
  await say(alice, 'Which way?');
  await alicePc.locator('.stream.open .said:not(.unknown)').waitFor();
  await alicePc.getByRole('button', { name: 'Stop' }).click();
  const texts: (string | null)[] = [];
  for (const page of [alice, alicePc]) {
    await page.locator('.stream[data-state=cancelled]').waitFor();
    texts.push(await page.locator('.stream .said').textContent());
  }
  expect(texts[0]).toBe(texts[1]);
});

it('a room, a group, and a client of version 1', async () => {
  const { alice, bob, bobPc } = await fourTabs();
  for (const page of [alice, bob]) {
    await row(page, 'Lobby').click();
    await page.getByRole('button', { name: 'Join the room' }).click();
    await page.locator('#text').waitFor();
  }
  await say(alice, 'in the room');
  await said(bob, 'in the room');
  for (const page of [alice, bobPc]) await row(page, 'Hikers').click();
  await say(alice, 'to the group');
  await said(bobPc, 'to the group');
  await said(alice, 'to the group', 'read');
  await row(alice, 'Dave').click();
  await say(alice, 'an old friend');
  await said(alice, 'Version 1 has seen: an old friend');
});

it('shows the frames as they pass, also those from before the panel was opened', async () => {
  const alice = await open('alice');
  await row(alice, 'bob').click();
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
  expect(lines[0]).toBe('↑ Hello ');
  for (const line of ['↓ Welcome ', '↑ SendInfo LOGIN', '↓ SendInfo LOGIN', '↑ SendInfo SYNC', '↓ SendInfo SYNC'])
    expect(lines).toContain(line);
  expect(lines.indexOf('↑ SendInfo PRIVATE_MESSAGE')).toBeLessThan(lines.indexOf('↓ SendInfo SEND_RESULT'));
  const result = alice.locator('summary', { hasText: 'SEND_RESULT' }).first();
  expect(await result.locator('.ids').textContent()).toMatch(/^re #\d+ id \d+$/);
  expect(await result.locator('.bytes').textContent()).toMatch(/^\d+ B$/);
});

it('a field lights up its bytes, and a byte its field; by keyboard too', async () => {
  const alice = await open('alice');
  await row(alice, 'bob').click();
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
  expect(await lit(frame)).toMatch(/^10 [0-9a-f]{2}$/);
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

it('a second session on the same kind of terminal takes over, and the first says so', async () => {
  const first = await open('alice');
  const other = await browser.newContext(ENGLISH);
  const second = await open('alice', {}, other);
  await first.locator('#status[data-state=ended]').waitFor();
  await first.locator('#status button').click();
  await first.locator('#status[data-state=connected]').waitFor({ state: 'attached' });
  await second.locator('#status[data-state=ended]').waitFor();
});

it('a server is killed and started again, a tab is loaded again: nothing is lost, nothing is there twice', async () => {
  const { alice, bob, bobPc } = await fourTabs();
  await row(alice, 'bob').click();
  for (const page of [bob, bobPc]) await row(page, 'alice').click();
  await say(alice, 'before');
  await said(bob, 'before');
  const restarted = demo.restart(1000);
  for (const page of [alice, bob, bobPc]) await page.locator('#status[data-state=reconnecting]').waitFor();
  await say(alice, 'meanwhile 1');
  await said(alice, 'meanwhile 1', 'sending');
  // The list and the last messages are there before the server is.
  await say(alice, 'meanwhile 2');
  await restarted;
  for (const page of [bob, bobPc]) for (const text of ['meanwhile 1', 'meanwhile 2']) await said(page, text);
  for (const text of ['before', 'meanwhile 1', 'meanwhile 2']) await said(alice, text, 'read');
  await bob.reload();
  await row(bob, 'alice').click();
  await said(bob, 'meanwhile 2');
  await say(bob, 'after');
  for (const page of [alice, bob, bobPc]) {
    await said(page, 'after');
    // After a reload, the page shows a message that was just sent before it has read the stored ones.
    const texts = () => page.locator('.said').allTextContents();
    await expect.poll(texts, { timeout: 10_000 }).toEqual(['before', 'meanwhile 1', 'meanwhile 2', 'after']);
  }
  ignoreRefusals();
});

it('what is stored is shown before the server answers, and what was written is sent after a reload', async () => {
  const { alice, bob } = await fourTabs();
  await row(alice, 'bob').click();
  await row(bob, 'alice').click();
  await say(alice, 'stored');
  await said(bob, 'stored');
  // The page is served, but no connection is made.
  await alice.routeWebSocket(/.*/, () => {});
  await alice.reload();
  await row(alice, 'bob').locator('.last', { hasText: 'stored' }).waitFor();
  await row(alice, 'bob').click();
  await said(alice, 'stored');
  await say(alice, 'written without a server');
  await said(alice, 'written without a server', 'sending');
  expect(await alice.locator('#status').getAttribute('data-state')).toBe('connecting');
});

it('on a phone the panel of frames is the screen, and nothing is wider than it', async () => {
  const phone = await browser.newContext({ ...ENGLISH, viewport: { width: 360, height: 740 } });
  const alice = await open('alice', {}, phone);
  await row(alice, 'bob').click();
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
  const page = await browser.newPage(ENGLISH);
  await page.goto(demo.urls[0].replace(/\?.*/, ''));
  const links = await page.locator('a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  expect(links).toEqual(['/?user=alice', '/?user=alice&terminal=pc', '/?user=bob', '/?user=bob&terminal=pc']);
});

/** Two tabs of each user: those of one share the storage of their browser. */
async function fourTabs() {
  const [one, other] = [await browser.newContext(ENGLISH), await browser.newContext(ENGLISH)];
  return {
    alice: await open('alice', {}, one),
    alicePc: await open('alice', { terminal: 'pc' }, one),
    bob: await open('bob', {}, other),
    bobPc: await open('bob', { terminal: 'pc' }, other),
  };
}

async function open(user: string, query: Record<string, string> = {}, context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await browser.newContext(ENGLISH))).newPage();
  watch(page, complaints);
  await page.goto(`${new URL(demo.urls[0]).origin}/?${new URLSearchParams({ user, ...query })}`);
  await page.locator('#status[data-state=connected]').waitFor({ state: 'attached' });
  return page;
}

/** The conversation with a title, in the list. */
function row(page: Page, title: string): Locator {
  return page.locator('.row', { has: page.locator('.title', { hasText: title }) });
}

function message(page: Page, text: string): Locator {
  return page.locator('.message').filter({ has: page.locator('.said').getByText(text, { exact: true }) });
}

async function menu(page: Page, text: string, item: string): Promise<void> {
  await message(page, text)
    .locator('.bubble')
    .click({ button: 'right', position: { x: 8, y: 8 } });
  await page.getByRole('menuitem', { name: item }).click();
}

/** Chromium tells on the console what a page may not learn: that nobody listened. */
function ignoreRefusals(): void {
  complaints = complaints.filter((line) => !/ERR_CONNECTION_|ERR_EMPTY_RESPONSE/.test(line));
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
  const found = page.locator('.message').filter({ has: page.getByText(text, { exact: true }) });
  await (delivery === undefined ? found : found.locator(`[data-state=${delivery}]`)).waitFor();
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

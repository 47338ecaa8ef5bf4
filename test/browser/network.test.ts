// The network of a browser is switched off and on, its pages freeze and are shown again: clients come back at once.
import type { CDPSession, Page } from 'playwright-core';
import { expect, inject, it, onTestFinished } from 'vitest';
import { startChat, USERS } from './chat-server.js';
import { startProxy } from './cut-proxy.js';
import { openRawPage } from './raw-page.js';
import { callable, inRealm, PLACES, watchRealm } from './realm.js';

const { alice, bob } = USERS;

/** A server, and the network in between. */
async function network() {
  const chat = await startChat();
  onTestFinished(() => chat.server.close());
  const proxy = await startProxy(chat.server.port);
  return { ...chat, proxy, url: `ws://127.0.0.1:${proxy.port}` };
}

async function debug(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  return session;
}

function switchNetwork(session: CDPSession, offline: boolean): Promise<unknown> {
  const conditions = { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  return session.send('Network.emulateNetworkConditions', conditions);
}

it('switched off, the client knows it soon; switched on, it is back, and what was written meanwhile arrives once', async () => {
  const { url, proxy, arrivals } = await network();
  const { complaints } = await watchRealm('page', 'network', async ({ open, states, say, waiting, answered, received }, page) => {
    await open(url, 'alice');
    await states(['authenticated']);
    const session = await debug(page);
    proxy.cut();
    await switchNetwork(session, true);
    // Its heartbeats would notice it only after 75 seconds.
    await states(['authenticated', 'reconnecting']);
    const ids = [await say(bob, 'one'), await say(bob, 'two'), await say(alice, 'to myself')];
    expect(await waiting()).toBe(3);
    proxy.mend();
    await switchNetwork(session, false);
    await states(['authenticated', 'reconnecting', 'authenticated']);
    expect(new Set(await answered(3))).toEqual(new Set(ids));
    expect(await received(1)).toEqual(['to myself']);
    expect(await waiting()).toBe(0);
  });
  expect(complaints.filter((line) => !line.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
  expect(arrivals.items.map(({ text }) => text).filter((text) => text !== 'to myself')).toEqual(['one', 'two']);
});

it('a client that was opened without a network connects when there is one', async () => {
  const { url } = await network();
  const { complaints } = await watchRealm('page', 'network', async ({ open, states, state }, page) => {
    const session = await debug(page);
    await switchNetwork(session, true);
    await open(url, 'alice');
    expect(await state()).toBe('connecting');
    await switchNetwork(session, false);
    await states(['authenticated']);
  });
  expect(complaints.filter((line) => !line.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
});

it('a laptop that sleeps for two hours, and whose network comes later, is back within two seconds of waking', async () => {
  const { url, proxy } = await network();
  const { complaints } = await watchRealm('page', 'network', async ({ open, states, say, answered }, page) => {
    await page.clock.install();
    await open(url, 'alice');
    await states(['authenticated']);
    // From here on, the clocks of the page go when the test says so, and the test may be slow.
    await page.clock.pauseAt(Date.now() + 60_000);
    const session = await debug(page);
    proxy.cut();
    await switchNetwork(session, true);
    // As if the lid was closed meanwhile: timers that are due go off once.
    await page.clock.fastForward('02:00:00');
    let awakeMs = 0;
    /** Lets the clocks of the page go until a call has its result: slower than all other clocks, so that only timers of the client count. */
    const awake = async <T>(call: Promise<T>): Promise<T> => {
      let isDone = false;
      const done = (): void => {
        isDone = true;
      };
      call.then(done, done);
      for (; !isDone && awakeMs < 2000; awakeMs += 5) {
        await page.clock.runFor(5);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      expect(isDone).toBe(true);
      return call;
    };
    await awake(states(['authenticated', 'reconnecting']));
    const id = await awake(say(bob, 'awake'));
    proxy.mend();
    await switchNetwork(session, false);
    await awake(states(['authenticated', 'reconnecting', 'authenticated']));
    await page.clock.resume();
    expect(await answered(1)).toEqual([id]);
  });
  expect(complaints.filter((line) => !line.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
});

it('a page that was frozen while its connection died is back when it is resumed', async () => {
  const { url, proxy } = await network();
  const page = await openRawPage(`${inject('origin')}/network.html`);
  await page.evaluate(`open('${url}', 'alice')`);
  await page.evaluate("states(['authenticated'])");
  await page.evaluate(
    "const events = []; for (const type of ['freeze', 'resume']) document.addEventListener(type, () => events.push(type))",
  );
  await page.freeze();
  proxy.cut();
  proxy.mend();
  await page.resume();
  await page.evaluate("states(['authenticated', 'reconnecting', 'authenticated'])");
  // Chromium has frozen it.
  expect(await page.evaluate('events')).toEqual(['freeze', 'resume']);
  const id = await page.evaluate(`say(${bob}n, 'awake')`);
  expect(await page.evaluate('answered(1)')).toEqual([id]);
});

it('a page that comes back from the cache replaces its dead connection', async () => {
  const { url, proxy } = await network();
  await inRealm('page', 'network', async ({ open, states, comeBack }) => {
    await open(url, 'alice');
    await states(['authenticated']);
    proxy.cut();
    proxy.mend();
    await comeBack();
    await states(['authenticated', 'reconnecting', 'authenticated']);
  });
});

it('messages survive a reload of the page: each arrives once, in order', async () => {
  const { url, proxy, arrivals } = await network();
  await inRealm('page', 'network', async ({ open, states, say }, page) => {
    await open(url, 'alice', 'outbox-alice');
    await states(['authenticated']);
    proxy.cut();
    const ids: string[] = [];
    for (const text of ['one', 'two', 'three']) ids.push(await say(bob, text));
    await page.reload();
    const again = callable<'network'>(page);
    proxy.mend();
    await again.open(url, 'alice', 'outbox-alice');
    expect(await again.answered(3)).toEqual(ids);
    expect(await again.waiting()).toBe(0);
    expect(arrivals.items.map(({ text, clientMessageId }) => [text, clientMessageId])).toEqual(
      ['one', 'two', 'three'].map((text, i) => [text, ids[i]]),
    );
  });
});

it.each(PLACES)('createClient works in a %s, with handlers instead of a loop', async (place) => {
  const { url } = await network();
  await inRealm(place, 'network', async ({ open, states, say, received }) => {
    await open(url, 'alice');
    await states(['authenticated']);
    for (const text of ['a', 'b', 'c']) await say(alice, text);
    expect(await received(3)).toEqual(['a', 'b', 'c']);
  });
});

// IndexedDbStorage and ClientSync in pages and Workers of Chromium.
import { type BrowserContext, chromium } from 'playwright-core';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { SendInfoInit } from '../../src/index.js';
import type { SyncStorage } from '../../src/sync/index.js';
import { PlatformModel } from '../sync/model/platform.js';
import { serve } from '../sync/model/serve.js';
import { describeStorage } from '../sync/storage-suite.js';
import { callable, inRealm, PLACES, type Realm } from './realm.js';
import type { WrittenBatch } from './realm-apis.js';
import { watch } from './watch.js';

const bytes = (value: readonly number[] | undefined): Uint8Array | undefined => value && Uint8Array.from(value);

/** The storage of a page, from here. */
function storageIn(realm: Realm<'sync'>, close: () => Promise<void>): SyncStorage {
  return {
    revision: () => realm.revision(),
    get: async (keys) => (await realm.get(keys)).map(bytes),
    list: async ({ reverse = false, ...query }) =>
      (await realm.list({ ...query, reverse })).map(([key, value]) => [key, Uint8Array.from(value)]),
    write: (batch) => realm.write({ ...batch, puts: batch.puts.map(([key, value]) => [key, [...value]]) }),
    close,
  };
}

describe.each(PLACES)('in a %s', (place) => {
  describeStorage('IndexedDbStorage', () => {
    const name = `suite ${Math.random()}`;
    return new Promise((resolve, reject) => {
      const page = inRealm(place, 'sync', async (realm) => {
        await realm.open(name);
        const finished = new Promise<void>((done) => onTestFinished(() => done()));
        const storage = storageIn(realm, async () => {});
        resolve({
          storage,
          async reopen(before) {
            await realm.open(name);
            return before;
          },
        });
        await finished;
      });
      page.catch(reject);
    });
  });
});

/** Tabs of one origin: they share what they store. */
async function browserContext(): Promise<{ context: BrowserContext; complaints: string[]; tab(): Promise<Tab> }> {
  const browser = await chromium.connect(inject('browser'));
  onTestFinished(() => browser.close());
  const context = await browser.newContext();
  const complaints: string[] = [];
  const tab = async (): Promise<Tab> => {
    const page = await context.newPage();
    watch(page, complaints);
    const load = async (): Promise<void> => void (await page.goto(`${inject('origin')}/sync.html`));
    await load();
    return { realm: callable<'sync'>(page), load };
  };
  return { context, complaints, tab };
}

interface Tab {
  readonly realm: Realm<'sync'>;
  /** Loads the page again, wherever it stands. */
  load(): Promise<void>;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('two tabs of one origin', () => {
  it('write one after the other, and learn of each other', async () => {
    const { tab, complaints } = await browserContext();
    const [one, other] = [(await tab()).realm, (await tab()).realm];
    await one.open('shared');
    await other.open('shared');
    const batch = (revision: number, value: number): WrittenBatch => ({
      revision,
      deleteRanges: [],
      deletes: [],
      puts: [['a', [value]]],
    });
    expect(await one.write(batch(0, 1))).toBe(true);
    expect(await other.write(batch(0, 2))).toBe(false);
    expect(await other.get(['a'])).toEqual([[1]]);
    expect(await other.write(batch(1, 3))).toBe(true);
    await until(async () => (await one.foreignWrites()) === 1 && (await other.foreignWrites()) === 1);
    expect(complaints).toEqual([]);
  });

  it('keep the conversations of one user complete, while one of them is loaded again and again', async () => {
    const pushes: ((push: SendInfoInit) => void)[] = [];
    const platform = new PlatformModel([1n, 2n], (userId, push) => {
      if (userId === 1n) for (const send of pushes) send(push as SendInfoInit);
    });
    const conversations = [1n, 2n, 3n].map((id) => platform.create(PlatformModel.group(id), [1n, 2n]));
    const server = await serve(platform, 65_536);
    pushes.push((push) => {
      for (const terminal of [1, 4]) server.connections.get(1n, terminal)?.push(push);
    });
    let said = 0;
    const say = (count: number): void => {
      for (let i = 0; i < count; i++) {
        const body = { $case: 'text', value: { text: `message ${said} ${'长'.repeat(said % 90)}` } } as const;
        platform.send(conversations[said++ % 3], 2n, { body });
      }
    };
    say(200);
    const { tab, complaints } = await browserContext();
    const [one, other] = [await tab(), await tab()];
    const url = `ws://127.0.0.1:${server.port}`;
    const begin = async ({ realm }: Tab, terminal: string): Promise<void> => {
      await realm.open('chat-1');
      await realm.connect(url, `1:${terminal}`);
    };
    await begin(one, '1');
    await begin(other, '4');
    for (let i = 0; i < 5; i++) {
      say(30);
      // In the middle of whatever it does.
      await new Promise((resolve) => setTimeout(resolve, 15 * i));
      await other.load();
      await begin(other, '4');
    }
    say(30);
    const expected = conversations.map(({ key, log }) => ({ key, unread: log.length, seqs: log.map((_, i) => i + 1) }));
    for (const { realm } of [one, other]) {
      await until(async () => JSON.stringify(await realm.drawn()) === JSON.stringify(expected));
      expect(await realm.reported()).toMatchObject({ wrong: 0 });
    }
    // And without a server, after another load.
    await other.load();
    await server.close();
    await other.realm.open('chat-1');
    await other.realm.connect(url, '1:4').catch(() => {});
    expect(await other.realm.drawn()).toEqual(expected);
    expect(complaints.filter((line) => !line.includes('WebSocket'))).toEqual([]);
  });
});

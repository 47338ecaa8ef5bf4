// A script of `pages/` where it runs, in a page or in a Worker, under the policy of the site and under watch.
import { chromium, type Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import type { RealmApis } from './realm-apis.js';
import { watch } from './watch.js';

/** Where a script runs. */
export const PLACES = ['page', 'worker'] as const;
export type Place = (typeof PLACES)[number];

type Api<Name extends keyof RealmApis> = RealmApis[Name];
type Call<F> = F extends (...args: infer Args) => infer Result ? (...args: Args) => Promise<Awaited<Result>> : never;

/** The functions of a script, to be called from the test: what goes in and out is copied. */
export type Realm<Name extends keyof RealmApis> = { readonly [Key in keyof Api<Name>]: Call<Api<Name>[Key]> };

interface Evaluator {
  evaluate<Result, Arg>(run: (arg: Arg) => Result, arg: Arg): Promise<Result>;
}

/**
 * Runs a script of `pages/` in a tab of its own, which is closed afterwards.
 * @returns what `use` returns, provided that the browser had nothing to complain about.
 */
export async function inRealm<Name extends keyof RealmApis, Result>(
  place: Place,
  name: Name,
  use: (realm: Realm<Name>, page: Page) => Promise<Result>,
): Promise<Result> {
  const { result, complaints } = await watchRealm(place, name, use);
  expect(complaints).toEqual([]);
  return result;
}

/** As `inRealm`, and tells the complaints. */
export async function watchRealm<Name extends keyof RealmApis, Result>(
  place: Place,
  name: Name,
  use: (realm: Realm<Name>, page: Page) => Promise<Result>,
): Promise<{ result: Result; complaints: string[] }> {
  const browser = await chromium.connect(inject('browser'));
  const complaints: string[] = [];
  try {
    const page = await browser.newPage();
    watch(page, complaints);
    const evaluator = await (place === 'page' ? openPage(page, name) : openWorker(page, name));
    const result = await use(callable<Name>(evaluator), page);
    // A complaint comes by the way that answers come by. What was complained about before this call has come when it is answered.
    await evaluator.evaluate(() => new Promise((resolve) => setTimeout(resolve)), undefined);
    return { result, complaints };
  } catch (error) {
    // Why a script has not run stands in no error of Playwright.
    throw complaints.length > 0 ? new Error(`the browser complained: ${complaints.join('; ')}`, { cause: error }) : error;
  } finally {
    await browser.close();
  }
}

async function openPage(page: Page, name: string): Promise<Evaluator> {
  await page.goto(`${inject('origin')}/${name}.html`);
  return page;
}

async function openWorker(page: Page, name: string): Promise<Evaluator> {
  const starter = callable<'start-worker'>(await openPage(page, 'start-worker'));
  const [worker] = await Promise.all([page.waitForEvent('worker'), starter.startWorker(`/${name}.js`)]);
  return worker;
}

/** Functions that call those that the script has exposed. */
export function callable<Name extends keyof RealmApis>(evaluator: Evaluator): Realm<Name> {
  const call =
    (name: string) =>
    (...args: unknown[]): Promise<unknown> =>
      // This function runs in the browser: nothing of this module is there.
      evaluator.evaluate(
        ({ name, args }) => (globalThis as unknown as Record<string, (...args: unknown[]) => unknown>)[name](...args),
        { name, args },
      );
  return new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : call(String(name))) }) as Realm<Name>;
}

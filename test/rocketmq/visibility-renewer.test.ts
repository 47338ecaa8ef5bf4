import { expect, it } from 'vitest';
import { Timers } from '../../src/rocketmq/clock.js';
import { type Renewable, VisibilityRenewer } from '../../src/rocketmq/visibility-renewer.js';
import { ScriptedClock, settle } from './scripted-clock.js';

it('hides messages until they are removed', async () => {
  const clock = new ScriptedClock();
  const renewer = new VisibilityRenewer<Renewable>(3000, new Timers(clock));
  const hidden: number[] = [];
  const item: Renewable = { hide: async (ms) => void hidden.push(ms) };
  renewer.add(item);
  await clock.advance(2500);
  expect(hidden).toEqual([3000, 3000]);
  await renewer.remove(item);
  await clock.advance(10_000);
  expect([hidden.length, renewer.items, clock.timers]).toEqual([2, [], 0]);
});

it('remove waits for a pending renewal, which changes the receipt handle', async () => {
  const clock = new ScriptedClock();
  const renewer = new VisibilityRenewer<Renewable>(3000, new Timers(clock));
  const renewals: (() => void)[] = [];
  const item: Renewable = { hide: () => new Promise((resolve) => renewals.push(resolve)) };
  renewer.add(item);
  await clock.advance(1000);
  let isRemoved = false;
  const removing = renewer.remove(item).then(() => {
    isRemoved = true;
  });
  await settle();
  expect(isRemoved).toBe(false);
  renewals[0]();
  await removing;
  expect(isRemoved).toBe(true);
});

it('ignores a failed renewal', async () => {
  const clock = new ScriptedClock();
  const renewer = new VisibilityRenewer<Renewable>(3000, new Timers(clock));
  const item: Renewable = { hide: () => Promise.reject(new Error('away')) };
  renewer.add(item);
  await clock.advance(1500);
  await renewer.remove(item);
});

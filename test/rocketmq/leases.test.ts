import { expect, it } from 'vitest';
import { Timers } from '../../src/rocketmq/clock.js';
import { type Renewable, VisibilityRenewer } from '../../src/rocketmq/visibility-renewer.js';
import { ScriptedClock, settle } from './scripted-clock.js';

it('what is held stays hidden, until it is released', async () => {
  const clock = new ScriptedClock();
  const leases = new VisibilityRenewer<Renewable>(3000, new Timers(clock));
  const hidden: number[] = [];
  const item: Renewable = { hide: async (ms) => void hidden.push(ms) };
  leases.hold(item);
  await clock.advance(2500);
  expect(hidden).toEqual([3000, 3000]);
  await leases.release(item);
  await clock.advance(10_000);
  expect([hidden.length, leases.held, clock.timers]).toEqual([2, [], 0]);
});

it('what is released waits for a renewal that is on its way: the message has another handle behind it', async () => {
  const clock = new ScriptedClock();
  const leases = new VisibilityRenewer<Renewable>(3000, new Timers(clock));
  const renewals: (() => void)[] = [];
  const item: Renewable = { hide: () => new Promise((resolve) => renewals.push(resolve)) };
  leases.hold(item);
  await clock.advance(1000);
  let isReleased = false;
  const releasing = leases.release(item).then(() => {
    isReleased = true;
  });
  await settle();
  expect(isReleased).toBe(false);
  renewals[0]();
  await releasing;
  expect(isReleased).toBe(true);
});

it('a renewal that fails is no matter', async () => {
  const clock = new ScriptedClock();
  const leases = new VisibilityRenewer<Renewable>(3000, new Timers(clock));
  const item: Renewable = { hide: () => Promise.reject(new Error('away')) };
  leases.hold(item);
  await clock.advance(1500);
  await leases.release(item);
});

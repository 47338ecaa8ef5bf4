// Random sequences of what callbacks do wrong and of what happens to a connection meanwhile.
import fc from 'fast-check';
import { expect, vi } from 'vitest';
import type { Client } from '../../src/connection/client.js';
import { ProtocolError } from '../../src/errors.js';
import { SEED } from '../seed.js';
import { turn } from './fake-platform.js';
import { ASK, ask, custom, textOf } from './messages.js';
import { FAILURES, NONSENSE } from './misbehaviour.js';
import { unhandledRejections } from './rejections.js';
import { ALICE, TOKEN, World } from './world.js';

const MISBEHAVIOUR = { ...FAILURES, ...NONSENSE };
const WHO = [
  'login',
  'message',
  'onLogin',
  'onClose',
  'onNotice',
  'onError',
  'onRequest',
  'clientLogin',
  'trace',
  'well',
] as const;
const ACTIONS = ['request', 'push', 'ask', 'renew', 'cut', 'close', 'wait'] as const;

interface Step {
  /** The callback that misbehaves; `well`: none. */
  readonly who: (typeof WHO)[number];
  readonly how: string;
  readonly action: (typeof ACTIONS)[number];
}

/** After each of `count` sequences the client works again, no rejection is unhandled, and nothing is left once it has closed. */
export async function playCallbackSequences(count: number): Promise<void> {
  const unhandled = unhandledRejections();
  const written = vi.spyOn(console, 'error').mockReturnValue();
  const step: fc.Arbitrary<Step> = fc.record({
    who: fc.constantFrom(...WHO),
    how: fc.constantFrom(...Object.keys(MISBEHAVIOUR)),
    action: fc.constantFrom(...ACTIONS),
  });
  try {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), play);
    await fc.assert(property, { seed: SEED, numRuns: count });
    await turn();
    expect(unhandled).toEqual([]);
  } finally {
    written.mockRestore();
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  let bad: Step | undefined;
  const misbehave = (who: Step['who'], well: unknown): never => (bad?.who === who ? MISBEHAVIOUR[bad.how]() : well) as never;
  const world = new World({
    login: () => misbehave('login', ALICE),
    message: (message) => misbehave('message', custom(`re ${textOf(message)}`)),
    onLogin: () => misbehave('onLogin', undefined),
    onClose: () => misbehave('onClose', undefined),
    onNotice: () => misbehave('onNotice', undefined),
    onError: () => misbehave('onError', undefined),
  });
  const client = await world.connect({
    login: () => misbehave('clientLogin', TOKEN),
    onLogin: () => misbehave('onLogin', undefined),
    onRequest: () => misbehave('onRequest', custom('yes')),
    onReconnect: () => misbehave('onClose', undefined),
    onNotice: () => misbehave('onNotice', undefined),
    onError: () => misbehave('onError', undefined),
    trace: () => misbehave('trace', undefined),
  });
  for (const next of steps) {
    bad = next;
    act(next.action, client, world);
    await world.settle();
    if (next.action === 'wait') await world.pass(20_000);
  }
  bad = undefined;
  if (client.state !== 'closed') await expectAnswer(client, world);
  const ended = client.close();
  await world.settle();
  await ended;
  const open = world.served.filter(({ state }) => state !== 'closed');
  expect([world.registry.size, world.platform.timers, open]).toEqual([0, 0, []]);
}

function act(action: Step['action'], client: Client, world: World): void {
  const ignore = (): void => {};
  if (action === 'request') client.request(ASK, ask('a'), { timeoutMs: 500 }).catch(ignore);
  else if (action === 'renew') client.login(TOKEN).catch(ignore);
  else if (action === 'ask') world.lastServed.request(custom('?')).catch(ignore);
  else if (action === 'cut') world.lastEnd.cut();
  else if (action === 'close') world.lastServed.close(new ProtocolError('OVERLOADED', 'later'));
  else if (action === 'push' && client.state === 'authenticated') client.send(custom('a'));
}

async function expectAnswer(client: Client, world: World): Promise<void> {
  for (let i = 0; i < 20 && client.state !== 'authenticated'; i++) await world.pass(60_000);
  const answer = client.request(ASK, ask('b'));
  await world.settle();
  expect(textOf(await answer)).toBe('re b');
}

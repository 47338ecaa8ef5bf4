// Random schedules of an EmbeddedBroker, against what a consumer group may see of them.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Consumer, type Delivery, deadLetterTopic, EmbeddedBroker } from '../../src/rocketmq/index.js';
import { SEED } from '../seed.js';
import { textOf } from './inbox.js';
import { ScriptedClock, settle } from './scripted-clock.js';

type Step =
  | { readonly kind: 'publish'; readonly lane: number; readonly fate: readonly Fate[] }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'join' | 'leave' };
/** What the handler does at each attempt; afterwards it acknowledges. */
type Fate = 'nack' | 'throw' | 'deadLetter';

const MAX_ATTEMPTS = 3;
const fate = fc.constantFrom<Fate>('nack', 'throw', 'deadLetter');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('publish'), lane: fc.nat({ max: 3 }), fate: fc.array(fate, { maxLength: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance'), ms: fc.nat({ max: 300 }) }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: 'join' }, { kind: 'leave' }) },
);

/** The attempts that a message gets, and whether it is buried. */
function expected(fates: readonly Fate[]): { attempts: number; isBuried: boolean } {
  for (let attempt = 1; ; attempt++) {
    const now = fates[attempt - 1];
    if (now === undefined) return { attempts: attempt, isBuried: false };
    if (now === 'deadLetter' || attempt === MAX_ATTEMPTS) return { attempts: attempt, isBuried: true };
  }
}

it(`delivers each message as often as it has to, in its order, and loses none, seed ${SEED}`, async () => {
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 60 }),
    fc.integer({ min: 1, max: 5 }),
    async (steps, maxInFlight) => {
      const clock = new ScriptedClock();
      const broker = new EmbeddedBroker({ topics: { fifo: 'FIFO', normal: 'NORMAL' }, clock, closeTimeoutMs: 100 });
      const published: { lane: number; fate: readonly Fate[] }[] = [];
      const seen: { index: number; attempt: number }[] = [];
      const buried: number[] = [];
      const running = new Map<number, number>();
      let [inFlight, joined] = [0, 0];
      const handler = async (delivery: Delivery): Promise<void> => {
        const index = Number(textOf(delivery));
        const { lane, fate: fates } = published[index];
        seen.push({ index, attempt: delivery.attempt });
        // One at a time in a lane; lane 0 is no lane.
        running.set(lane, (running.get(lane) ?? 0) + 1);
        if (lane !== 0) expect(running.get(lane)).toBe(1);
        expect(++inFlight).toBeLessThanOrEqual(maxInFlight * joined);
        await new Promise<void>((resolve) => clock.setTimer(resolve, (index * 7) % 13));
        inFlight--;
        running.set(lane, (running.get(lane) ?? 0) - 1);
        const now = fates[delivery.attempt - 1];
        if (now === 'nack') delivery.nack();
        if (now === 'deadLetter') delivery.deadLetter();
        if (now === 'throw') throw new Error('as told');
      };
      const consumers: Consumer[] = [];
      const join = async (): Promise<void> => {
        joined++;
        const retry = { maxAttempts: MAX_ATTEMPTS, initialDelayMs: 20, maxDelayMs: 40 };
        consumers.push(await broker.subscribe({ group: 'g', topics: ['fifo', 'normal'], maxInFlight, retry }, handler));
      };
      await broker.subscribe(
        { group: 'dead', topics: [deadLetterTopic('g')] },
        (delivery) => void buried.push(Number(textOf(delivery))),
      );
      for (const one of steps) {
        if (one.kind === 'publish') {
          published.push(one);
          const payload = { $case: 'raw', value: new TextEncoder().encode(`${published.length - 1}`) } as const;
          await broker.publish(
            one.lane === 0 ? { topic: 'normal', payload } : { topic: 'fifo', messageGroup: `${one.lane}`, payload },
          );
        } else if (one.kind === 'advance') await clock.advance(one.ms);
        else if (one.kind === 'join') await join();
        // It closes while time goes on, and its handlers end by themselves.
        else await Promise.all([consumers.pop()?.close(), clock.advance(20)]);
      }
      if (consumers.length === 0) await join();
      await clock.advance(1_000_000);
      await settle();

      const want = published.map(({ fate: fates }) => expected(fates));
      expect(buried.toSorted((a, b) => a - b)).toEqual(want.flatMap(({ isBuried }, index) => (isBuried ? [index] : [])));
      const attempts = published.map((_, index) => seen.filter((one) => one.index === index).map(({ attempt }) => attempt));
      expect(attempts).toEqual(want.map(({ attempts: count }) => Array.from({ length: count }, (_, i) => i + 1)));
      for (const lane of [1, 2, 3]) {
        const order = seen.map(({ index }) => index).filter((index) => published[index].lane === lane);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
      await broker.close();
      expect(clock.timers).toBe(0);
    },
  );
  await fc.assert(property, { seed: SEED, numRuns: 150 });
});

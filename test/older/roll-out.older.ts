// An upgrade in the order of docs/upgrading.md, and back, while messages flow.
import { describe, expect, it } from 'vitest';
import { NEW, OLD } from './releases.js';
import { System } from './system/system.js';

describe.each([OLD, NEW])('over the broker of the $name release', (carrier) => {
  it('a system is upgraded step by step and back, and every message arrives once', async () => {
    const system = await System.start(OLD, carrier);
    try {
      const steady = async () => {
        await system.talk();
        await system.talkVersion2();
        await system.settled();
      };
      /** Messages flow before, during and after the step. */
      const step = async (take: () => Promise<void>, senders = system.people) => {
        const talking = (async () => {
          for (let i = 0; i < 3; i++) await system.talk({ senders, isSteady: false });
        })();
        await take();
        await talking;
        await steady();
      };
      const client = (release: typeof OLD) => async () => {
        for (const person of system.people) {
          await system.leave(person);
          const others = system.people.filter((other) => other !== person);
          await step(() => system.join(person, release), others);
        }
      };
      await steady();
      await step(() => system.replacePlatform(NEW));
      await step(() => system.replaceServer('1', NEW));
      await step(() => system.replaceServer('2', NEW));
      await client(NEW)();
      expect(system.people.map(({ version }) => version)).toEqual([2, 2, 2, 2, 2]);
      expect(system.expected.length).toBeGreaterThan(30);
      await client(OLD)();
      expect(system.people.map(({ version }) => version)).toEqual([1, 1, 1, 1, 1]);
      await step(() => system.replaceServer('2', OLD));
      await step(() => system.replaceServer('1', OLD));
      await step(() => system.replacePlatform(OLD));
    } finally {
      await system.stop();
    }
  }, 240_000);
});

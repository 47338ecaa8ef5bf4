import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { nodePlatform } from '../../src/node/platform.js';

it('soon: an error of a callback goes to the process, and does not stop later callbacks', async () => {
  // Catches a list that is dropped with the first error: the connections after it would never write again.
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const thrown: unknown[] = [];
  process.on('uncaughtException', (error) => void thrown.push(error));
  try {
    const called: number[] = [];
    const errors = [new Error('first'), new Error('second')];
    for (let i = 0; i < 6; i++) {
      nodePlatform.soon(() => {
        called.push(i);
        if (i === 1) throw errors[0];
        if (i === 3) throw errors[1];
      });
    }
    for (let i = 0; i < 10 && called.length < 6; i++) await turn();
    expect(called).toEqual([0, 1, 2, 3, 4, 5]);
    expect(thrown).toEqual(errors);
    nodePlatform.soon(() => void called.push(6));
    await turn();
    await turn();
    expect(called).toHaveLength(7);
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of before) process.on('uncaughtException', listener);
  }
});

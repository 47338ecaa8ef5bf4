import { expect, it } from 'vitest';
import { SEED } from '../seed.js';
import { play } from './model/history.js';

const HISTORIES = 20;

it(`${HISTORIES} random histories end with what the platform has, on every device (seed ${SEED})`, {
  timeout: 120_000,
}, async () => {
  const total = { history: 0, sync: 0, state: 0, reset: 0, gaps: 0, crashes: 0 };
  for (let i = 0; i < HISTORIES; i++) {
    const stats = await play(SEED + i, 20 + (i % 100));
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += stats[name];
  }
  // The histories reach what they are for.
  expect(Object.entries(total).filter(([, count]) => count === 0)).toEqual([]);
});

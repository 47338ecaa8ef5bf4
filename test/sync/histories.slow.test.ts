import { it } from 'vitest';
import { SEED } from '../seed.js';
import { play } from './model/history.js';

/** Other histories than those of `npm test`, which are below this seed. */
const HISTORIES = 10_000;

it(`${HISTORIES} random histories end with what the platform has, on every device (seed ${SEED})`, {
  timeout: 3_600_000,
}, async () => {
  for (let i = 0; i < HISTORIES; i++) await play(SEED + HISTORIES + i, 10 + (i % 70));
});

import { it } from 'vitest';
import { SEED } from '../seed.js';
import { play } from './model/history.js';

const HISTORIES = 10_000;

it(`${HISTORIES} random histories end with what the platform has, on every device (seed ${SEED})`, {
  timeout: 3_600_000,
}, async () => {
  for (let i = 0; i < HISTORIES; i++) await play(SEED + i, 10 + (i % 70));
});

import { it } from 'vitest';
import { play } from './model/history.js';

const HISTORIES = 10_000;
/** The same histories in every run, so that a failure belongs to a change; `SEED=n` plays others. */
const SEED = Number(process.env.SEED ?? 297_714_021);

it(`${HISTORIES} random histories end with what the platform has, on every device (seed ${SEED})`, {
  timeout: 3_600_000,
}, async () => {
  for (let i = 0; i < HISTORIES; i++) await play(SEED + i, 10 + (i % 70));
});

import { it } from 'vitest';
import { SEED } from '../seed.js';
import { playCallbackSequences } from './callback-sequences.js';

const SEQUENCES = 500;

it(
  `${SEQUENCES} sequences of misbehaving callbacks leave nothing unhandled and no connection unusable (seed ${SEED})`,
  {
    timeout: 300_000,
  },
  () => playCallbackSequences(SEQUENCES),
);

const drawn = (): number => Math.floor(Math.random() * 2 ** 31);
const { SEED: given } = process.env;

/**
 * Seed of the random tests. It stands in the name of the test, so that a failure shows it. It is fixed, so that a failure belongs to a change;
 * `SEED=random` draws one, `SEED=n` repeats a run.
 */
export const SEED = given === 'random' ? drawn() : Number(given ?? 20_261_201);

/** Seed of `npm run fuzz`, where every run draws a new one. */
export const FUZZ_SEED = given === undefined ? drawn() : SEED;

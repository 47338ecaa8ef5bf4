/** Seed of the random tests: `SEED=n` repeats a run. It stands in the name of the test, so that a failure shows it. */
export const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

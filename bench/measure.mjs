/**
 * How time is taken, in milliseconds. `wall` is what passes; `cpu` is what the process uses, its helper threads included, and so still
 * says something while others use the machine.
 */
const CLOCKS = {
  wall: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/**
 * Measures tests side by side: rounds in which each test has one slice of time, in a new random order in each round.
 * @param tests { per, run(n) }: run does n turns, each of `per` units; it may return a promise.
 * @returns for each test { median, q1, q3 } in nanoseconds per unit.
 */
export async function measure(tests, settings) {
  return (await samplesOf(tests, settings)).map(quartiles);
}

/** As `measure`. @returns for each test the nanoseconds per unit in each round. */
export async function samplesOf(tests, { slices, sliceMs, random, clock }) {
  const now = CLOCKS[clock];
  const turns = await warmUp(tests, sliceMs, random, now);
  const samples = tests.map(() => []);
  for (let round = 0; round < slices; round++) {
    for (const i of random.shuffled(tests.keys())) {
      const milliseconds = await timed(tests[i], turns[i], now);
      samples[i].push((milliseconds * 1e6) / (turns[i] * tests[i].per));
    }
  }
  return samples;
}

/** Lets all tests run, mixed, until each has had several slices' time; finds how many turns fill a slice. */
async function warmUp(tests, sliceMs, random, now) {
  const turns = tests.map(() => 1);
  for (let round = 0; round < 6; round++) {
    for (const i of random.shuffled(tests.keys())) turns[i] = await turnsFor(tests[i], turns[i], sliceMs, now);
  }
  return turns;
}

async function turnsFor(test, atFirst, sliceMs, now) {
  let turns = atFirst;
  for (;;) {
    const milliseconds = await timed(test, turns, now);
    if (milliseconds >= sliceMs / 2) return Math.max(1, Math.round((turns * sliceMs) / milliseconds));
    turns *= milliseconds < sliceMs / 16 ? 8 : 2;
  }
}

async function timed(test, turns, now) {
  const start = now();
  const pending = test.run(turns);
  if (pending !== undefined) await pending;
  return now() - start;
}

/** { median, q1, q3 } */
export function quartiles(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)];
  return { median: at(0.5), q1: at(0.25), q3: at(0.75) };
}

/** The values of tests as properties of properties. @param keysOf the names of the properties for a test. */
export function table(tests, values, keysOf) {
  const rows = {};
  tests.forEach((test, i) => {
    const keys = keysOf(test);
    const last = keys.pop();
    let row = rows;
    for (const key of keys) row = row[key] ??= {};
    row[last] = values[i];
  });
  return rows;
}

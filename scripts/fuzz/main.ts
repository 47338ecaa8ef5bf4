// `npm run fuzz`: a long run of the differential fuzzer of the decoder. SEED=n repeats a run, CASES=n sets its length (default 1000000).
import { type Figures, fuzz } from '../../test/fuzz/fuzz.js';
import { SEED } from '../../test/seed.js';

const cases = Number(process.env.CASES ?? 1_000_000);
const started = performance.now();
console.log(`${cases} cases, SEED=${SEED}`);

const figures = fuzz({
  seed: SEED,
  cases,
  progress: (done, { failures }) => {
    const seconds = (performance.now() - started) / 1000;
    console.log(`${done} of ${cases}, ${failures.length} failures, ${seconds.toFixed(0)} s`);
  },
  failed: ({ case: number, type, hex, what }) => console.log(`\ncase ${number}, ${type}: ${what}\n${hex}\n`),
});
print(figures);
process.exitCode = figures.failures.length === 0 ? 0 : 1;

function print({ outcomes, known, failures }: Figures): void {
  for (const [name, count] of [...outcomes].sort((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(9)}  ${name}`);
  for (const [name, count] of known) console.log(`${String(count).padStart(9)}  known difference, ${name}`);
  console.log(`\n${failures.length === 0 ? 'no failure' : `${failures.length} failures`}, SEED=${SEED} CASES=${cases}`);
}

// `npm run fuzz`: a long run of the differential fuzzers, over generated code, plans, and both on the runtime of the web build. SEED=n repeats a run;
// CASES=n sets how many messages are decoded (default 1000000), and a twentieth of it is how many values are encoded.
import { CODE } from '../../test/fuzz/form.js';
import { type Figures, fuzz } from '../../test/fuzz/fuzz.js';
import { fuzzValues } from '../../test/fuzz/fuzz-values.js';
import { PLANS } from '../../test/fuzz/plan-form.js';
import { FUZZ_SEED } from '../../test/seed.js';
import { plans, webPlatform } from '../build/web-flavour.js';
import { bundleForm } from './bundle-form.js';

// Most cases throw several errors; stacks would take a quarter of the time.
Error.stackTraceLimit = 0;

const cases = Number(process.env.CASES ?? 1_000_000);
const values = Math.ceil(cases / 20);
const started = performance.now();
const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(0)} s`;
console.log(`${cases} cases, SEED=${FUZZ_SEED}`);

const forms = [
  PLANS,
  // What the web build has, and what an application with form=fast has there.
  await bundleForm('plans of the web build', [webPlatform, plans]),
  await bundleForm('generated code on the web', [webPlatform]),
];

const encoded = fuzzValues({
  seed: FUZZ_SEED,
  cases: values,
  forms: [CODE, ...forms],
  failed: ({ case: number, type, input, what }) => console.log(`\nvalue ${number}, ${type}: ${what}\n${input}\n`),
});
console.log(
  `${values} values of ${encoded.types.size} types, ${encoded.encoded} encoded, ${encoded.failures.length} failures, ${seconds()}`,
);

const figures = fuzz({
  seed: FUZZ_SEED,
  cases,
  forms,
  progress: (done, { failures }) => console.log(`${done} of ${cases}, ${failures.length} failures, ${seconds()}`),
  failed: ({ case: number, type, hex, what }) => console.log(`\ncase ${number}, ${type}: ${what}\n${hex}\n`),
});
print(figures, encoded.failures.length);

function print({ outcomes, known, failures }: Figures, otherFailures: number): void {
  for (const [name, count] of [...outcomes].sort((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(9)}  ${name}`);
  for (const [name, count] of known) console.log(`${String(count).padStart(9)}  known difference, ${name}`);
  const count = failures.length + otherFailures;
  console.log(`\n${count === 0 ? 'no failure' : `${count} failures`}, SEED=${FUZZ_SEED} CASES=${cases}`);
  if (count > 0) process.exitCode = 1;
}

// `npm run conformance:validate`: runs the official conformance suite of protovalidate on the code of our plugin, in both forms. See
// docs/rules.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileRegistry, type FileRegistry } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { Edition, type FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import { createCache } from '../conformance/cache.js';
import { checkFormats } from './check-formats.js';
import { bundleExecutor, type Form, sortTypes, typeNameOf } from './generate.js';
import { buildHarness, CACHE, type Case, harnessRegistry, IMAGE, runHarness, type Suite } from './harness.js';
import { CLASSES, type Class, DIFFERENCES } from './out-of-reach.js';

/** Number of cases in this version of the suite. A case that did not run would not be counted. */
const CASES = 2872;

createCache();
mkdirSync(CACHE, { recursive: true });
await buildHarness();
const registry = harnessRegistry();
const suites = await runHarness(registry, []);
const types = sortTypes(suites);
const proto3 = proto3Messages(types.files);
const expected = expectedFailures(suites);
const list = join(CACHE, 'expected-failures.yaml');
// JSON is YAML.
writeFileSync(list, JSON.stringify(expected));
for (const form of ['fast', 'compact'] as const) await runForm(registry, form);
reportClasses();
reportFormats();

/** Full names of the messages of files in proto3. */
function proto3Messages(files: FileDescriptorSet): ReadonlySet<string> {
  const all = [...createFileRegistry(files).files].filter(({ edition }) => edition === Edition.EDITION_PROTO3);
  const messages = all.flatMap((file) => [...nestedTypes(file)]);
  return new Set(messages.filter(({ kind }) => kind === 'message').map(({ typeName }) => typeName));
}

/** The class of a case that cannot pass. */
function classOf({ input, wanted }: Case): Class | undefined {
  const refusal = types.refused.get(typeNameOf(input.typeUrl));
  // A message that is wrong is to be refused.
  if (refusal === undefined || wanted.result.case === 'compilationError') return undefined;
  return CLASSES.find((each) => each.refusal.test(refusal));
}

/** The cases that do not pass, by suites, for the harness: it fails for one that passes. */
function expectedFailures(all: readonly Suite[]): Record<string, string[]> {
  return Object.fromEntries(
    all.map(({ name: suite, cases }) => {
      const differences = DIFFERENCES.filter((each) => each.suite === suite).map((each) => each.case);
      return [suite, [...cases.filter((each) => classOf(each) !== undefined).map(({ name }) => name), ...differences]];
    }),
  );
}

async function runForm(harness: FileRegistry, form: Form): Promise<void> {
  const executor = await bundleExecutor(types, form);
  const results = await runHarness(harness, [process.execPath, executor, IMAGE], list);
  const cases = results.flatMap(({ name, cases: own }) => own.map((each) => ({ suite: name, ...each })));
  const passed = cases.filter(({ success, expectedFailure }) => success && !expectedFailure);
  const wrong = cases.filter(({ success, expectedFailure }) => success === expectedFailure);
  const standard = cases.filter(
    ({ suite, input }) => suite.startsWith('standard_rules/') && proto3.has(typeNameOf(input.typeUrl)),
  );
  const passedOf = standard.filter((each) => passed.includes(each));
  const outOfReach = cases.length - passed.length - wrong.length;
  console.log(
    `form=${form}: ${passed.length} of ${cases.length} cases passed, ${outOfReach} are out of reach, ${wrong.length} failed`,
  );
  console.log(`  of standard rules in proto3: ${passedOf.length} of ${standard.length} passed`);
  for (const { suite, name, success, wanted, got } of wrong) {
    const what = success ? 'passed, but is listed' : `expected ${shown(wanted)}, got ${shown(got)}`;
    console.log(`  ${suite}: ${name}: ${what}`);
  }
  if (cases.length !== CASES) console.log(`${cases.length} cases, expected ${CASES}`);
  if (wrong.length > 0 || cases.length !== CASES) process.exitCode = 1;
}

function shown(result: Case['got']): string {
  const { case: name, value } = result?.result ?? { case: 'nothing', value: '' };
  const text = JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
  return `${name} ${text}`;
}

function reportClasses(): void {
  const cases = suites.flatMap((suite) => suite.cases);
  for (const each of CLASSES) {
    const count = cases.filter((one) => classOf(one) === each).length;
    console.log(`out of reach: ${count} cases with ${each.name}: ${each.reason}`);
    if (count === each.cases) continue;
    console.log(`  expected ${each.cases}`);
    process.exitCode = 1;
  }
  for (const { suite, case: name, reason } of DIFFERENCES) console.log(`different: ${suite}: ${name}: ${reason}`);
}

function reportFormats(): void {
  const { passed, failed, others } = checkFormats(suites);
  console.log(`formats of library/: ${passed} texts as expected, ${failed.length} not, ${others} are of no standard rule`);
  for (const text of failed) console.log(`  ${text}`);
  if (failed.length > 0) process.exitCode = 1;
}

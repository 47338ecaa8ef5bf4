// `npm run conformance`: runs the official protobuf conformance suite on the codecs of its proto3 messages, in both forms and both flavours of the
// runtime, and compares what they did, errors included. See docs/conformance.md.
import { bundleTestee, type Testee } from './bundle-testee.js';
import { createCache } from './cache.js';
import { firstDifference } from './first-difference.js';
import { generateCodecs } from './generate-codecs.js';
import type { Format } from './respond.js';
import { runSuite } from './run-suite.js';
import { runnerCommand } from './runner-command.js';
import { installSuite } from './suite.js';

/** Number of proto3 tests in this version of the suite. All must pass: a skipped test would not be counted. */
const TESTS: Readonly<Record<Format, number>> = { binary: 698, json: 778 };
/** The first one is what the others are compared with. */
const TESTEES: readonly Testee[] = [
  { name: 'node-fast', form: 'fast', flavour: 'node' },
  { name: 'web-compact', form: 'compact', flavour: 'web' },
  // An application chooses its form: `form` in buf.gen.yaml.
  { name: 'node-compact', form: 'compact', flavour: 'node' },
  { name: 'web-fast', form: 'fast', flavour: 'web' },
];

createCache();
const runner = runnerCommand(installSuite());
generateCodecs();
const bundles = await Promise.all(TESTEES.map(bundleTestee));
for (const format of ['binary', 'json'] as const) {
  const runs = TESTEES.map(({ name }, i) => ({ name, ...runSuite(runner, bundles[i], name, format) }));
  for (const { name, figures, report, outcomes } of runs) {
    const { passed, skipped, failed } = figures;
    console.log(
      `${report}${format}, ${name}: ${passed} of ${TESTS[format]} passed, ${failed} failed (${skipped} are not of this run)`,
    );
    const difference = firstDifference(runs[0].outcomes, outcomes);
    if (difference !== undefined) console.log(`${format}: ${name} differs from ${runs[0].name}:\n${difference}`);
    if (passed !== TESTS[format] || failed > 0 || difference !== undefined) process.exitCode = 1;
    // Each test is a request; so many outcomes are compared.
    if (outcomes.length !== TESTS[format]) throw new Error(`${outcomes.length} outcomes of ${name}, expected ${TESTS[format]}`);
  }
}

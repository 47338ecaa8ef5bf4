// `npm run conformance`: runs the official protobuf conformance suite on the codecs generated for its proto3 messages, in both flavours of the
// runtime. See docs/conformance.md.
import { bundleTestee, type Flavour } from './bundle-testee.js';
import { createCache } from './cache.js';
import { generateCodecs } from './generate-codecs.js';
import type { Format } from './respond.js';
import { runSuite } from './run-suite.js';
import { runnerCommand } from './runner-command.js';
import { installSuite } from './suite.js';

/** Number of proto3 tests in this version of the suite. All must pass: a skipped test would not be counted. */
const TESTS: Readonly<Record<Format, number>> = { binary: 698, json: 778 };
const FLAVOURS: readonly Flavour[] = ['node', 'web'];

createCache();
const runner = runnerCommand(installSuite());
generateCodecs();
for (const flavour of FLAVOURS) {
  const testee = await bundleTestee(flavour);
  for (const format of ['binary', 'json'] as const) {
    const { figures, report } = runSuite(runner, testee, format);
    const { passed, skipped, failed } = figures;
    console.log(
      `${report}${format}, ${flavour}: ${passed} of ${TESTS[format]} passed, ${failed} failed (${skipped} are not of this run)`,
    );
    if (passed !== TESTS[format] || failed > 0) process.exitCode = 1;
  }
}

// `npm run wireshark`: tests the dissector in tshark, with live traffic of the demo, handmade captures, and all vectors.
import { printTable, type Result } from '../report.js';
import { checkDemo } from './checks/demo.js';
import { checkFilters } from './checks/filters.js';
import { checkHandmade } from './checks/handmade.js';
import { checkLint } from './checks/lint.js';
import { checkRandom } from './checks/random.js';
import { checkTls } from './checks/tls.js';
import { checkVectors } from './checks/vectors.js';
import { checkWork } from './checks/work.js';
import { installTshark } from './dissected/tshark.js';

const CHECKS: Readonly<Record<string, () => Promise<Result[]>>> = {
  Lua: checkLint,
  demo: checkDemo,
  TLS: checkTls,
  'by hand': checkHandmade,
  work: checkWork,
  filters: checkFilters,
  vectors: checkVectors,
  random: checkRandom,
};

const start = Date.now();
// Child processes are killed on the event 'exit'.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
installTshark();
const results: Result[] = [];
for (const [name, check] of Object.entries(CHECKS)) {
  // A check that throws, for example without permission to capture, counts as failed; the others still run.
  const failed = (error: unknown): Result[] => [{ subject: name, check: 'all', passed: 0, failed: [String(error)] }];
  results.push(...(await check().catch(failed)));
}
printTable(results);
const failures = results.reduce((sum, { failed }) => sum + failed.length, 0);
console.log(`\n${failures === 0 ? 'All green' : `${failures} failed`}, in ${Math.round((Date.now() - start) / 1000)} s`);
process.exitCode = failures === 0 ? 0 : 1;

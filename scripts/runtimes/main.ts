// `npm run runtimes`: runs the self-test of the package in other runtimes and through other tools, and writes the table of docs/runtimes.md. Uses
// .cache/runtimes, which may be deleted at any time. `-- quickjs metro` runs those with such names, `--ci` those that are quick and stable; then the
// table is left alone.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale } from '../../test/package/build-if-stale.js';
import { ROOT } from '../breaking/baseline.js';
import { BROWSERS } from './browsers.js';
import { BUNDLERS } from './bundlers.js';
import { startChatServer } from './chat-server.js';
import { ENGINES } from './engines.js';
import { HERMES } from './hermes.js';
import { NEXT } from './next.js';
import { type Row, rowOf, writeTable } from './results.js';
import type { Runtime } from './runtime.js';
import { SHELLS } from './shells.js';
import { TEST_TOOLS } from './test-tools.js';

const ALL: readonly Runtime[] = [...SHELLS, ...BROWSERS, ...ENGINES, ...HERMES, ...TEST_TOOLS, ...BUNDLERS, ...NEXT];
const args = process.argv.slice(2);
const words = args.filter((arg) => !arg.startsWith('--')).map((word) => word.toLowerCase());
const isCi = args.includes('--ci');
const chosen = ALL.filter(
  ({ name, isInCi }) => (!isCi || isInCi) && (words.length === 0 || words.some((word) => name.toLowerCase().includes(word))),
);
if (chosen.length === 0) throw new Error(`no runtime with such a name: ${ALL.map(({ name }) => name).join(', ')}`);

buildIfStale();
const folder = join(ROOT, '.cache/runtimes');
mkdirSync(folder, { recursive: true });
writeFileSync(join(ROOT, '.cache/.gitignore'), '*\n');
const server = await startChatServer();
const rows: Row[] = [];
for (const runtime of chosen) {
  const start = performance.now();
  const row = await rowOf(runtime, { folder, url: `ws://127.0.0.1:${server.port}`, addPage: server.addPage });
  rows.push(row);
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(
    `${row.name} ${row.version}: ${row.failures.length === 0 ? 'passed' : 'FAILED'}, ${row.passed} cases, ${seconds} s`,
  );
  for (const failure of row.failures) console.log(`  ${failure}`);
}
await server.close();
if (!isCi && words.length === 0) writeTable(rows);
if (rows.some(({ failures }) => failures.length > 0)) process.exitCode = 1;

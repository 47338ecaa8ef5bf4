// `npm run interop`: tests programs in other languages against this package. `npm run interop -- go python` only tests these languages.

import { printTable, type Result } from '../report.js';
import { createCache } from './cache.js';
import { checkLanguage } from './check-language.js';
import { checkTemplates } from './check-templates.js';
import { installPackage } from './install/install-package.js';
import { LANGUAGES } from './languages/languages.js';
import { checkRules } from './rules/check-rules.js';
import { CHECKERS } from './rules/checkers.js';

/** Only the rules, by protovalidate in all languages. */
const RULES = 'rules';

const start = Date.now();
const selected = process.argv.slice(2);
const known = [...LANGUAGES, ...CHECKERS].map(({ name }) => name.toLowerCase());
const unknown = selected.filter((name) => name !== RULES && !known.includes(name));
// Child processes are killed on the event 'exit'.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
if (unknown.length > 0) {
  console.error(`npm run interop: unknown language: ${unknown.join(', ')}`);
  process.exitCode = 2;
} else process.exitCode = (await main()) ? 0 : 1;

/** @returns whether all checks passed. */
async function main(): Promise<boolean> {
  createCache();
  const installed = await installPackage();
  const results: Result[] = [];
  for (const language of LANGUAGES) {
    if (selected.length === 0 || selected.includes(language.name.toLowerCase()))
      results.push(...(await checkLanguage(language, installed)));
  }
  const checkers = CHECKERS.filter(
    ({ name }) => selected.length === 0 || selected.includes(RULES) || selected.includes(name.toLowerCase()),
  );
  if (checkers.length > 0) results.push(...(await checkRules(checkers, installed)));
  if (selected.length === 0) results.push(...(await checkTemplates()));
  printTable(results);
  const failures = results.reduce((sum, { failed }) => sum + failed.length, 0);
  console.log(`\n${failures === 0 ? 'All passed' : `${failures} failed`}, in ${Math.round((Date.now() - start) / 1000)} s`);
  return failures === 0;
}

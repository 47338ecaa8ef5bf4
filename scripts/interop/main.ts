// `npm run interop`: other languages read what this package writes, and write what it reads. `npm run interop -- go python` runs these alone.

import { printTable, type Result } from '../report.js';
import { createCache } from './cache.js';
import { checkLanguage } from './check-language.js';
import { checkTemplates } from './check-templates.js';
import { installPackage } from './install/install-package.js';
import { LANGUAGES } from './languages/languages.js';

const start = Date.now();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !LANGUAGES.some((language) => language.name.toLowerCase() === name));
// By way of the event 'exit', at which what was started is ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
if (unknown.length > 0) {
  console.error(`npm run interop: no such language: ${unknown.join(', ')}`);
  process.exitCode = 2;
} else process.exitCode = (await main()) ? 0 : 1;

/** @returns whether all is green. */
async function main(): Promise<boolean> {
  createCache();
  const installed = await installPackage();
  const results: Result[] = [];
  for (const language of LANGUAGES) {
    if (wanted.length === 0 || wanted.includes(language.name.toLowerCase()))
      results.push(...(await checkLanguage(language, installed)));
  }
  if (wanted.length === 0) results.push(...(await checkTemplates()));
  printTable(results);
  const failures = results.reduce((sum, { failed }) => sum + failed.length, 0);
  console.log(`\n${failures === 0 ? 'All green' : `${failures} failed`}, in ${Math.round((Date.now() - start) / 1000)} s`);
  return failures === 0;
}

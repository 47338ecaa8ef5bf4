// `npm run interop`: other languages read what this package writes, and write what it reads. vectors/README.md has the line protocol.
import { createCache } from './cache.js';
import { checkLanguage } from './check-language.js';
import { installPackage } from './install/install-package.js';
import { LANGUAGES } from './languages/languages.js';
import { printTable, type Result } from './report.js';

const start = Date.now();
createCache();
const installed = await installPackage();
const wanted = process.argv.slice(2);
const results: Result[] = [];
for (const language of LANGUAGES) {
  if (wanted.length === 0 || wanted.includes(language.name.toLowerCase()))
    results.push(...(await checkLanguage(language, installed)));
}
printTable(results);
const failures = results.reduce((sum, { failed }) => sum + failed.length, 0);
console.log(`\n${failures === 0 ? 'All green' : `${failures} failed`}, in ${Math.round((Date.now() - start) / 1000)} s`);
process.exitCode = failures === 0 && results.length > 0 ? 0 : 1;

// `npm run breaking`: compares the schema with that of the last release, by `buf breaking` and by our own rules.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { buf, buildImage, findBaseline } from './baseline.js';
import { breakingChanges } from './compare-schemas.js';
import { readSchema } from './schema.js';

const baseline = findBaseline();
const problems: string[] = [];
try {
  buf(['breaking', 'proto', '--against', baseline]);
} catch (error) {
  const { stdout, message } = error as { stdout?: Uint8Array; message: string };
  problems.push(stdout?.length ? Buffer.from(stdout).toString().trimEnd() : message);
}
for (const { place, text, allowed } of breakingChanges(readSchema(readFileSync(baseline)), readSchema(buildImage()))) {
  problems.push(`${place}: ${text}${allowed === 'never' ? '' : ' (needs a new PROTOCOL_VERSION)'}`);
}
for (const problem of problems) console.error(problem);
console.log(`schema against ${basename(baseline)}: ${problems.length === 0 ? 'nothing is broken' : 'broken'}`);
process.exitCode = problems.length === 0 ? 0 : 1;

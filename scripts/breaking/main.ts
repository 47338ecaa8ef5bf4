// `npm run breaking`: compares the schema with each image of proto-baseline/, by `buf breaking` and by our own rules.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { buf, buildImage, findBaselines } from './baseline.js';
import { breakingChanges } from './compare-schemas.js';
import { readSchema } from './schema.js';

/** All breaking changes since an image, one line each. */
function problemsSince(baseline: string): string[] {
  const problems: string[] = [];
  try {
    buf(['breaking', 'proto', '--against', baseline]);
  } catch (error) {
    const { stdout, message } = error as { stdout?: Uint8Array; message: string };
    problems.push(stdout?.length ? Buffer.from(stdout).toString().trimEnd() : message);
  }
  for (const { place, text, allowed } of breakingChanges(readSchema(readFileSync(baseline)), present)) {
    problems.push(`${place}: ${text}${allowed === 'never' ? '' : ' (needs a new PROTOCOL_VERSION)'}`);
  }
  return problems;
}

const present = readSchema(buildImage());
for (const baseline of findBaselines()) {
  const problems = problemsSince(baseline);
  for (const problem of problems) console.error(problem);
  console.log(`schema against ${basename(baseline)}: ${problems.length === 0 ? 'no breaking changes' : 'breaking changes'}`);
  if (problems.length > 0) process.exitCode = 1;
}

// `npm run breaking`: compares the schema with each image of proto-baseline/, by `buf breaking` and by our own rules.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buf, buildImage, findBaselines, ROOT } from './baseline.js';
import { breakingChanges } from './compare-schemas.js';
import { readSchema } from './schema.js';

/** All breaking changes since an image, one line each. */
function problemsSince(baseline: string): string[] {
  const problems = [
    ...bufProblems(['proto', '--against', baseline]),
    // The same messages with rules of buf.validate, for programs in other languages.
    ...bufProblems(['.', '--config', '../buf.protovalidate.yaml', '--against', baseline], join(ROOT, 'proto-protovalidate')),
  ];
  for (const { place, text, allowed } of breakingChanges(readSchema(readFileSync(baseline)), present)) {
    problems.push(`${place}: ${text}${allowed === 'never' ? '' : ' (needs a new PROTOCOL_VERSION)'}`);
  }
  return problems;
}

/** What `buf breaking` finds. */
function bufProblems(args: readonly string[], cwd = ROOT): string[] {
  try {
    buf(['breaking', ...args], cwd);
    return [];
  } catch (error) {
    const { stdout, message } = error as { stdout?: Uint8Array; message: string };
    return [stdout?.length ? Buffer.from(stdout).toString().trimEnd() : message];
  }
}

const present = readSchema(buildImage());
for (const baseline of findBaselines()) {
  const problems = problemsSince(baseline);
  for (const problem of problems) console.error(problem);
  console.log(`schema against ${basename(baseline)}: ${problems.length === 0 ? 'no breaking changes' : 'breaking changes'}`);
  if (problems.length > 0) process.exitCode = 1;
}

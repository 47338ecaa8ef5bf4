// `npm run breaking:baseline`, part of a release: makes the present schema the one that later ones are compared with.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BASELINE_FOLDER, buildImage, findBaseline, ROOT } from './baseline.js';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const image = buildImage();
try {
  rmSync(findBaseline());
} catch {
  // The first release has none to replace.
}
const path = join(BASELINE_FOLDER, `v${version}.binpb`);
writeFileSync(path, image);
console.log(`proto-baseline/${basename(path)}: ${image.length} bytes`);

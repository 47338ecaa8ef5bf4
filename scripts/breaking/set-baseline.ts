// `npm run breaking:baseline`, part of a release: adds the image of the current schema to proto-baseline/.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BASELINE_FOLDER, buildImage, ROOT } from './baseline.js';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const path = join(BASELINE_FOLDER, `v${version}.binpb`);
if (existsSync(path)) {
  console.error(`proto-baseline/${basename(path)} exists: an image never changes. Set the version in package.json first.`);
  process.exitCode = 1;
} else {
  const image = buildImage();
  writeFileSync(path, image);
  console.log(`proto-baseline/${basename(path)}: ${image.length} bytes`);
}

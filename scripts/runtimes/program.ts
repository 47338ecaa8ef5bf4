// The self-test as files of an application: its imports of the package are left to the tool that is tested.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { FRAME_FILES, VERSION_2_FRAME_FILES, vectorsOf } from '../../test/vectors/load.js';
import { ROOT } from '../breaking/baseline.js';
import { buildOf } from './build-of.js';
import { mainOf } from './runtime.js';

const FILES = [...FRAME_FILES, ...VERSION_2_FRAME_FILES, 'streams', 'version-2/handshake'];
/** The first lines of a main program. */
export const IMPORTS = `import { selfTest } from './self-test.mjs';\nimport vectors from './vectors.mjs';\n`;
const SELF_TEST = join(ROOT, 'test/runtimes/program/self-test.ts');

async function selfTest(format: 'esm' | 'cjs'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [SELF_TEST],
    bundle: true,
    format,
    packages: 'external',
    target: 'es2022',
    platform: 'neutral',
    tsconfigRaw: {},
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

/** Writes the files: ES modules, `self-test.cjs` and `vectors.cjs` for CommonJS, and `main.mjs`, which prints the report. */
export async function writeProgram(folder: string, url: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const vectors = JSON.stringify(Object.fromEntries(FILES.map((file) => [file, vectorsOf(file)])));
  const text = `JSON.parse(${JSON.stringify(vectors)})`;
  const files = {
    'self-test.mjs': await selfTest('esm'),
    'self-test.cjs': await selfTest('cjs'),
    'vectors.mjs': `export default ${text};\n`,
    'vectors.cjs': `module.exports = ${text};\n`,
    'main.mjs': IMPORTS + mainOf(url, 'console.log'),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

/** Bundles `main` with the self-test for engines without modules, as an application for browsers does. */
export function bundleScript(folder: string, main: string, target = 'es2022'): Promise<string> {
  return bundle(folder, main, 'iife', target);
}

/** Likewise, as one ES module. */
export function bundleModule(folder: string, main: string): Promise<string> {
  return bundle(folder, main, 'esm', 'es2022');
}

async function bundle(folder: string, main: string, format: 'iife' | 'esm', target: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: IMPORTS + main, resolveDir: folder },
    bundle: true,
    format,
    platform: 'browser',
    target,
    tsconfigRaw: {},
    write: false,
    logLevel: 'silent',
  });
  const [{ text }] = outputFiles;
  if (buildOf(text) !== 'web') throw new Error('esbuild took the Node build of the package');
  return text;
}

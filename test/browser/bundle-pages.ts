// The scripts of the tests, bundled as an application would bundle them: from the package, by its export conditions for browsers.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../package/root.js';

const FOLDER = join(ROOT, 'test/browser/pages');

/** Text of each script in `pages/`, by its name without an extension. */
export async function bundlePages(): Promise<Map<string, string>> {
  const { outputFiles, metafile } = await build({
    entryPoints: readdirSync(FOLDER)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(FOLDER, name)),
    outdir: FOLDER,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    // The tsconfig.json beside them leads the package's name to src/, which is for the types alone.
    tsconfigRaw: {},
    logLevel: 'silent',
    // Chunks of the build import each other for their order; esbuild tells that only where the package is no installed one.
    logOverride: { 'ignored-bare-import': 'silent' },
    absWorkingDir: ROOT,
  });
  requireWebFlavour(Object.keys(metafile.inputs));
  return new Map(outputFiles.map(({ path, text }) => [basename(path, '.js'), text]));
}

/** What is tested is what browsers get. */
function requireWebFlavour(inputs: readonly string[]): void {
  const ours = inputs.filter((path) => /^(src|generated|dist)\//.test(path));
  const others = ours.filter((path) => !path.startsWith('dist/web/'));
  if (ours.length === 0 || others.length > 0) throw new Error(`bundled, beside dist/web: ${others.join(', ')}`);
}

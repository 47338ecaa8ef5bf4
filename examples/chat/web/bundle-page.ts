// The script of the page, bundled as an application bundles it: from the package, by its export conditions for browsers.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page/main.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    // The tsconfig.json beside it leads the package's name to src/, which is for the types alone.
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

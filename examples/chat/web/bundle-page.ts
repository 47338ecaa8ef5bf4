// Script and style of the page, bundled as an application bundles them: from the package, by its export conditions for browsers.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Bundle {
  readonly script: string;
  readonly style: string;
}

/** The script of the page. */
export const PAGE_SCRIPT = fileURLToPath(new URL('page/main.tsx', import.meta.url));
const PAGE_STYLE = fileURLToPath(new URL('page/style/main.css', import.meta.url));

/** @param script Path of the script. */
export async function bundlePage(script: string): Promise<Bundle> {
  const { outputFiles } = await build({
    entryPoints: [
      { in: script, out: 'main' },
      { in: PAGE_STYLE, out: 'style' },
    ],
    outdir: '/',
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // Vue asks for these.
    define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
    // The tsconfig.json beside it leads the package's name to src/, which is for the types alone.
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  const textOf = (type: string): string => outputFiles.find(({ path }) => path.endsWith(type))!.text;
  return { script: textOf('.js'), style: textOf('.css') };
}

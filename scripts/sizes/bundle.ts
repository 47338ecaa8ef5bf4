import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

interface BundleOptions {
  /** `iife` puts the exports into a global named `bundle`. */
  readonly format?: 'esm' | 'iife';
  /** Packages that stay imports. */
  readonly external?: readonly string[] | undefined;
}

/** Bundles a module for a browser, minified, as a user would; imports are looked up from the folder. */
export async function bundle(
  text: string,
  folder: string,
  { format = 'esm', external = [] }: BundleOptions = {},
): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: text, resolveDir: folder },
    bundle: true,
    external: [...external],
    write: false,
    minify: true,
    platform: 'browser',
    conditions: ['browser'],
    target: 'es2022',
    format,
    globalName: 'bundle',
    logLevel: 'silent',
    // Chunks of the build import each other for their order; esbuild tells that only where the package is no installed one.
    logOverride: { 'ignored-bare-import': 'silent' },
  });
  if (warnings.length > 0) throw new Error(warnings.map((warning) => warning.text).join('\n'));
  return outputFiles[0].text;
}

/** Size of a text in bytes, plain and as a server would send it. */
export function sizeOf(text: string): { readonly min: number; readonly gzip: number } {
  return { min: Buffer.byteLength(text), gzip: gzipSync(text, { level: 9 }).length };
}

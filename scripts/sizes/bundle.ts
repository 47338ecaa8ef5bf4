import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

interface BundleOptions {
  /** `iife` assigns the exports to the global `bundle`. */
  readonly format?: 'esm' | 'iife';
  /** Packages that are not bundled. */
  readonly external?: readonly string[] | undefined;
  /** Default `es2022`. */
  readonly target?: string;
}

/** Bundles and minifies a module for browsers; imports are resolved from the folder. */
export async function bundle(
  text: string,
  folder: string,
  { format = 'esm', external = [], target = 'es2022' }: BundleOptions = {},
): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: text, resolveDir: folder },
    bundle: true,
    external: [...external],
    write: false,
    minify: true,
    platform: 'browser',
    conditions: ['browser'],
    target,
    format,
    globalName: 'bundle',
    logLevel: 'silent',
    // Chunks import each other for their order, about which esbuild warns.
    logOverride: { 'ignored-bare-import': 'silent' },
  });
  if (warnings.length > 0) throw new Error(warnings.map((warning) => warning.text).join('\n'));
  return outputFiles[0].text;
}

/** Size of a text in bytes, plain and compressed. */
export function sizeOf(text: string): { readonly min: number; readonly gzip: number } {
  return { min: Buffer.byteLength(text), gzip: gzipSync(text, { level: 9 }).length };
}

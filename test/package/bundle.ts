import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

interface BundleOptions {
  /** `iife` puts the exports into a global named `bundle`. */
  readonly format?: 'esm' | 'iife';
  /** Packages that stay imports. */
  readonly external?: string[];
}

/** Bundles a module for a browser, minified, as a user would; imports are looked up in the folder of the consumer. */
export async function bundle(
  text: string,
  folder: string,
  { format = 'esm', external = [] }: BundleOptions = {},
): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: text, resolveDir: folder },
    bundle: true,
    external,
    write: false,
    minify: true,
    platform: 'browser',
    conditions: ['browser'],
    target: 'es2022',
    format,
    globalName: 'bundle',
    logLevel: 'silent',
  });
  if (warnings.length > 0) throw new Error(warnings.map((warning) => warning.text).join('\n'));
  return outputFiles[0].text;
}

/** Size of a text in bytes, plain and as a server would send it. */
export function sizeOf(text: string): { readonly min: number; readonly gzip: number } {
  return { min: Buffer.byteLength(text), gzip: gzipSync(text, { level: 9 }).length };
}

/** Where a pattern is found, with what stands around it: a whole bundle is no text for a report. */
export function findings(text: string, pattern: RegExp): string[] {
  const found = text.matchAll(new RegExp(pattern, 'g'));
  return [...found].map(({ index }) => text.slice(Math.max(0, index - 30), index + 50));
}

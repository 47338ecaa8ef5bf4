import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Folders under scripts/ whose tests have another name. */
const TESTS_OF_SCRIPTS: Readonly<Record<string, string>> = { 'protoc-gen-im-protocol': 'codegen' };

/**
 * The folders and files of tests that belong to changed files: a test itself, `test/session` for `src/session/requests.ts`, `test/codec` for
 * the schema and what is generated from it. Other tests that use a changed file are left to `npm test`.
 * @param root the repository.
 * @param changed paths relative to it, with slashes. A deleted file may be among them.
 */
export function testsOf(root: string, changed: readonly string[]): string[] {
  const found = changed.map(testOf).filter((path): path is string => path !== undefined && existsSync(join(root, path)));
  const folders = new Set(found);
  // A folder includes its files.
  return [...folders].filter((path) => ![...folders].some((other) => path.startsWith(`${other}/`))).sort();
}

function testOf(path: string): string | undefined {
  const [top, name = '', ...rest] = path.split('/');
  const layer = name.replace(/\.ts$/, '');
  if (top === 'test') return testFile(path, rest.length > 0);
  if (top === 'src') return `test/${layer}`;
  if (top === 'scripts') return `test/${TESTS_OF_SCRIPTS[layer] ?? layer}`;
  if (top === 'proto' || top === 'generated') return 'test/codec';
  return undefined;
}

/** A test file, or for a helper the folder that it is in. */
function testFile(path: string, isInFolder: boolean): string | undefined {
  if (path.endsWith('.test.ts')) return path;
  return isInFolder ? path.split('/').slice(0, 2).join('/') : undefined;
}

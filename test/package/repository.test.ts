import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MANIFEST } from './manifest.js';
import { ROOT } from './root.js';

/** What is made here and never committed (.gitignore). */
const NOT_COMMITTED = new Set(['node_modules', 'dist', 'coverage', '.cache', '.git']);

function committedFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (NOT_COMMITTED.has(entry.name) || entry.name.endsWith('.tgz')) return [];
    if (entry.isDirectory()) return committedFiles(path);
    return entry.isFile() ? [path] : [];
  });
}

describe('the repository depends on no registry', () => {
  const files = committedFiles(ROOT);

  it('the lock file says what to install, and not from where', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, object>;
    };
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    expect(Object.keys(packages).filter((name) => 'resolved' in packages[name])).toEqual([]);
  });

  it('no file names the host of one', () => {
    const host =
      /\/\/[\w.-]*(?:registry|npmjs|npmmirror|artifactory)[\w-]*\.[\w.-]+|\bregistry\.[\w.-]*\.(?:org|com|net|io|cn|dev)\b/i;
    const setting = /^\s*(?:@[\w-]+:)?registry\s*=/m;
    const text = (path: string): string => readFileSync(path, 'latin1');
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((path) => host.test(text(path)) || setting.test(text(path)))).toEqual([]);
  });

  it('development packages have exact versions', () => {
    const versions = Object.entries(MANIFEST.devDependencies);
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

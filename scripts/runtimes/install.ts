import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { copyPublished } from '../pack/copy-published.js';
import { runCommand } from '../run-command.js';

/** Installs tools into a folder, unless they are there, and this package beside them as it is published. */
export async function install(folder: string, dependencies: Readonly<Record<string, string>>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const manifest = join(folder, 'package.json');
  const text = `${JSON.stringify({ name: 'application', private: true, dependencies: { pako: '3', ...dependencies } }, null, 2)}\n`;
  const modules = join(folder, 'node_modules');
  if (!existsSync(join(modules, '.installed')) || readFileSync(manifest, 'utf8') !== text) {
    rmSync(modules, { recursive: true, force: true });
    writeFileSync(manifest, text);
    // Without install scripts: the programs are in the packages for this machine.
    const options = ['--no-audit', '--no-fund', '--no-package-lock', '--legacy-peer-deps', '--ignore-scripts'];
    await runCommand('npm', ['install', ...options], { cwd: folder });
    writeFileSync(join(modules, '.installed'), '');
  }
  const target = join(modules, '@im/protocol');
  rmSync(target, { recursive: true, force: true });
  copyPublished(ROOT, target);
}

/** Version of an installed package. */
export function versionOf(folder: string, name: string): string {
  return (JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Path of a program in the package for this machine, of which there is one in the folder of a scope. */
export function binaryIn(folder: string, scope: string, path: string): string {
  const scoped = join(folder, 'node_modules', scope);
  const [name] = readdirSync(scoped).filter((entry) => existsSync(join(scoped, entry, path)));
  if (name === undefined) throw new Error(`${scope} has no ${path} for this machine`);
  return join(scoped, name, path);
}

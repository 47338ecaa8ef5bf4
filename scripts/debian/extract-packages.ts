// Downloads Debian packages with those they depend on, and extracts them into a folder: nothing is installed, and no service is started.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Extracts packages below `<folder>/root`, unless they are there already. What is installed on this machine is left out.
 * @throws Error on another system than Debian, and if apt fails.
 */
export function extractPackages(folder: string, packages: readonly string[]): string {
  const root = join(folder, 'root');
  if (existsSync(root)) return root;
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`only Debian has the packages ${packages.join(', ')}`);
  console.log(`downloading Debian's ${packages.join(', ')}`);
  const [state, cache, partial] = ['state', 'cache', 'root.partial'].map((name) => join(folder, name));
  for (const path of [join(state, 'lists/partial'), join(cache, 'archives/partial')]) mkdirSync(path, { recursive: true });
  const settings = {
    'APT::Sandbox::User': 'root',
    'Dir::State': state,
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': cache,
  };
  const options = ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  try {
    run('apt-get', [...options, 'update']);
  } catch {
    // Other package sources may be unreachable. If it is Debian's, the download fails.
  }
  run('apt-get', [...options, 'install', '--yes', '--no-install-recommends', '--download-only', ...packages]);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  const archives = join(cache, 'archives');
  for (const name of readdirSync(archives).filter((file) => file.endsWith('.deb')))
    run('dpkg-deb', ['--extract', join(archives, name), partial]);
  renameSync(partial, root);
  return root;
}

function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
